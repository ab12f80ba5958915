package kawi.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.TorchScriptModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import kawi.evidence.KitException;

/**
 * The opened PyTorch engine: one device, one dtype policy, one seed, and guards that set the gradient mode.
 *
 * <p>Gradient mode belongs to a thread, and a notebook kernel runs cells on threads that come and go, so work is
 * wrapped in {@link #training} or {@link #inference} each time. Master weights, losses and everything Java sees are
 * float32; inside {@link #training} the matrix products run in bfloat16 where the hardware does that fast
 * ({@link #bf16}).
 */
public final class Torch implements AutoCloseable {

    private static final ThreadLocal<Boolean> PREPARED = ThreadLocal.withInitial(() -> false);
    private static final ThreadLocal<Boolean> TRAINING = ThreadLocal.withInitial(() -> false);
    private static final ThreadLocal<Dropout> DROPOUT = ThreadLocal.withInitial(() -> new Dropout(0));

    private static final long PEAK_NANOSECONDS = 500_000_000;

    private final Engine engine;
    private final Device device;
    private final NDManager manager;
    private final Ops ops;
    private final Bf16.Verdict verdict;
    private final double[] peaks = new double[Products.values().length];
    private boolean bf16;
    private boolean oneDnnLearns; // whether oneDNN multiplies float32 where gradients are recorded
    private boolean oneDnnInfers; // and where they are not
    private long seed;

    private Torch(Engine engine, Device device, int threads, long seed) {
        this.engine = engine;
        this.device = device;
        if (threads > 0) {
            JniUtils.setNumThreads(threads);
        }
        prepareThread();
        this.manager = NDManager.newBaseManager(device);
        this.ops = new Ops(this, Script.load(this, "kawi/torch/ops.py"));
        this.oneDnnInfers = !device.isGpu() && OneDnn.forInference();
        this.oneDnnLearns = !device.isGpu() && OneDnn.forTraining();
        Boolean asked = OneDnn.asked(System.getenv("KAWI_PRODUCTS"));
        if (asked != null) {
            oneDnn(asked);
        }
        this.verdict = Bf16.judge(this);
        this.bf16 = verdict.fast();
        seed(seed);
    }

    /**
     * Opens the engine. It needs no network and prints nothing.
     *
     * @param device {@code auto} (a GPU where there is one), {@code cpu}, or {@code gpu0}, {@code gpu1}...
     * @param threads threads of one operator; 0 leaves PyTorch's own choice
     * @param seed whole number from which all draws follow
     * @return the engine; close it when nothing of it is needed any more
     * @throws KitException where the device is unknown or missing, or the native library cannot be loaded
     */
    public static Torch open(String device, int threads, long seed) {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        Path home = Path.of(System.getProperty("user.home", "/"));
        if (System.getenv("DJL_CACHE_DIR") == null && !Files.isWritable(home)) {
            System.setProperty(
                    "DJL_CACHE_DIR",
                    Path.of(System.getProperty("java.io.tmpdir"), "kawi-djl").toString());
        }
        Engine engine;
        try {
            WaitingThreads.sleepSoon();
            KeptMemory.keep();
            engine = Engine.getEngine("PyTorch");
        } catch (RuntimeException | LinkageError e) {
            throw new KitException(
                    "PyTorch's native library could not be loaded (" + rootMessage(e)
                            + "): run environment/setup, and check that the disk has 500 MB free for unpacking it.",
                    e);
        }
        return new Torch(
                engine,
                choose(device == null ? "auto" : device.strip().toLowerCase(), engine.getGpuCount()),
                threads,
                seed);
    }

    static Device choose(String name, int gpus) {
        if (name.equals("cpu") || (name.equals("auto") && gpus == 0)) {
            return Device.cpu();
        } else if (name.equals("auto")) {
            return Device.gpu(0);
        } else if (!name.matches("gpu\\d{1,3}")) {
            throw new KitException("KAWI_DEVICE is '" + name + "': say auto, cpu, or gpu0, gpu1 and so on.");
        }
        int index = Integer.parseInt(name.substring(3));
        if (index >= gpus) {
            throw new KitException("KAWI_DEVICE asks for " + name + " and PyTorch sees "
                    + (gpus == 0 ? "no GPU" : gpus + (gpus == 1 ? " GPU" : " GPUs"))
                    + ": on Linux with an NVIDIA driver, environment/gpu brings what it needs to see "
                    + "one; or set KAWI_DEVICE=cpu.");
        }
        return Device.gpu(index);
    }

    /** {@return where tensors lie and operators run} */
    public Device device() {
        return device;
    }

    /** {@return the manager under which everything of this engine lives; make a sub-manager for each piece of work} */
    public NDManager manager() {
        return manager;
    }

    /** {@return the kit's operators on this engine} */
    public Ops ops() {
        return ops;
    }

    /**
     * Sets the threads of one operator.
     *
     * @param number of threads, 1 or more
     * @throws KitException for fewer than one
     */
    public void threads(int number) {
        if (number < 1) {
            throw new KitException("An operator cannot run on " + number + " threads: give at least 1.");
        }
        if (number != threads()) {
            JniUtils.setNumThreads(number);
        }
    }

    /** {@return threads of one operator} */
    public int threads() {
        return JniUtils.getNumThreads();
    }

    /** {@return whether matrix products inside {@link #training} run in bfloat16} */
    public boolean bf16() {
        return bf16;
    }

    /**
     * Forbids bfloat16, or allows it again where the hardware is fast at it (elsewhere allowing it changes nothing).
     *
     * @param allowed false forbids it
     */
    public void bf16(boolean allowed) {
        bf16 = allowed && verdict.fast();
    }

    /** {@return whether a matrix product that is called now, on this thread, should use bfloat16} */
    public boolean bf16Now() {
        return bf16 && TRAINING.get();
    }

    /**
     * Says that oneDNN is to multiply float32 on a CPU, or PyTorch's own choice of library. At first the CPU decides:
     * see {@link OneDnn}.
     *
     * @param wanted true for oneDNN, false for PyTorch's own choice
     */
    public void oneDnn(boolean wanted) {
        oneDnnLearns = wanted && !device.isGpu();
        oneDnnInfers = oneDnnLearns;
    }

    /** {@return whether oneDNN multiplies float32 where no gradients are recorded} */
    public boolean oneDnn() {
        return oneDnnInfers;
    }

    /** {@return what decides how this engine rounds, to be recorded by a run and compared when it goes on} */
    public Arithmetic arithmetic() {
        return new Arithmetic(
                "PyTorch " + engine.getVersion(),
                place(),
                (CpuFlags.maker() + " " + CpuFlags.capability()).strip(),
                threads(),
                (bf16 ? Products.BFLOAT16 : float32(true)).title(),
                float32(false).title());
    }

    /**
     * Does a recorded run's arithmetic from now on: bfloat16 or not, and by which library float32 is multiplied.
     *
     * @param recorded what {@link #arithmetic} said when the run began
     * @throws KitException where this machine, as it was started, cannot: another device, CPU, PyTorch or number of
     *     threads, or no fast bfloat16
     */
    public void keepTo(Arithmetic recorded) {
        Products training = Products.of(recorded.training());
        Products inference = Products.of(recorded.inference());
        if (training == Products.BFLOAT16 && !verdict.fast()) {
            throw new KitException("The run multiplied in bfloat16, and here " + verdict.reason()
                    + ": go on with it on the machine that began it, or begin it again here.");
        }
        boolean[] before = {bf16, oneDnnLearns, oneDnnInfers};
        if (training != null && inference != null) {
            bf16 = training == Products.BFLOAT16;
            oneDnnLearns = bf16 ? oneDnnLearns : training == Products.ONE_DNN && !device.isGpu();
            oneDnnInfers = inference == Products.ONE_DNN && !device.isGpu();
        }
        String difference = recorded.differenceFrom(arithmetic());
        if (!difference.isEmpty()) {
            bf16 = before[0];
            oneDnnLearns = before[1];
            oneDnnInfers = before[2];
            throw new KitException("The run was begun with other arithmetic, which would end in other weights: "
                    + difference + ": go on with it where and as it was begun, or begin it again here.");
        }
    }

    private String place() {
        return device.isGpu() ? "gpu" + device.getDeviceId() : "cpu";
    }

    /** How a matrix product that is called now, on this thread, is to be made. */
    Products productsNow() {
        return bf16Now() ? Products.BFLOAT16 : float32(recording());
    }

    Products float32(boolean recorded) {
        return (recorded ? oneDnnLearns : oneDnnInfers) ? Products.ONE_DNN : Products.FLOAT32;
    }

    /**
     * Seeds PyTorch's generator alone, as a training does before each step; {@link #seed()} stays as it is.
     *
     * @param seed whole number from which all draws of PyTorch follow
     */
    public void generator(long seed) {
        engine.setRandomSeed((int) (seed ^ seed >>> 32));
    }

    /**
     * Sets the seed of PyTorch's generator and of {@link #random}.
     *
     * @param seed whole number from which all draws follow
     */
    public void seed(long seed) {
        this.seed = seed;
        engine.setRandomSeed((int) seed);
    }

    /** {@return the seed that was set last} */
    public long seed() {
        return seed;
    }

    /**
     * {@return a Java generator of the kit's seed and a purpose, so that two purposes never share a stream}
     *
     * @param purpose words that tell this stream of numbers from others, such as "batches"
     */
    public SplittableRandom random(String purpose) {
        return random(seed, purpose);
    }

    /**
     * {@return a Java generator of a seed and a purpose}
     *
     * @param seed whole number from which all draws follow
     * @param purpose words that tell this stream of numbers from others, such as "batches"
     */
    public static SplittableRandom random(long seed, String purpose) {
        long mixed = seed;
        for (int i = 0; i < purpose.length(); i++) {
            mixed = (mixed ^ purpose.charAt(i)) * 0x100000001B3L;
        }
        return new SplittableRandom(mixed);
    }

    /**
     * Runs work with gradients recorded and, where it is fast, bfloat16 products.
     *
     * @param <T> what the work makes
     * @param work is called once, on this thread
     * @return what the work made
     */
    public <T> T training(Supplier<T> work) {
        return guarded(true, true, work);
    }

    /**
     * {@link #training(Supplier)} in which {@link Ops#dropout} drops a share of the numbers.
     *
     * @param <T> what the work makes
     * @param dropout the share, from 0 to below 1
     * @param work is called once, on this thread
     * @return what the work made
     * @throws KitException if a share above 0 is given and the work has no place where anything is dropped
     */
    public <T> T training(double dropout, Supplier<T> work) {
        Dropout before = DROPOUT.get();
        Dropout now = new Dropout(dropout);
        DROPOUT.set(now);
        try {
            T made = training(work);
            if (dropout > 0 && !now.asked) {
                throw new KitException("A dropout of " + dropout + " is set, and the model that is trained has no place"
                        + " where anything is dropped: set it to 0, or call ops().dropout in the model.");
            }
            return made;
        } finally {
            DROPOUT.set(before);
        }
    }

    /** What is dropped now, and whether anything asked for it. */
    private static final class Dropout {
        private final double share;
        private boolean asked;

        Dropout(double share) {
            this.share = share;
        }
    }

    /** The share that is dropped now, on this thread: 0 but in a training with dropout. */
    static double dropout() {
        Dropout now = DROPOUT.get();
        now.asked = true;
        return TRAINING.get() ? now.share : 0;
    }

    /**
     * Runs work with gradients recorded in float32 throughout: for gradient checks.
     *
     * @param <T> what the work makes
     * @param work is called once, on this thread
     * @return what the work made
     */
    public <T> T trainingExact(Supplier<T> work) {
        return guarded(true, false, work);
    }

    /**
     * Runs work with no gradients recorded, in float32.
     *
     * @param <T> what the work makes
     * @param work is called once, on this thread
     * @return what the work made
     */
    public <T> T inference(Supplier<T> work) {
        return guarded(false, false, work);
    }

    /**
     * Runs what a training needs and does not learn, such as its frozen layers: with no gradients recorded and, as in
     * {@link #training(Supplier)}, bfloat16 products where they are fast.
     *
     * @param <T> what the work makes
     * @param work is called once, on this thread
     * @return what the work made
     */
    public <T> T frozen(Supplier<T> work) {
        return guarded(false, true, work);
    }

    private static <T> T guarded(boolean gradients, boolean training, Supplier<T> work) {
        prepareThread();
        boolean modeBefore = JniUtils.isGradMode();
        boolean trainingBefore = TRAINING.get();
        JniUtils.setGradMode(gradients);
        TRAINING.set(training);
        try {
            return work.get();
        } finally {
            JniUtils.setGradMode(modeBefore);
            TRAINING.set(trainingBefore);
        }
    }

    /**
     * Runs work that makes large arrays which are kept for long, such as a model's weights, by way of others which are
     * not: what is freed meanwhile goes back to the system instead of being kept for the next operator.
     *
     * @param <T> what the work makes
     * @param work is called once, on this thread
     * @return what the work made
     */
    public <T> T sparing(Supplier<T> work) {
        return KeptMemory.sparing(work);
    }

    /** {@return whether gradients are recorded now, on this thread} */
    public static boolean recording() {
        return JniUtils.isGradMode();
    }

    /**
     * TorchScript's graph optimizer is off: it breaks the bfloat16 backward pass, and its switch belongs to a thread.
     */
    static void prepareThread() {
        if (!PREPARED.get()) {
            TorchScriptModule.optimizeGraphs(false);
            PREPARED.set(true);
        }
    }

    /**
     * Floating-point operations a second of a large matrix product, made as training makes its products now: the peak
     * that a model is held against. It is measured when it is first asked for, by the fastest of the products of half a
     * second, for what else the machine does only slows them.
     *
     * @return operations a second, about 1e11 for two cores in float32
     */
    public double peakFlops() {
        Products by = bf16 ? Products.BFLOAT16 : float32(true);
        int which = by.ordinal();
        if (peaks[which] == 0) {
            peaks[which] = fastest(by);
        }
        return peaks[which];
    }

    private double fastest(Products by) {
        int size = device.isGpu() ? 4096 : 1024;
        int times = device.isGpu() ? 20 : 4;
        return inference(() -> {
            try (NDManager work = manager.newSubManager()) {
                NDArray a = work.full(new Shape(size, size), 0.01f);
                ops.products(a, 1, by).getFloat();
                double best = 0;
                for (long began = System.nanoTime(); best == 0 || System.nanoTime() - began < PEAK_NANOSECONDS; ) {
                    long start = System.nanoTime();
                    ops.products(a, times, by).getFloat();
                    best = Math.max(best, 2.0 * size * size * size * times / ((System.nanoTime() - start) * 1e-9));
                }
                return best;
            }
        });
    }

    /**
     * {@return one line for a notebook's head and a manifest: engine, device, threads, dtype and why} It holds no
     * measured number.
     */
    public String describe() {
        return "PyTorch " + engine.getVersion() + " on " + place() + ", " + threads() + " threads, "
                + (bf16 ? "float32 with bfloat16 products in training" : "float32") + " (" + verdict.reason()
                + (oneDnnInfers ? "; float32 by oneDNN" : "") + ")";
    }

    /** Frees every tensor of this engine. The native library stays loaded: a JVM can load it once. */
    @Override
    public void close() {
        ops.script().close();
        manager.close();
    }

    private static String rootMessage(Throwable e) {
        while (e.getCause() != null) {
            e = e.getCause();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
