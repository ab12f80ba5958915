package kawi.eval;

import java.util.List;

/**
 * One question of a {@link ChoiceTask}: what stands before the answer, and the answers to choose among.
 *
 * @param record its record's number in the source, from 1
 * @param prompt what stands before the answer, without the delimiter
 * @param choices the possible answers, two at least, none empty
 * @param gold index of the right one
 */
public record ChoiceQuestion(int record, String prompt, List<String> choices, int gold) {}
