package kawi.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import kawi.Kit;
import org.junit.jupiter.api.Test;

/** A kernel prints what a cell's last expression gives. Where that is an object's address, every run prints another. */
class WhatACellEndsWithTest {

    @Test
    void aChainOfCallsEndsInSomethingThatSaysWhatItIs() throws Exception {
        List<String> mute = new ArrayList<>();
        int chained = 0;
        for (Class<?> type : publicTypes()) {
            if (!type.isInterface() && returnsItself(type)) {
                chained++;
                if (type.getMethod("toString").getDeclaringClass() == Object.class) {
                    mute.add(type.getName());
                }
            }
        }
        assertTrue(chained > 10, chained + " types");
        assertEquals(List.of(), mute);
    }

    private static boolean returnsItself(Class<?> type) {
        return Stream.of(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                .map(Method::getReturnType)
                .anyMatch(type::equals);
    }

    private static List<Class<?>> publicTypes() throws Exception {
        Path sources = Path.of(System.getProperty("kawi.home")).resolve("lib/src/main/java");
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources.resolve("kawi"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                String name =
                        sources.relativize(file).toString().replace(".java", "").replace('/', '.');
                if (!name.endsWith("package-info")) {
                    Class<?> type = Class.forName(name, false, Kit.class.getClassLoader());
                    Stream.concat(Stream.of(type), Stream.of(type.getDeclaredClasses()))
                            .filter(each -> Modifier.isPublic(each.getModifiers()))
                            .forEach(types::add);
                }
            }
        }
        return types;
    }
}
