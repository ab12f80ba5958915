package ai.djl.pytorch.jni;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.file.Path;

/**
 * A door into DJL's package-private JNI layer: loads a TorchScript module and runs any of its methods with autograd
 * left as the calling thread has it (DJL's own {@code IValueUtils.runMethod} always switches it off).
 *
 * <p>It lives in DJL's package because {@code PyTorchLibrary} is not public. It holds no policy;
 * {@code kawi.torch.Script} is the class to use.
 */
public final class TorchScriptModule implements AutoCloseable {

    private long handle;

    private TorchScriptModule(long handle) {
        this.handle = handle;
    }

    /**
     * {@return a TorchScript archive loaded onto a device, its parameters (if it has any) trainable; the caller closes
     * it}
     *
     * @param archive the archive, a zip file as {@code torch.jit.save} writes it
     * @param device where its tensors go: the CPU, or a GPU by its number
     * @throws ai.djl.engine.EngineException where PyTorch cannot read the archive
     */
    public static TorchScriptModule load(Path archive, Device device) {
        int[] where = {device.isGpu() ? 1 : 0, device.isGpu() ? device.getDeviceId() : -1};
        return new TorchScriptModule(
                PyTorchLibrary.LIB.moduleLoad(archive.toString(), where, false, new String[0], new String[0], true));
    }

    /**
     * Runs a method with autograd as the calling thread has it; the caller owns the returned value and closes it.
     *
     * @param method a method of the module, such as "forward"
     * @param arguments the method's arguments without the module itself; they stay the caller's
     * @return what the method gave
     * @throws ai.djl.engine.EngineException where there is no such method, or an operator in it fails
     */
    public IValue run(String method, IValue... arguments) {
        return run(method, true, arguments);
    }

    /**
     * Runs a method as PyTorch's inference mode does, which saves autograd's bookkeeping; autograd refuses the results
     * for good.
     *
     * @param method a method of the module, such as "forward"
     * @param arguments the method's arguments without the module itself; they stay the caller's
     * @return what the method gave; the caller closes it
     * @throws ai.djl.engine.EngineException where there is no such method, or an operator in it fails
     */
    public IValue infer(String method, IValue... arguments) {
        return run(method, false, arguments);
    }

    private IValue run(String method, boolean autograd, IValue[] arguments) {
        long[] handles = new long[arguments.length];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = arguments[i].getHandle();
        }
        return new IValue(PyTorchLibrary.LIB.moduleRunMethod(handle, method, handles, autograd, false));
    }

    /**
     * {@return the accumulated gradient of a leaf as a view attached to {@code manager}, or null where none was
     * computed yet}
     *
     * @param manager what the view is freed with; one of the PyTorch engine
     * @param leaf an array that asks for its gradient
     */
    public static PtNDArray gradient(NDManager manager, PtNDArray leaf) {
        long gradient = PyTorchLibrary.LIB.torchGrad(leaf.getHandle());
        return gradient == 0 || gradient == -1 ? null : new PtNDArray((PtNDManager) manager, gradient);
    }

    /**
     * Back-propagates from a scalar through the whole graph, freeing the graph.
     *
     * @param scalar what is differentiated, an array of one value
     * @param one the gradient of the scalar by itself: a 1 of the scalar's shape and type
     */
    public static void backward(PtNDArray scalar, PtNDArray one) {
        PyTorchLibrary.LIB.torchBackward(scalar.getHandle(), one.getHandle(), false, false);
    }

    /**
     * Switches TorchScript's graph optimizer for the calling thread.
     *
     * @param on whether graphs are rewritten before they run, as at first; off, they run as they were written
     */
    public static void optimizeGraphs(boolean on) {
        PyTorchLibrary.LIB.setGraphExecutorOptimize(on);
    }

    @Override
    public void close() {
        if (handle != 0) {
            PyTorchLibrary.LIB.torchDeleteModule(handle);
            handle = 0;
        }
    }
}
