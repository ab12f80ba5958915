package kawi.notebook;

import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.UUID;

/**
 * The output area of the notebook cell that is running.
 *
 * <p>Kernels of the IJava family (IJava, JJava) have the same two calls under different package names: one that shows a
 * bundle of MIME types, and one that replaces a bundle shown earlier. They are found by reflection, so that no class of
 * a kernel is needed to build or run the library; outside a kernel the plain text goes to standard output.
 */
final class Cell {
    /** The kernel's entry class, the method that gives the kernel, and the class of a bundle. */
    private static final String[][] KERNELS = {
        {"org.dflib.jjava.kernel.JavaNotebookStatics", "kernel", "org.dflib.jjava.jupyter.kernel.display.DisplayData"},
        {
            "io.github.spencerpark.ijava.IJava",
            "getKernelInstance",
            "io.github.spencerpark.jupyter.kernel.display.DisplayData"
        },
    };

    private final String id = UUID.randomUUID().toString();
    private boolean shown;

    /** Shows a bundle once. */
    static void show(Map<String, String> bundle, Map<String, ?> aboutImage) {
        new Cell().put(bundle, aboutImage);
    }

    /** Shows a bundle, or puts it where this object's last one was. */
    void put(Map<String, String> bundle, Map<String, ?> aboutImage) {
        Object kernel = null;
        Class<?> type = null;
        for (String[] names : KERNELS) {
            try {
                ClassLoader loader = Thread.currentThread().getContextClassLoader();
                type = Class.forName(names[2], true, loader);
                kernel = Class.forName(names[0], true, loader)
                        .getMethod(names[1])
                        .invoke(null);
                break;
            } catch (ReflectiveOperationException | LinkageError absent) {
                type = null;
            }
        }
        if (kernel == null) {
            System.out.println(bundle.getOrDefault("text/plain", ""));
            return;
        }
        try {
            Object data = type.getConstructor().newInstance();
            for (Map.Entry<String, String> each : bundle.entrySet()) {
                type.getMethod("putData", String.class, Object.class).invoke(data, each.getKey(), each.getValue());
            }
            if (aboutImage != null) {
                type.getMethod("putMetaData", String.class, Object.class).invoke(data, "image/png", aboutImage);
            }
            type.getMethod("setDisplayId", String.class).invoke(data, id);
            Object io = kernel.getClass().getMethod("getIO").invoke(kernel);
            Object stream = io.getClass().getField("display").get(io);
            if (shown) {
                stream.getClass().getMethod("updateDisplay", String.class, type).invoke(stream, id, data);
            } else {
                stream.getClass().getMethod("display", type).invoke(stream, data);
                shown = true;
            }
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("the kernel refused an output: " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "this kernel's display calls are not those of IJava 1.3 or JJava 1.0: " + e, e);
        }
    }
}
