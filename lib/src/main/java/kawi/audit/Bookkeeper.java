package kawi.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kawi.clean.Licences;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.readers.Account;
import kawi.readers.Omission;
import kawi.readers.Source;
import kawi.readers.Taker;

/**
 * Keeps a ledger while sources are read, one after the other, whether their documents are held or not. Of what was set
 * aside, and of licences, a number is kept as it is; what comes beyond that is counted.
 */
final class Bookkeeper implements Taker {
    private static final String UNSTATED = "LicenseRef-unstated";
    /** Under which documents are counted where a source has more licences than are told apart. */
    private static final String OTHERS = "LicenseRef-others";

    private static final String OTHER_REASONS = "other reasons";

    private final Licences policy;
    private final int most;
    private final List<Ledger.Entry> entries = new ArrayList<>();
    private final Map<String, List<Skipped>> skipped = new LinkedHashMap<>();
    private final Map<String, List<Skipped>> repaired = new LinkedHashMap<>();
    private final Map<String, Map<String, Omission>> omitted = new LinkedHashMap<>();
    private final Map<String, List<Ledger.Further>> further = new LinkedHashMap<>();

    private Map<String, long[]> counts = new LinkedHashMap<>();
    private Said aside;
    private Said mended;

    /** What is said of one source. */
    private final class Said {
        private final String what;
        private final List<Skipped> first = new ArrayList<>();
        private final Map<String, Long> others = new TreeMap<>();

        Said(String what) {
            this.what = what;
        }

        void add(Skipped each) {
            if (first.size() < most) {
                first.add(each);
            } else {
                boolean known = others.size() < most || others.containsKey(each.reason());
                others.merge(known ? each.reason() : OTHER_REASONS, 1L, Long::sum);
            }
        }

        void end(String source, Map<String, List<Skipped>> all) {
            if (!first.isEmpty()) {
                all.put(source, List.copyOf(first));
            }
            others.forEach((reason, count) -> further.computeIfAbsent(source, key -> new ArrayList<>())
                    .add(new Ledger.Further(what, reason, count)));
        }
    }

    /** @param most of what was set aside of a source, of what was kept with a note, and of its licences, each */
    Bookkeeper(Licences policy, int most) {
        this.policy = policy;
        this.most = most;
        next();
    }

    private void next() {
        counts = new LinkedHashMap<>();
        aside = new Said(Ledger.ASIDE);
        mended = new Said(Ledger.KEPT);
    }

    @Override
    public void document(Document document) {
        String licence = document.licence() == null ? UNSTATED : document.licence();
        long[] count = counts.get(licence);
        if (count == null) {
            boolean told = counts.size() < most;
            String line = told ? licence : OTHERS + (policy.allows(licence) ? " (allowed)" : " (not allowed)");
            count = counts.computeIfAbsent(line, key -> new long[] {0, 0, policy.allows(licence) ? 1 : 0});
        }
        count[0]++;
        count[1] += document.bytes();
    }

    @Override
    public void skipped(Skipped what) {
        aside.add(what);
    }

    @Override
    public void repaired(Skipped what) {
        mended.add(what);
    }

    /** Ends the page of a source and begins that of the next. */
    void end(Account account) {
        Source source = account.source();
        counts.forEach((licence, count) -> entries.add(new Ledger.Entry(
                source.id(),
                source.title(),
                licence,
                source.note(),
                count[2] > 0,
                account.offered(),
                count[0],
                count[1])));
        aside.end(source.id(), skipped);
        mended.end(source.id(), repaired);
        if (!account.omitted().isEmpty()) {
            omitted.put(source.id(), account.omitted());
        }
        next();
    }

    /** {@return the ledger of all sources that were ended} */
    Ledger ledger(List<Skipped> missing) {
        return new Ledger(entries, missing, skipped, repaired, omitted, further);
    }
}
