package kawi.cluster;

import java.io.Serializable;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import kawi.Kit;
import kawi.evidence.KitException;

/**
 * How something of the kit's is made, so that it can be made again on another machine: a class of the kit, a static
 * method or a record's constructor, and plain arguments.
 *
 * <p>Code itself does not travel. A worker does not have the classes of a notebook's cells; and where it is given them,
 * the variables of other cells are unset there, so that such code computes with zeros and says nothing. Therefore
 * whatever is not the kit's own is refused here, on the side where a sentence can be read.
 */
public final class Recipe implements Serializable {
    private static final long serialVersionUID = 1;
    private static final Set<Class<?>> PLAIN = Set.of(
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Character.class,
            String.class);

    private final String type;
    private final String method; // null for the constructor of a record
    private final Object[] arguments; // plain values, enum constants and recipes

    private Recipe(String type, String method, Object[] arguments) {
        this.type = type;
        this.method = method;
        this.arguments = arguments;
    }

    /**
     * The call of a public static method of the kit's: {@code Recipe.call(Duplicates.class, "near", 0.8)}.
     *
     * @param type the class of the kit that has the method
     * @param method its name
     * @param arguments numbers, texts, constants of enums, records of the kit's and other recipes
     * @return the recipe, which makes on a worker what the call makes here
     * @throws KitException if the class is not the kit's, has no such method, or an argument cannot travel
     */
    public static Recipe call(Class<?> type, String method, Object... arguments) {
        checkOwner(type, "The method '" + method + "'");
        Object[] plain = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            plain[i] = travelling(arguments[i], "Argument " + (i + 1) + " of " + type.getSimpleName() + "." + method);
        }
        Recipe recipe = new Recipe(type.getName(), method, plain);
        recipe.method(type, recipe.made(plain));
        return recipe;
    }

    /**
     * How a record of the kit's is made.
     *
     * @param name what it is called where it is used, for the sentence that refuses it: "optimizer"
     * @param value a record of the kit's
     * @return the recipe, which makes an equal record on a worker
     * @throws KitException if it is anything else, or holds something that cannot travel; the sentence names which
     */
    public static Recipe of(String name, Object value) {
        Object recipe = travelling(value, "The " + name);
        if (recipe instanceof Recipe made) {
            return made;
        }
        throw new KitException("The " + name + " is " + value + ", which is no record of the kit's: give one that is.");
    }

    private static Object travelling(Object value, String name) {
        if (value == null || value instanceof Recipe || PLAIN.contains(value.getClass())) {
            return value;
        }
        Class<?> type = value.getClass();
        checkOwner(type, name);
        if (value instanceof Enum<?>) {
            return value;
        }
        if (!type.isRecord()) {
            throw new KitException(name + " cannot travel to workers: " + type.getName()
                    + " is no record, so what it is made of is not known; say how it is made, by Recipe.call(Class, method, "
                    + "arguments).");
        }
        List<Object> arguments = new ArrayList<>();
        for (RecordComponent each : type.getRecordComponents()) {
            try {
                Method read = each.getAccessor();
                read.setAccessible(true);
                arguments.add(travelling(read.invoke(value), name + "'s " + each.getName()));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new KitException(name + "'s " + each.getName() + " cannot be read: " + e + ".", e);
            }
        }
        return new Recipe(type.getName(), null, arguments.toArray());
    }

    /** Refuses a class that workers do not have. */
    private static void checkOwner(Class<?> type, String name) {
        if (ofKit(type)) {
            return;
        }
        String why;
        if (type.isHidden() || type.isSynthetic()) {
            why = "it is a lambda, made in " + outer(type.getName());
        } else if (type.getName().startsWith("REPL.") || type.getName().contains("$JShell$")) {
            why = "its class '" + simple(type) + "' was declared in a cell of this notebook";
        } else {
            why = "its class " + type.getName() + " is not the kit's";
        }
        throw new KitException(name + " cannot travel to workers: " + why
                + ", which workers do not have, and where they had it the variables of cells would be unset. Say it by the "
                + "kit's own names and plain arguments, as in Recipe.call(Duplicates.class, \"near\", 0.8).");
    }

    private static String outer(String lambda) {
        String made = lambda.contains("$$Lambda") ? lambda.substring(0, lambda.indexOf("$$Lambda")) : lambda;
        return made.startsWith("REPL.") ? "a cell of this notebook" : made;
    }

    private static String simple(Class<?> type) {
        String name = type.getName();
        return name.substring(Math.max(name.lastIndexOf('$'), name.lastIndexOf('.')) + 1);
    }

    /** Whether a class is from the jars that every worker loads. */
    private static boolean ofKit(Class<?> type) {
        if (type.isHidden() || type.isSynthetic() || !type.getName().startsWith("kawi.")) {
            return false;
        }
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source != null && (same(source, Kit.class) || same(source, Recipe.class));
    }

    private static boolean same(CodeSource source, Class<?> known) {
        return Objects.equals(
                source.getLocation(),
                known.getProtectionDomain().getCodeSource().getLocation());
    }

    /**
     * Makes it, here.
     *
     * @param wanted what it must be
     * @throws KitException if it cannot be made, or is something else
     */
    <T> T make(Class<T> wanted) {
        Object made = make();
        if (!wanted.isInstance(made)) {
            throw new KitException(this + " makes a " + made.getClass().getSimpleName() + " where a "
                    + wanted.getSimpleName() + " is needed.");
        }
        return wanted.cast(made);
    }

    private Object make() {
        try {
            Class<?> owner = Class.forName(type, true, Recipe.class.getClassLoader());
            Object[] values = made(arguments);
            if (method == null) {
                Class<?>[] types = new Class<?>[values.length];
                for (int i = 0; i < types.length; i++) {
                    types[i] = owner.getRecordComponents()[i].getType();
                }
                Constructor<?> constructor = owner.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return constructor.newInstance(values);
            }
            Method call = method(owner, values);
            return call.invoke(null, fitted(call, values));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof KitException refused) {
                throw refused;
            }
            throw new KitException(this + " failed: " + e.getCause() + ".", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new KitException(
                    this + " cannot be made with the kit that is here (" + e
                            + "): every machine must have the same version of it.",
                    e);
        }
    }

    private Object[] made(Object[] recipes) {
        Object[] values = new Object[recipes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = recipes[i] instanceof Recipe inner ? inner.make() : recipes[i];
        }
        return values;
    }

    private Method method(Class<?> owner, Object[] values) {
        for (Method each : owner.getMethods()) {
            if (each.getName().equals(method)
                    && Modifier.isStatic(each.getModifiers())
                    && fitted(each, values) != null) {
                return each;
            }
        }
        throw new KitException("The kit has no static method " + this + ": look at help(" + owner.getSimpleName()
                + ".class) for those that there are.");
    }

    /**
     * The values as the method takes them, the last ones gathered where it takes any number; null where they do not
     * fit.
     */
    private static Object[] fitted(Method call, Object[] values) {
        Class<?>[] types = call.getParameterTypes();
        int fixed = call.isVarArgs() ? types.length - 1 : types.length;
        if (values.length < fixed || !call.isVarArgs() && values.length != fixed) {
            return null;
        }
        Object[] fitted = new Object[types.length];
        for (int i = 0; i < fixed; i++) {
            if (!fits(types[i], values[i])) {
                return null;
            }
            fitted[i] = values[i];
        }
        if (call.isVarArgs()) {
            Class<?> each = types[fixed].getComponentType();
            Object rest = Array.newInstance(each, values.length - fixed);
            for (int i = fixed; i < values.length; i++) {
                if (!fits(each, values[i])) {
                    return null;
                }
                Array.set(rest, i - fixed, values[i]);
            }
            fitted[fixed] = rest;
        }
        return fitted;
    }

    private static boolean fits(Class<?> type, Object value) {
        if (!type.isPrimitive()) {
            return value == null || type.isInstance(value);
        }
        return value != null
                && java.lang.invoke.MethodType.methodType(type).wrap().returnType() == value.getClass();
    }

    /** {@return the call as it would be written} */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(type.substring(type.lastIndexOf('.') + 1).replace('$', '.'));
        text.append(method == null ? "" : "." + method).append('(');
        for (int i = 0; i < arguments.length; i++) {
            text.append(i == 0 ? "" : ", ")
                    .append(arguments[i] instanceof String said ? '"' + said + '"' : arguments[i]);
        }
        return text.append(')').toString();
    }
}
