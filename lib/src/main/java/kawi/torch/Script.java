package kawi.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.TorchScriptModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A TorchScript source file of the class path, loaded into libtorch, whose methods are called with NDArrays.
 *
 * <p>Arguments may be NDArrays, lists of NDArrays, whole numbers, floating-point numbers, booleans, strings,
 * {@code long[]}, an {@link IValue} that an earlier call returned, or null for an {@code Optional} that is absent.
 * Gradients flow through a call to every NDArray among its arguments. Results belong to the manager that the call
 * names.
 */
public final class Script implements AutoCloseable {

    private final TorchScriptModule module;
    private final IValue none;

    private Script(TorchScriptModule module) {
        this.module = module;
        this.none = module.run("none");
    }

    /**
     * Loads a resource such as {@code kawi/torch/ops.py}: one {@code class Name(Module):} in TorchScript's serialized
     * dialect, with a method {@code none} that returns None (it is how Java gets hold of that value).
     *
     * @param torch the engine on whose device the script runs
     * @param resource path of the source on the class path
     * @return the loaded script; close it when it is no longer called
     */
    public static Script load(Torch torch, String resource) {
        try {
            Path archive = Files.createTempFile("kawi-", ".pt");
            try {
                archive(resource, archive);
                return new Script(TorchScriptModule.load(archive, torch.device()));
            } finally {
                Files.deleteIfExists(archive);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes the archive of a resource: what {@link #load} hands to libtorch, and what {@code torch.jit.load} of any
     * PyTorch 2 reads on a machine without Java.
     *
     * @param resource path of the source on the class path
     * @param file is written anew
     */
    public static void archive(String resource, Path file) {
        try (InputStream in = Script.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + resource + " on the class path");
            }
            ScriptArchive.write(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Calls a method that returns one tensor, autograd on ({@code grad}) or off whatever the thread's mode is.
     *
     * @param manager owns the results
     * @param method name of a method of the script
     * @param grad whether gradients are recorded
     * @param arguments in the order of the method's parameters, without {@code self}
     * @return the tensor
     */
    public NDArray call(NDManager manager, String method, boolean grad, Object... arguments) {
        try (IValue value = raw(method, grad, arguments)) {
            return value.toTensor((PtNDManager) manager);
        }
    }

    /**
     * Calls a method that returns one tensor in PyTorch's inference mode: a microsecond less for each small operator,
     * and a result that may be read and handed to further calls but never takes part in a gradient.
     *
     * @param manager owns the results
     * @param method name of a method of the script
     * @param arguments in the order of the method's parameters, without {@code self}
     * @return the tensor
     */
    public NDArray infer(NDManager manager, String method, Object... arguments) {
        try (IValue value = with(arguments, values -> module.infer(method, values))) {
            return value.toTensor((PtNDManager) manager);
        }
    }

    /**
     * Calls a method that returns a list or a tuple of tensors.
     *
     * @param manager owns the results
     * @param method name of a method of the script
     * @param grad whether gradients are recorded
     * @param arguments in the order of the method's parameters, without {@code self}
     * @return the tensors in order
     */
    public List<NDArray> list(NDManager manager, String method, boolean grad, Object... arguments) {
        try (IValue value = raw(method, grad, arguments)) {
            if (value.isTensorList()) {
                return new ArrayList<>(Arrays.asList(value.toTensorArray((PtNDManager) manager)));
            }
            List<NDArray> tensors = new ArrayList<>();
            for (IValue part : value.toIValueTuple()) {
                try (part) {
                    tensors.add(part.toTensor((PtNDManager) manager));
                }
            }
            return tensors;
        }
    }

    /**
     * Calls a method and hands over whatever it returns; the caller closes it.
     *
     * @param method name of a method of the script
     * @param grad whether gradients are recorded
     * @param arguments in the order of the method's parameters, without {@code self}
     * @return the value, whatever its type
     */
    public IValue raw(String method, boolean grad, Object... arguments) {
        boolean before = JniUtils.isGradMode();
        if (before != grad) {
            JniUtils.setGradMode(grad);
        }
        try {
            return with(arguments, values -> module.run(method, values));
        } finally {
            if (before != grad) {
                JniUtils.setGradMode(before);
            }
        }
    }

    /** Runs a call with its arguments as values, and frees those that were made for it. */
    private IValue with(Object[] arguments, Function<IValue[], IValue> call) {
        Torch.prepareThread();
        IValue[] values = new IValue[arguments.length];
        try {
            for (int i = 0; i < values.length; i++) {
                values[i] = value(arguments[i]);
            }
            return call.apply(values);
        } finally {
            for (int i = 0; i < values.length; i++) {
                if (values[i] != null && values[i] != none && values[i] != arguments[i]) {
                    values[i].close();
                }
            }
        }
    }

    private IValue value(Object argument) {
        if (argument == null) {
            return none;
        } else if (argument instanceof IValue value) {
            return value;
        } else if (argument instanceof PtNDArray array) {
            return IValue.from(array);
        } else if (argument instanceof Long || argument instanceof Integer) {
            return IValue.from(((Number) argument).longValue());
        } else if (argument instanceof Number number) {
            return IValue.from(number.doubleValue());
        } else if (argument instanceof Boolean flag) {
            return IValue.from((boolean) flag);
        } else if (argument instanceof String text) {
            return IValue.from(text);
        } else if (argument instanceof long[] numbers) {
            return IValue.listFrom(numbers);
        } else if (argument instanceof List<?> arrays) {
            return IValue.listFrom(arrays.toArray(new PtNDArray[0]));
        }
        throw new IllegalArgumentException("TorchScript takes no argument of " + argument.getClass());
    }

    /** Frees the module; the tensors that its calls returned stay with their managers. */
    @Override
    public void close() {
        none.close();
        module.close();
    }
}
