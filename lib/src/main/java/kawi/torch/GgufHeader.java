package kawi.torch;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;

/** Reads and checks the front of a GGUF file: magic, version, metadata, and the list of tensors. */
record GgufHeader(Map<String, Object> metadata, Map<String, Gguf.Tensor> tensors) {

    private static final int MAGIC = 0x46554747; // "GGUF", little-endian
    private static final int MOST_ENTRIES = 1 << 20;
    private static final int MOST_VALUES = 1 << 23; // in all lists together: vocabularies, merges and scores

    static GgufHeader read(String file, FileChannel channel) throws IOException {
        long length = channel.size();
        ByteBuffer in = channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(length, Integer.MAX_VALUE))
                .order(ByteOrder.LITTLE_ENDIAN);
        try {
            return new Reader(file, length, in, new long[1]).header();
        } catch (BufferUnderflowException e) {
            throw new KitException(
                    file + " is cut short: its header does not end inside its " + length + " bytes; fetch it again.",
                    e);
        }
    }

    private record Reader(String file, long length, ByteBuffer in, long[] listed) {

        GgufHeader header() {
            if (length < 4 || in.getInt() != MAGIC) {
                throw new KitException(file
                        + " is not a GGUF file: it does not begin with the four letters GGUF; give the "
                        + "path of a .gguf model.");
            }
            int version = in.getInt();
            if (version != 0 && Integer.reverseBytes(version) <= 3 && Integer.reverseBytes(version) > 0) {
                throw new KitException(file + " is written for machines that put the highest byte first (big-endian),"
                        + " and this kit reads the usual order: take the file for x86 or ARM.");
            }
            if (version < 2 || version > 3) {
                throw new KitException(file + " is GGUF version " + version
                        + " and this kit reads versions 2 and 3; convert it with llama.cpp.");
            }
            long tensorCount = in.getLong();
            long metadataCount = in.getLong();
            if (tensorCount < 0 || tensorCount > MOST_ENTRIES || metadataCount < 0 || metadataCount > MOST_ENTRIES) {
                throw lie("it claims " + Long.toUnsignedString(tensorCount) + " tensors and "
                        + Long.toUnsignedString(metadataCount) + " metadata entries");
            }
            Map<String, Object> metadata = new LinkedHashMap<>();
            for (long i = 0; i < metadataCount; i++) {
                String key = string();
                if (metadata.put(key, value(in.getInt(), 0)) != null) {
                    throw lie("it says " + key + " twice");
                }
            }
            return new GgufHeader(
                    Collections.unmodifiableMap(metadata), Collections.unmodifiableMap(tensors(tensorCount, metadata)));
        }

        private Map<String, Gguf.Tensor> tensors(long count, Map<String, Object> metadata) {
            record Claim(String name, long[] shape, GgufType type, long offset) {}
            List<Claim> claims = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                String name = string();
                int dimensions = in.getInt();
                if (dimensions < 0 || dimensions > 4) {
                    throw lie("tensor " + name + " has " + dimensions + " dimensions");
                }
                long[] shape = new long[dimensions];
                for (int d = dimensions - 1; d >= 0; d--) { // the file lists the fastest dimension first
                    shape[d] = in.getLong();
                }
                int code = in.getInt();
                GgufType type = GgufType.of(code);
                if (type == null) {
                    throw new KitException("Tensor " + name + " of " + file + " is stored as " + GgufType.name(code)
                            + ", and this kit reads " + GgufType.names()
                            + "; take a file quantised in one of these.");
                }
                claims.add(new Claim(name, shape, type, in.getLong()));
            }
            Object said = metadata.getOrDefault("general.alignment", 32L);
            if (!(said instanceof Long alignment) || alignment < 1 || alignment > 1 << 20) {
                throw lie("its alignment (general.alignment) is " + said);
            }
            long data = (in.position() + alignment - 1) / alignment * alignment;
            Map<String, Gguf.Tensor> tensors = new LinkedHashMap<>();
            for (Claim claim : claims) {
                long bytes = bytes(claim.name(), claim.shape(), claim.type());
                long start = data + claim.offset();
                if (claim.offset() < 0 || claim.offset() % alignment != 0 || claim.offset() > length) {
                    throw lie("tensor " + claim.name() + " is said to start at byte "
                            + Long.toUnsignedString(claim.offset()) + " of the data");
                }
                if (start + bytes > length) {
                    throw new KitException(file + " is cut short: tensor " + claim.name() + " ends at byte "
                            + (start + bytes) + " and the file has " + length + "; fetch it again.");
                }
                if (tensors.put(claim.name(), new Gguf.Tensor(claim.name(), claim.shape(), claim.type(), start, bytes))
                        != null) {
                    throw lie("tensor " + claim.name() + " is listed twice");
                }
            }
            refuseWhatIsNoTensor(tensors, in.position(), alignment);
            return tensors;
        }

        private long bytes(String name, long[] shape, GgufType type) {
            long size = 1;
            for (long extent : shape) {
                if (extent < 1 || extent > Integer.MAX_VALUE || size > Integer.MAX_VALUE / extent) {
                    throw lie("tensor " + name + " has an impossible shape");
                }
                size *= extent;
            }
            if (shape.length == 0 ? type.blockValues() > 1 : shape[shape.length - 1] % type.blockValues() != 0) {
                throw lie("the rows of tensor " + name + " do not divide into blocks of " + type.blockValues());
            }
            long bytes = size / type.blockValues() * type.blockBytes();
            if (bytes > Integer.MAX_VALUE) {
                throw new KitException("Tensor " + name + " of " + file + " has " + bytes
                        + " bytes and this kit reads tensors of at most 2 GB; take a smaller or more quantised model.");
            }
            return bytes;
        }

        /**
         * Tensors lie one behind the other, each padded to the alignment, as the format has it; nothing else lies
         * there.
         */
        private void refuseWhatIsNoTensor(Map<String, Gguf.Tensor> tensors, long header, long alignment) {
            List<Gguf.Tensor> byOffset = new ArrayList<>(tensors.values());
            byOffset.sort((a, b) -> Long.compare(a.offset(), b.offset()));
            long end = header;
            String before = "the header";
            for (Gguf.Tensor each : byOffset) {
                if (each.offset() < end) {
                    throw lie("tensors " + before + " and " + each.name() + " overlap");
                }
                if (each.offset() - end >= alignment) {
                    throw lie("between " + before + " and tensor " + each.name() + " lie " + (each.offset() - end)
                            + " bytes of which its header does not speak");
                }
                end = each.offset() + each.bytes();
                before = each.name();
            }
            if (length - end >= alignment) {
                throw lie((length - end) + " bytes lie behind its last tensor, " + before
                        + ", such as a second file, of which its header does not speak");
            }
        }

        private Object value(int type, int depth) {
            return switch (type) {
                case 0 -> (long) (in.get() & 0xff);
                case 1 -> (long) in.get();
                case 2 -> (long) (in.getShort() & 0xffff);
                case 3 -> (long) in.getShort();
                case 4 -> in.getInt() & 0xffffffffL;
                case 5 -> (long) in.getInt();
                case 6 -> (double) in.getFloat();
                case 7 -> in.get() != 0;
                case 8 -> string();
                case 9 -> list(depth);
                case 10, 11 -> in.getLong();
                case 12 -> in.getDouble();
                default -> throw lie("a metadata value has the unknown type " + type);
            };
        }

        private List<Object> list(int depth) {
            int type = in.getInt();
            long count = in.getLong();
            if (depth > 3 || count < 0 || count > in.remaining() / smallest(type) || count > MOST_VALUES - listed[0]) {
                throw lie("a metadata list claims " + Long.toUnsignedString(count) + " values");
            }
            listed[0] += count;
            List<Object> values = new ArrayList<>((int) count);
            for (long i = 0; i < count; i++) {
                values.add(value(type, depth + 1));
            }
            return Collections.unmodifiableList(values);
        }

        /** The fewest bytes of a metadata value of a type: what a list of them must have at least. */
        private static int smallest(int type) {
            return switch (type) {
                case 2, 3 -> 2;
                case 4, 5, 6 -> 4;
                case 8, 10, 11, 12 -> 8;
                case 9 -> 12;
                default -> 1;
            };
        }

        private String string() {
            long bytes = in.getLong();
            if (bytes < 0 || bytes > in.remaining()) {
                throw bytes >= 0 && bytes < 1 << 24
                        ? new KitException(file + " is cut short: its header does not end inside its " + length
                                + " bytes; fetch it again.")
                        : lie("a text claims " + Long.toUnsignedString(bytes) + " bytes");
            }
            byte[] text = new byte[(int) bytes];
            in.get(text);
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(text))
                        .toString();
            } catch (CharacterCodingException e) {
                String begins = new String(text, 0, Math.min(40, text.length), StandardCharsets.UTF_8);
                throw new KitException(
                        file + " is damaged: the text '" + begins + "' of its header is not UTF-8; fetch it again.", e);
            }
        }

        private KitException lie(String claim) {
            return new KitException(file + " is damaged: " + claim + "; fetch it again.");
        }
    }
}
