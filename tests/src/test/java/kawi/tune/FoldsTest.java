package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class FoldsTest {
    private static final String[] WORDS = {
        "open", "close", "page", "file", "user", "name", "image", "folder", "cell", "kernel", "link", "menu"
    };

    /** 66 messages of two words and, of every third, a near-duplicate. */
    private static List<Example> messages() {
        List<Example> messages = new ArrayList<>();
        for (int i = 0; i < WORDS.length; i++) {
            for (int j = i + 1; j < WORDS.length; j++) {
                String text = WORDS[i] + " the " + WORDS[j] + " of number " + (char) ('a' + i) + (char) ('a' + j);
                messages.add(Example.of("made", "", text, List.of("fr " + text)));
                if (messages.size() % 3 == 0) {
                    messages.add(Example.of("made", "", text + " now", List.of("fr " + text + " now")));
                }
            }
        }
        return messages;
    }

    @Test
    void everyExampleIsInOnePartAndNearDuplicatesAreInTheSame() {
        List<Example> all = messages();
        Folds folds = Folds.of(all, 2);
        assertEquals(
                new HashSet<>(all),
                new HashSet<>(IntStream.range(0, 2)
                        .mapToObj(folds::in)
                        .flatMap(List::stream)
                        .toList()));
        int[] group = NearDuplicates.clusters(all.stream().map(Example::input).toList(), Examples.NEAR);
        for (int part = 0; part < 2; part++) {
            assertEquals(all.size(), folds.in(part).size() + folds.outside(part).size());
            Set<Integer> inside = groups(all, folds.in(part), group);
            inside.retainAll(groups(all, folds.outside(part), group));
            assertEquals(Set.of(), inside);
        }
    }

    private static Set<Integer> groups(List<Example> all, List<Example> some, int[] group) {
        Set<Integer> groups = new HashSet<>();
        some.forEach(e -> groups.add(group[all.indexOf(e)]));
        return groups;
    }

    @Test
    void partsAreOfEqualSizeWhereGroupsAllowIt() {
        List<Example> apart = IntStream.range(0, 23)
                .mapToObj(i -> Example.of("made", "", "w" + (char) ('a' + i), List.of("x")))
                .toList();
        Folds folds = Folds.of(apart, 5);
        for (int part = 0; part < 5; part++) {
            assertTrue(folds.in(part).size() >= 4 && folds.in(part).size() <= 5);
        }
        assertEquals(folds.in(3), Folds.of(apart, 5).in(3));
    }

    @Test
    void moreOrFewerPartsThanThereCanBeAreRefusedInOneSentence() {
        List<Example> two = messages().subList(0, 2);
        for (int wrong : new int[] {-1, 0, 1, 3}) {
            assertTrue(assertThrows(KitException.class, () -> Folds.of(two, wrong))
                    .getMessage()
                    .contains("cannot be divided into " + wrong));
        }
        Folds folds = Folds.of(messages(), 2);
        assertThrows(KitException.class, () -> folds.in(2));
        assertThrows(KitException.class, () -> folds.outside(-1));
    }

    @Test
    void whatIsCrossFittedNeverAnswersAnExampleFromItself() {
        List<Example> all = messages();
        Function<List<Example>, Predictor> parrot = learned -> asked ->
                asked.stream().map(e -> learned.contains(e) ? "seen" : "new").toList();
        CrossFitted crossed = CrossFitted.of(Folds.of(all, 2), parrot);
        assertEquals(Set.of("new"), new HashSet<>(crossed.predict(all)));
        assertEquals(Set.of("seen"), new HashSet<>(parrot.apply(all).predict(all)));
        Example fresh = Example.of("made", "", "something else", List.of("autre chose"));
        List<Example> mixed = List.of(all.get(3), fresh, all.get(5));
        Function<List<Example>, Predictor> counter = learned ->
                asked -> asked.stream().map(e -> learned.size() + " " + e.id()).toList();
        List<String> said = CrossFitted.of(Folds.of(all, 2), counter).predict(mixed);
        assertEquals(all.size() + " " + fresh.id(), said.get(1), "a new example is answered from all");
        assertTrue(
                said.get(0).endsWith(all.get(3).id())
                        && said.get(2).endsWith(all.get(5).id()),
                "in order");
        assertTrue(Integer.parseInt(said.get(0).split(" ")[0]) < all.size());
    }
}
