package kawi.course;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import kawi.evidence.KitException;
import kawi.notebook.Show;

/**
 * Checks answers to the exercises of {@code notebooks/exercises}. Meant to be imported as {@code import static
 * kawi.course.Exercises.*}. A task is named by its notebook and its place there: "03.2".
 *
 * <p>A check compares with what the library computes from the same material, so that no answer is written down here.
 */
public final class Exercises {
    private static final Map<String, Check> CHECKS = new TreeMap<>();

    static {
        CHECKS.putAll(DataChecks.all());
        CHECKS.putAll(ModelChecks.all());
        CHECKS.putAll(TuningChecks.all());
        CHECKS.putAll(CareChecks.all());
        CHECKS.putAll(BitChecks.all());
    }

    private Exercises() {}

    /** What is wrong with answers; null where nothing is. */
    interface Check {
        String fault(Answers answers);
    }

    /**
     * Says in the cell that an answer is right.
     *
     * @param task notebook and place, such as "03.2"
     * @param answers what the task's cell hands over; an answer that is not there yet is null
     * @throws KitException saying what is wrong, without the answer, where one is; and where there is no such task
     */
    public static void check(String task, Object... answers) {
        String fault = fault(task, answers);
        if (fault != null) {
            throw new KitException(task + ": " + fault);
        }
        Show.markdown(
                task.endsWith(".5")
                        ? "**" + task + " is written.** Whether it is right, a person reads."
                        : "**" + task + " is right.**");
    }

    /**
     * {@return what a check would say: "right", or what is wrong} For who takes in what students hand in.
     *
     * @param task notebook and place, such as "03.2"
     * @param answers what the task's cell hands over; an answer that is not there yet is null
     * @throws KitException where there is no such task
     */
    public static String verdict(String task, Object... answers) {
        String fault = fault(task, answers);
        return fault == null ? "right" : fault;
    }

    /**
     * {@return a value as one line of text, arrays and lists with what is in them} For who takes in what students hand
     * in.
     *
     * @param value any value, null included
     */
    public static String answer(Object value) {
        String text = Arrays.deepToString(new Object[] {value});
        return text.substring(1, text.length() - 1).replace('\n', ' ');
    }

    /** {@return what is wrong with answers; null where nothing is} */
    static String fault(String task, Object... answers) {
        Check check = CHECKS.get(task);
        if (check == null) {
            throw unknown(task);
        }
        try {
            return check.fault(new Answers(answers));
        } catch (Answers.Missing e) {
            return e.getMessage();
        }
    }

    /**
     * Shows a hint for a task.
     *
     * @param task notebook and place, such as "03.2"
     * @throws KitException where there is no such task
     */
    public static void hint(String task) {
        if (!CHECKS.containsKey(task)) {
            throw unknown(task);
        }
        Show.markdown("*Hint:* " + Hints.of(task));
    }

    /** {@return the names of all tasks, in order} */
    static Iterable<String> tasks() {
        return CHECKS.keySet();
    }

    private static KitException unknown(String task) {
        return new KitException("There is no task \"" + task + "\": name one of 01.1 to 09.5, as \"03.2\".");
    }
}
