package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.Hash;
import kawi.text.Normalizer;
import org.junit.jupiter.api.Test;

/** What a run that goes on compares: settings of steps and documents, of which each difference must show. */
class StepsSayTheirSettingsTest {
    private static List<Supplier<Step>> different() {
        return List.of(
                Normalize::unicode,
                () -> Step.change("unicode", Normalizer.gentle()),
                () -> Step.change(
                        "unicode", Normalizer.of(Normalizer.nfc(), Normalizer.visible(), Normalizer.spaces())),
                Duplicates::exact,
                () -> Duplicates.near(0.8),
                () -> Duplicates.near(0.7),
                () -> RepeatedParagraphs.of(20),
                () -> RepeatedParagraphs.of(21),
                () -> Language.keep("en"),
                () -> Language.keep("en", "fr"),
                Licences::permissive,
                () -> Licences.allow("MIT"),
                Pii::mask,
                () -> Pii.mask(List.of("ES")),
                Quality::c4Lines,
                Quality::c4,
                Quality::gopher,
                () -> Quality.gopher("de"),
                () -> Quality.gopher("en").in("de"),
                () -> Quality.gopher().move("words", 30.0, null),
                () -> Quality.gopher().move("words", null, 30.0),
                () -> Quality.gopher().except("documentation"),
                () -> Quality.gopher().except("drama"),
                Quality::fineWeb,
                () -> Quality.fineWeb("de"),
                () -> Quality.fineWeb("es"),
                Repetition::gopher,
                () -> Repetition.gopher("de"),
                () -> learned(3).filter("learned", "of it", 0.5),
                () -> learned(4).filter("learned", "of it", 0.5),
                () -> learned(3).filter("learned", "of it", 0.6),
                () -> learned(3).passages("learned", "of it", 12, 0.5, 0.1),
                () -> learned(3).passages("learned", "of it", 13, 0.5, 0.1),
                () -> learned(3).passages("learned", "of it", 12, 0.6, 0.1),
                () -> stretches(50, "one text"),
                () -> stretches(49, "one text"),
                () -> stretches(50, "another text"),
                () -> stretches(50, "one text", "and one"),
                () -> Decontamination.of(13, 0.2),
                () -> Decontamination.of(12, 0.2),
                () -> Decontamination.of(13, 0.3),
                () -> Decontamination.of(13, 0.2).against(List.of("a test")),
                () -> Decontamination.of(13, 0.2).against(List.of("another")),
                () -> Decontamination.of(13, 0.2).against(List.of("an", "other")));
    }

    private static NgramClassifier learned(long seed) {
        return NgramClassifier.train(Labelled.of(List.of("good"), List.of("bad")), seed);
    }

    private static Step stretches(int words, String... texts) {
        List<Document> documents = new ArrayList<>();
        for (String text : texts) {
            documents.add(Document.collected(
                    "s", "p" + documents.size(), null, null, 1990, null, "CC0-1.0", "https://example.org/", text));
        }
        return SubstringDuplicates.of(Corpus.of(documents), words);
    }

    @Test
    void equalStepsHaveEqualSettingsAndOthersOthers() {
        Set<String> all = new HashSet<>();
        for (Supplier<Step> each : different()) {
            Step step = each.get();
            assertEquals(step.settings(), each.get().settings(), step.name());
            all.add(step.name() + "|" + step.settings());
        }
        assertEquals(different().size(), all.size());
        assertEquals("from 0.8", Duplicates.near(0.8).settings());
        assertEquals("20 words", RepeatedParagraphs.of(20).settings());
    }

    @Test
    void aFunctionOfOnesOwnCannotSay() {
        assertNull(Step.change("mine", text -> text).settings());
        assertNull(Step.keep("mine", document -> true, "").settings());
        assertNull(new RuleFilter("mine", List.of()).settings());
        assertNull(new RuleFilter("mine", List.of()).except("drama").settings());
        assertNull(Quality.gopher().only("mine", document -> true).settings());
    }

    @Test
    void settingsOfAPipelineTellWhereEachEnds() {
        Set<String> all = new HashSet<>();
        all.add(CleaningSettings.of(List.of(named("a", "b")), null));
        all.add(CleaningSettings.of(List.of(named("a b", "")), null));
        all.add(CleaningSettings.of(List.of(named("a", null)), "b"));
        all.add(CleaningSettings.of(List.of(named("a", "none")), "b"));
        all.add(CleaningSettings.of(List.of(named("a", "b"), named("c", "d")), null));
        all.add(CleaningSettings.of(List.of(named("a", "b\nstep 1:c 1:d")), null));
        assertEquals(6, all.size());
        String one = all.iterator().next();
        assertEquals(true, one.startsWith("Java " + Runtime.version() + "\nlibrary "), one);
        assertEquals(false, one.contains("\nlibrary \n"), one);
    }

    private static Step named(String name, String settings) {
        return new Step() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String settings() {
                return settings;
            }

            @Override
            public Pass begin() {
                return Verdict::keep;
            }
        };
    }

    @Test
    void aDocumentComesBackWholeAndEachOfItsFieldsCounts() throws Exception {
        Document full = new Document("id", "s", "t", "a", 1862, "g", "MIT", "u", "text \ud83d\ude00 and half \ud83d");
        Document bare = new Document("id", "s", null, null, null, null, null, null, "");
        for (Document each : List.of(full, bare)) {
            assertEquals(each, DocumentBytes.from(DocumentBytes.of(each)));
        }
        RecordComponent[] fields = Document.class.getRecordComponents();
        Class<?>[] types = new Class<?>[fields.length];
        for (int i = 0; i < fields.length; i++) {
            types[i] = fields[i].getType();
        }
        for (int i = 0; i < fields.length; i++) {
            List<Object> values = new ArrayList<>();
            for (RecordComponent field : fields) {
                values.add(field.getAccessor().invoke(full));
            }
            values.set(i, types[i] == String.class ? "other" : (Object) 1);
            Document other = Document.class.getDeclaredConstructor(types).newInstance(values.toArray());
            assertNotEquals(Hash.of(DocumentBytes.of(full)), Hash.of(DocumentBytes.of(other)), fields[i].getName());
            assertEquals(other, DocumentBytes.from(DocumentBytes.of(other)));
        }
    }
}
