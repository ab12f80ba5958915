package kawi.notebook;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import kawi.evidence.KitException;
import tech.tablesaw.api.Table;

/**
 * Lets a value that a cell ends with show as by {@link Show#show}: the kernel is told how, in its own registry of
 * renderers. Kernels of the IJava family have that registry under different package names; it is found by reflection,
 * and a kernel without one shows values as it always did.
 */
final class LastValue {
    /** The kernel's entry class, the method that gives the kernel, and the package of what is displayed. */
    private static final String[][] KERNELS = {
        {"org.dflib.jjava.kernel.JavaNotebookStatics", "kernel", "org.dflib.jjava.jupyter.kernel.display."},
        {"io.github.spencerpark.ijava.IJava", "getKernelInstance", "io.github.spencerpark.jupyter.kernel.display."},
    };

    private static Object told; // the kernel that knows

    private LastValue() {}

    /** Tells the kernel that runs this cell, once; says whether there is one that listens. */
    static synchronized boolean tell() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        for (String[] names : KERNELS) {
            try {
                Object kernel = Class.forName(names[0], true, loader)
                        .getMethod(names[1])
                        .invoke(null);
                if (kernel == null) {
                    continue;
                }
                if (kernel != told) {
                    register(kernel.getClass().getMethod("getRenderer").invoke(kernel), names[2], loader);
                    told = kernel;
                }
                return true;
            } catch (ReflectiveOperationException | LinkageError absent) {
                // another kernel, or one without a registry
            }
        }
        return false;
    }

    /** For tables, charts and HTML, in every form that is asked for. */
    static void register(Object renderer, String kernelPackage, ClassLoader loader)
            throws ReflectiveOperationException {
        Class<?> function = Class.forName(kernelPackage + "RenderFunction", true, loader);
        Class<?> mime = Class.forName(kernelPackage + "mime.MIMEType", true, loader);
        Object any = mime.getField("ANY").get(null);
        Method register = renderer.getClass().getMethod("register", Set.class, Set.class, Set.class, function);
        InvocationHandler rendering = (proxy, method, arguments) -> {
            if (method.getName().equals("render") && method.getParameterCount() == 2) {
                put(arguments[0], arguments[1]);
                return null;
            }
            return switch (method.getName()) {
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "a renderer of kawi.notebook";
            };
        };
        Object renders = Proxy.newProxyInstance(function.getClassLoader(), new Class<?>[] {function}, rendering);
        register.invoke(renderer, Set.of(any), Set.of(any), Set.of(Table.class, Chart.class, Html.class), renders);
    }

    private static void put(Object value, Object context) {
        try {
            Object container =
                    context.getClass().getMethod("getOutputContainer").invoke(context);
            Method data = container.getClass().getMethod("putData", String.class, Object.class);
            for (Map.Entry<String, String> each : Show.bundle(value).entrySet()) {
                data.invoke(container, each.getKey(), each.getValue());
            }
            if (value instanceof Chart chart) {
                container
                        .getClass()
                        .getMethod("putMetaData", String.class, Object.class)
                        .invoke(container, "image/png", Show.about(chart));
            }
        } catch (ReflectiveOperationException e) {
            throw new KitException(
                    "This kernel does not take the kit's values as the last of a cell: write show(...) around them.",
                    e);
        }
    }
}
