package kawi.torch;

import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import kawi.evidence.KitException;

/**
 * What decides how an engine rounds: two runs of one program, data and seed end with the same bytes only where all of
 * this is equal. A run keeps it beside its weights and compares it when it is taken up again.
 *
 * <p>Nothing here hangs on a clock: the CPU's flags, its maker, the device and the reader's own settings decide.
 *
 * @param engine PyTorch and its version, such as {@code PyTorch 2.7.1}
 * @param device {@code cpu}, {@code gpu0}, ...
 * @param cpu the CPU's maker and the widest instructions that PyTorch uses of it, such as {@code AuthenticAMD AVX512}
 * @param threads threads of one operator: sums are shared among them, so their number changes the last bits
 * @param training what multiplies where gradients are recorded: {@code bfloat16}, {@code float32 by oneDNN},
 *     {@code float32 by PyTorch's choice}
 * @param inference what multiplies float32 where none are recorded
 */
public record Arithmetic(String engine, String device, String cpu, int threads, String training, String inference) {

    /** {@return the same in one line that stays the same from start to start; {@link #of(String)} reads it back} */
    public String line() {
        StringJoiner line = new StringJoiner("; ");
        parts().forEach((name, value) -> line.add(name + "=" + value));
        return line.toString();
    }

    /**
     * {@return what an earlier {@link #line} said}
     *
     * @param line what {@link #line()} gave
     * @throws KitException if the text is not such a line
     */
    public static Arithmetic of(String line) {
        Map<String, String> parts = new TreeMap<>();
        for (String part : line.split("; ")) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                parts.put(part.substring(0, equals), part.substring(equals + 1));
            }
        }
        try {
            Arithmetic read = new Arithmetic(
                    parts.get("engine"),
                    parts.get("device"),
                    parts.get("cpu"),
                    Integer.parseInt(String.valueOf(parts.get("threads"))),
                    parts.get("training"),
                    parts.get("inference"));
            if (read.line().equals(line)) {
                return read;
            }
        } catch (NumberFormatException e) {
            throw unreadable(line, e);
        }
        throw unreadable(line, null);
    }

    private static KitException unreadable(String line, NumberFormatException cause) {
        return new KitException(
                "The record of a run's arithmetic reads '" + line
                        + "', which is not what this kit writes: begin the run again in an empty folder.",
                cause);
    }

    /**
     * {@return in what another differs, such as "threads (2, now 4)"; empty where the two round alike}
     *
     * @param now the other, named as the present one
     */
    public String differenceFrom(Arithmetic now) {
        StringJoiner difference = new StringJoiner(", ");
        Map<String, String> there = now.parts();
        parts().forEach((name, value) -> {
            if (!value.equals(there.get(name))) {
                difference.add(name + " (" + value + ", now " + there.get(name) + ")");
            }
        });
        return difference.toString();
    }

    private Map<String, String> parts() {
        Map<String, String> parts = new TreeMap<>();
        parts.put("engine", String.valueOf(engine));
        parts.put("device", String.valueOf(device));
        parts.put("cpu", String.valueOf(cpu));
        parts.put("threads", String.valueOf(threads));
        parts.put("training", String.valueOf(training));
        parts.put("inference", String.valueOf(inference));
        return parts;
    }
}
