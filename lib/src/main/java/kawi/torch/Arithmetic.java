package kawi.torch;

/**
 * What decides the last bits of a result beside settings and seeds. Two computations of equal arithmetic and settings
 * give the same bytes on a CPU.
 *
 * @param engine the engine and its version, such as "PyTorch 2.7.1"
 * @param device "cpu", or "gpu0", "gpu1" and so on
 * @param processor the CPU's name, and the variables of the environment that keep the libraries from using all of it
 * @param threads of one operator
 * @param bfloat16 whether products in training are rounded to bfloat16
 * @param oneDnnTraining whether oneDNN multiplies float32 where gradients are recorded
 * @param oneDnnInference and where they are not
 */
public record Arithmetic(
        String engine,
        String device,
        String processor,
        int threads,
        boolean bfloat16,
        boolean oneDnnTraining,
        boolean oneDnnInference) {

    /** {@return whether a machine of this arithmetic can be set to the other} */
    public boolean canBecome(Arithmetic other) {
        return engine.equals(other.engine) && device.equals(other.device) && processor.equals(other.processor);
    }

    /** {@return "PyTorch 2.7.1 on cpu (AMD EPYC 9B45), 2 threads, bfloat16 products in training, float32 by oneDNN"} */
    @Override
    public String toString() {
        String float32 = oneDnnTraining == oneDnnInference
                ? (oneDnnTraining ? ", float32 by oneDNN" : "")
                : ", float32 by oneDNN " + (oneDnnTraining ? "in training only" : "in inference only");
        return engine + " on " + device + " (" + processor + "), " + threads + (threads == 1 ? " thread" : " threads")
                + (bfloat16 ? ", bfloat16 products in training" : ", float32 products") + float32;
    }
}
