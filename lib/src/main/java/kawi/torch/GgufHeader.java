package kawi.torch;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
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

    static GgufHeader read(String file, FileChannel channel) throws IOException {
        long length = channel.size();
        ByteBuffer in = channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(length, Integer.MAX_VALUE))
                .order(ByteOrder.LITTLE_ENDIAN);
        try {
            return new Reader(file, length, in).header();
        } catch (BufferUnderflowException e) {
            throw new KitException(
                    file + " is cut short: its header does not end inside its " + length + " bytes; fetch it again.",
                    e);
        }
    }

    private record Reader(String file, long length, ByteBuffer in) {

        GgufHeader header() {
            if (length < 4 || in.getInt() != MAGIC) {
                throw new KitException(file
                        + " is not a GGUF file: it does not begin with the four letters GGUF; give the "
                        + "path of a .gguf model.");
            }
            int version = in.getInt();
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
                            + ", and this kit reads F32, F16, Q4_0, Q4_1 and Q8_0; take a file "
                            + "quantised in one of these.");
                }
                claims.add(new Claim(name, shape, type, in.getLong()));
            }
            long alignment = metadata.get("general.alignment") instanceof Long given ? given : 32;
            if (alignment < 1 || alignment > 1 << 20) {
                throw lie("its alignment is " + alignment);
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
            refuseOverlaps(tensors);
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

        private void refuseOverlaps(Map<String, Gguf.Tensor> tensors) {
            List<Gguf.Tensor> byOffset = new ArrayList<>(tensors.values());
            byOffset.sort((a, b) -> Long.compare(a.offset(), b.offset()));
            for (int i = 1; i < byOffset.size(); i++) {
                Gguf.Tensor before = byOffset.get(i - 1);
                if (before.offset() + before.bytes() > byOffset.get(i).offset()) {
                    throw lie("tensors " + before.name() + " and "
                            + byOffset.get(i).name() + " overlap");
                }
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
            if (depth > 3 || count < 0 || count > in.remaining()) {
                throw lie("a metadata list claims " + Long.toUnsignedString(count) + " values");
            }
            List<Object> values = new ArrayList<>((int) count);
            for (long i = 0; i < count; i++) {
                values.add(value(type, depth + 1));
            }
            return Collections.unmodifiableList(values);
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
            return new String(text, StandardCharsets.UTF_8);
        }

        private KitException lie(String claim) {
            return new KitException(file + " is damaged: " + claim + "; fetch it again.");
        }
    }
}
