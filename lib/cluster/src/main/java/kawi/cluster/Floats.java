package kawi.cluster;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collection;
import java.util.zip.CRC32C;
import kawi.evidence.KitException;
import kawi.torch.Torch;

/** Tensors as one vector of float32 numbers, one after another, and back. */
final class Floats {
    private Floats() {}

    static int count(Collection<NDArray> tensors) {
        long count = 0;
        for (NDArray each : tensors) {
            if (each.getDataType() != DataType.FLOAT32) {
                throw new KitException("A tensor that workers share is of type " + each.getDataType()
                        + ": only float32 can be exchanged.");
            }
            count += each.size();
        }
        if (count > Integer.MAX_VALUE / Float.BYTES - 16) {
            throw new KitException(
                    count + " numbers are too many for one exchange: this kit's workers share models of up to "
                            + (Integer.MAX_VALUE / Float.BYTES - 16) + " parameters, optimizer included.");
        }
        return (int) count;
    }

    static float[] read(Collection<NDArray> tensors) {
        float[] vector = new float[count(tensors)];
        int at = 0;
        for (NDArray each : tensors) {
            float[] numbers = each.toFloatArray();
            System.arraycopy(numbers, 0, vector, at, numbers.length);
            at += numbers.length;
        }
        return vector;
    }

    /**
     * Copies numbers into tensors in place, as a checkpoint does: what an optimizer remembers may be views of one
     * larger tensor, and must stay so.
     */
    static void write(Torch torch, float[] vector, Collection<NDArray> tensors) {
        int at = 0;
        try (NDManager work = torch.manager().newSubManager()) {
            for (NDArray each : tensors) {
                int size = (int) each.size();
                NDArray value = work.create(Arrays.copyOfRange(vector, at, at + size), each.getShape());
                torch.ops().assign(each, value);
                value.close();
                at += size;
            }
        }
    }

    static byte[] bytes(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return bytes.array();
    }

    /** {@return CRC-32C (RFC 3720, appendix B.4) of the bytes} */
    static int checksum(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return (int) checksum.getValue();
    }

    static float[] floats(byte[] bytes) {
        float[] vector = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        return vector;
    }
}
