package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much of the labelled personal data is found, and how much of what is found is none. */
class PersonalDataScoresTest {

    @Test
    void whatIsMissedOrWronglyFoundInTheLabelledLinesIsAsItWas() {
        List<String> wrong = new ArrayList<>();
        for (LabelledPii line : LabelledPii.all()) {
            List<Pii.Found> found = Pii.find(line.text());
            if (!found.equals(line.labels())) {
                wrong.add(line.language() + ": " + line.text() + " -> " + found);
            }
        }
        assertEquals(List.of(), wrong, String.join("\n", wrong));
    }
}
