package kawi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a cell may end with is shown as words, and not as an address in memory, which is another in each run. */
class ShownTest {

    /** Public classes of the library. */
    private static List<Class<?>> classes() throws IOException, ReflectiveOperationException {
        Path sources = Path.of(System.getProperty("kawi.home"), "lib", "src", "main", "java");
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(sources.resolve("kawi"))) {
            files.map(file -> sources.relativize(file).toString())
                    .filter(file -> file.endsWith(".java") && !file.endsWith("package-info.java"))
                    .forEach(file -> names.add(file.replace(".java", "").replace(java.io.File.separatorChar, '.')));
        }
        List<Class<?>> all = new java.util.ArrayList<>();
        for (String name : names) {
            Class<?> type = Class.forName(name, false, ShownTest.class.getClassLoader());
            all.add(type);
            all.addAll(Arrays.asList(type.getDeclaredClasses()));
        }
        return all.stream()
                .filter(type -> Modifier.isPublic(type.getModifiers()))
                .toList();
    }

    private static boolean returnsItself(Class<?> type) {
        for (Method method : type.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers())
                    && !Modifier.isStatic(method.getModifiers())
                    && method.getReturnType() == type) {
                return true;
            }
        }
        return false;
    }

    @Test
    void whateverAChainOfCallsEndsWithHasATextOfItsOwn() throws Exception {
        List<Class<?>> chained = classes().stream()
                .filter(type -> !type.isInterface() && !Modifier.isAbstract(type.getModifiers()))
                .filter(ShownTest::returnsItself)
                .toList();
        assertTrue(chained.size() > 5, chained.toString());
        List<String> addresses = chained.stream()
                .filter(type -> {
                    try {
                        return type.getMethod("toString").getDeclaringClass() == Object.class;
                    } catch (NoSuchMethodException e) {
                        throw new AssertionError(e);
                    }
                })
                .map(Class::getName)
                .toList();
        assertEquals(List.of(), addresses);
    }
}
