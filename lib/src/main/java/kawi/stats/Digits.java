package kawi.stats;

import java.util.Locale;

/** How many digits of a number are worth reading. */
final class Digits {

    private Digits() {}

    /** Decimals that show two digits of a width; three significant digits of the largest number where that is 0. */
    static int decimals(double width, double largest) {
        double scale = width > 0 ? width : largest / 10;
        return scale > 0 ? Math.max(0, Math.min(9, 1 + (int) Math.ceil(-Math.log10(scale)))) : 3;
    }

    /** With so many decimals; a zero has no sign. */
    static String fixed(double value, int decimals) {
        String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return text.matches("-0(\\.0*)?") ? text.substring(1) : text;
    }

    /** One decimal from 10 on, three below, and three significant digits below 0.1. */
    static String plain(double value) {
        double size = Math.abs(value);
        return fixed(value, size >= 10 ? 1 : size >= 0.1 || size == 0 ? 3 : decimals(0, size));
    }
}
