package kawi.readers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import kawi.corpus.DamagedException;
import kawi.corpus.Decoded;

/**
 * A column of a Parquet file: where it stands in a row, and what its values are.
 *
 * @param path names that lead to it in a row, without those that only make a list
 * @param index its place among the columns
 * @param type how its values are written
 * @param length bytes of a value, where all have the same
 * @param meaning what they mean
 * @param scale of decimals, the digits behind the point
 * @param definition level at which there is a value
 * @param repetition level at which it goes on; 1 for the values of a list
 */
record ParquetColumn(
        List<String> path,
        int index,
        Type type,
        int length,
        Meaning meaning,
        int scale,
        int definition,
        int repetition) {
    /** Physical types, in the order of their numbers. */
    enum Type {
        BOOLEAN,
        INT32,
        INT64,
        INT96,
        FLOAT,
        DOUBLE,
        BYTE_ARRAY,
        FIXED_LEN_BYTE_ARRAY
    }

    /** What the kit makes of a column's values. */
    enum Meaning {
        PLAIN,
        TEXT,
        DAYS,
        MILLIS,
        MICROS,
        NANOS,
        DECIMAL,
        OTHER
    }

    /** {@return a value like those of the column, for what its name says of it} */
    JsonNode example() {
        if (meaning == Meaning.TEXT) {
            return TextNode.valueOf("x"); // also of columns of nulls, which may be of any type
        }
        if (meaning == Meaning.DECIMAL) {
            return LongNode.valueOf(1);
        }
        return switch (type) {
            case BOOLEAN -> BooleanNode.TRUE;
            case BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY -> TextNode.valueOf("x");
            default -> isTime() ? TextNode.valueOf("2000-01-01") : LongNode.valueOf(1);
        };
    }

    private boolean isTime() {
        return type == Type.INT96 || meaning.compareTo(Meaning.DAYS) >= 0 && meaning.compareTo(Meaning.NANOS) <= 0;
    }

    /** Bytes of which the file does not say that they are text: where they are UTF-8. */
    private static JsonNode text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return new Decoded(text, null).binary() > 0.01 ? null : TextNode.valueOf(text);
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** {@return bytes of a value, 0 where each says how many it has or it has none} */
    int width() {
        return switch (type) {
            case INT32, FLOAT -> Integer.BYTES;
            case INT64, DOUBLE -> Long.BYTES;
            case FIXED_LEN_BYTE_ARRAY -> length;
            default -> 0;
        };
    }

    String name() {
        return String.join(".", path);
    }

    /** {@return a value, or null where it is bytes that are no text, or what the kit makes nothing of} */
    JsonNode value(Object raw) throws IOException {
        try {
            if (raw instanceof byte[]) {
                byte[] bytes = (byte[]) raw;
                if (type == Type.INT96 && bytes.length == 12) {
                    ByteBuffer time = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                    return TextNode.valueOf(
                            LocalDate.ofEpochDay(time.getInt(8) - 2_440_588L).toString());
                }
                if (meaning == Meaning.DECIMAL) {
                    return DecimalNode.valueOf(new BigDecimal(new BigInteger(bytes), scale()));
                }
                if (meaning == Meaning.TEXT) {
                    return TextNode.valueOf(new String(bytes, StandardCharsets.UTF_8));
                }
                return text(bytes);
            }
            if (raw instanceof Boolean) {
                return BooleanNode.valueOf((Boolean) raw);
            }
            if (raw instanceof Double) {
                return DoubleNode.valueOf((Double) raw);
            }
            long number = (Long) raw;
            return switch (meaning) {
                case DAYS -> TextNode.valueOf(LocalDate.ofEpochDay(number).toString());
                case MILLIS -> TextNode.valueOf(Instant.ofEpochMilli(number).toString());
                case MICROS ->
                    TextNode.valueOf(Instant.ofEpochSecond(Math.floorDiv(number, 1_000_000L))
                            .toString());
                case NANOS ->
                    TextNode.valueOf(Instant.ofEpochSecond(Math.floorDiv(number, 1_000_000_000L))
                            .toString());
                case DECIMAL -> DecimalNode.valueOf(BigDecimal.valueOf(number, scale()));
                default -> LongNode.valueOf(number);
            };
        } catch (DateTimeException e) {
            throw new DamagedException("a date that is none", e);
        }
    }
}
