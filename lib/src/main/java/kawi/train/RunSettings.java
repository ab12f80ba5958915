package kawi.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import kawi.evidence.KitException;
import kawi.model.ModelConfig;
import kawi.text.TokenFile;

/**
 * Everything that a run's result depends on, beside the weights that it began from and the arithmetic, as texts by
 * name: what must be the same for a run to go on from a checkpoint, and what a measurement was taken with.
 */
public final class RunSettings {
    private static final int LONGEST = 70;
    private static final long MOST_FACTORS = 1_000_000;

    private RunSettings() {}

    static Map<String, String> of(Trainer run) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.putAll(of(run.model.config()));
        settings.put("train text", of(run.train));
        settings.put("validation text", of(run.validation));
        settings.put("batch, windows", Integer.toString(run.batch));
        settings.put("passes of a step", Integer.toString(run.accumulate));
        settings.put("context, tokens", Integer.toString(run.context));
        settings.putAll(of(run.optimizer));
        settings.putAll(of(run.schedule));
        settings.put("clip", Double.toString(run.clip));
        if (run.dropout > 0) { // runs from before there was any had none
            settings.put("dropout", Double.toString(run.dropout));
        }
        settings.put("seed", Long.toString(run.seed));
        settings.put("steps between evaluations", Long.toString(run.evaluationInterval()));
        settings.put("evaluation windows", Integer.toString(run.evaluationWindows));
        settings.put("patience, evaluations", Integer.toString(run.patience));
        return settings;
    }

    /**
     * {@return every value of a model's {@code config.json}, and the configuration itself where it is a record}
     *
     * @param config what is asked
     */
    public static Map<String, String> of(ModelConfig config) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("model", config.describe());
        leaves("model's ", config.json(), settings);
        settings.put("model's parameters", Long.toString(config.parameterCount()));
        settings.put("model configuration", said(config));
        return settings;
    }

    /**
     * {@return an optimizer's settings by name, and the optimizer itself where it is a record}
     *
     * @param optimizer what is asked
     */
    public static Map<String, String> of(Optimizer optimizer) {
        Map<String, String> settings = new LinkedHashMap<>();
        leaves("optimizer's ", optimizer.settings(), settings);
        settings.put("optimizer", said(optimizer));
        return settings;
    }

    /**
     * {@return a text by its length and checksum}
     *
     * @param text what is asked; null for "none"
     */
    public static String of(TokenFile text) {
        return text == null
                ? "none"
                : String.format(
                        Locale.ROOT,
                        "%d tokens for %d bytes of a vocabulary of %d, CRC-32C %08x",
                        text.length(),
                        text.bytes(),
                        text.vocabularySize(),
                        text.checksum());
    }

    /** A schedule by what it says of itself, and by the factors that it gives: it need not say anything. */
    private static Map<String, String> of(Schedule schedule) {
        CRC32C factors = new CRC32C();
        byte[] bytes = new byte[Double.BYTES];
        long stride = Math.max(1, schedule.steps() / MOST_FACTORS);
        for (long step = 0; step < schedule.steps(); step += stride) {
            long bits = Double.doubleToLongBits(schedule.factor(step));
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (bits >>> 8 * i);
            }
            factors.update(bytes);
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("schedule", said(schedule));
        settings.put("steps", Long.toString(schedule.steps()));
        settings.put("schedule's factors", String.format(Locale.ROOT, "CRC-32C %08x", factors.getValue()));
        return settings;
    }

    private static void leaves(String name, JsonNode value, Map<String, String> settings) {
        if (value.isObject()) {
            value.properties().forEach(each -> leaves(name + each.getKey() + " ", each.getValue(), settings));
        } else {
            settings.put(name.strip(), value.isTextual() ? value.asText() : value.toString());
        }
    }

    private static void leaves(String name, Map<?, ?> values, Map<String, String> settings) {
        values.forEach((key, value) -> {
            if (value instanceof Map<?, ?> inner) {
                leaves(name + key + " ", inner, settings);
            } else {
                settings.put(name + key, String.valueOf(value));
            }
        });
    }

    /** What a value says of itself; the name of its class where it says nothing that outlives the process. */
    private static String said(Object value) {
        String text = value.toString();
        return text.endsWith("@" + Integer.toHexString(System.identityHashCode(value)))
                ? value.getClass().getSimpleName()
                : text;
    }

    /**
     * Refuses to go on with a run of other settings.
     *
     * @param folder where it is kept
     * @param kept its settings
     * @param wanted those of the run that would go on
     * @throws KitException naming the first that differs
     */
    static void refuseOther(Path folder, Map<String, String> kept, Map<String, String> wanted) {
        Set<String> names = new LinkedHashSet<>(wanted.keySet());
        names.addAll(kept.keySet());
        for (String name : names) {
            String before = kept.get(name);
            String now = wanted.get(name);
            if (before == null || !before.equals(now)) {
                throw other(folder, name, before, now);
            }
        }
    }

    static KitException other(Path folder, String name, String before, String now) {
        return new KitException("The checkpoints in '" + folder.getFileName() + "' are of another run, whose " + name
                + " is " + brief(before, now) + " where this run's is " + brief(now, before)
                + ": give this run another folder, or remove that one (Checkpoint.discard) to begin anew.");
    }

    /** A value as a sentence can hold it: of a long one, what surrounds the first difference. */
    private static String brief(String value, String other) {
        if (value == null) {
            return "not stated";
        }
        if (value.length() <= LONGEST) {
            return value;
        }
        int at = 0;
        while (other != null && at < Math.min(value.length(), other.length()) && value.charAt(at) == other.charAt(at)) {
            at++;
        }
        int from = Math.max(0, Math.min(at - LONGEST / 3, value.length() - LONGEST));
        String part = value.substring(from, Math.min(value.length(), from + LONGEST));
        return (from > 0 ? "..." : "") + part + (from + LONGEST < value.length() ? "..." : "");
    }
}
