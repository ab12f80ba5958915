package kawi.audit;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.Document;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What documents say of their own rights against the licence that they were collected under. A package states one
 * licence for all of its files, and a file may state another, or reserve all rights.
 */
public final class ReservedRights {
    private static final Pattern RESERVED = Pattern.compile("all\\s+rights\\s+reserved", Pattern.CASE_INSENSITIVE);
    private static final Pattern GRANTED = Pattern.compile(
            "redistribution and use in source and binary forms|permission is hereby granted|licensed under the"
                    + "|licenses this",
            Pattern.CASE_INSENSITIVE);
    private static final int BEFORE = 80;

    private ReservedRights() {}

    private static final class Found {
        private long all;
        private long reserved;
        private long granted;
        private String title;
        private String words;
    }

    /**
     * {@return a row for each source and licence of which some document says "all rights reserved": how many do, how
     * many of these grant something in the same text all the same, and the first that does not, or else the first, with
     * its words}
     *
     * <p>A quotation counts as well, and a reservation in other words or another language does not: it is a list of
     * what to look at, not a judgement.
     *
     * @param documents the documents, in any order
     */
    public static Table table(Iterable<Document> documents) {
        Map<String, Found> sources = new LinkedHashMap<>();
        Map<String, Document> named = new LinkedHashMap<>();
        for (Document document : documents) {
            String key = document.source() + '\n' + document.licence();
            Found found = sources.computeIfAbsent(key, k -> new Found());
            named.putIfAbsent(key, document);
            found.all++;
            Matcher reserved = RESERVED.matcher(document.text());
            if (reserved.find()) {
                boolean grants = GRANTED.matcher(document.text()).find();
                if (found.words == null || !grants && found.granted == found.reserved) {
                    found.title = document.title();
                    found.words = around(document.text(), reserved);
                }
                found.reserved++;
                found.granted += grants ? 1 : 0;
            }
        }
        StringColumn source = StringColumn.create("source");
        StringColumn licence = StringColumn.create("collected as");
        LongColumn documentsOf = LongColumn.create("documents");
        LongColumn reserving = LongColumn.create("say \"all rights reserved\"");
        LongColumn granting = LongColumn.create("and grant a licence");
        StringColumn title = StringColumn.create("one of them");
        StringColumn words = StringColumn.create("its words");
        sources.forEach((key, found) -> {
            if (found.reserved > 0) {
                source.append(named.get(key).source());
                licence.append(String.valueOf(named.get(key).licence()));
                documentsOf.append(found.all);
                reserving.append(found.reserved);
                granting.append(found.granted);
                title.append(String.valueOf(found.title));
                words.append(found.words);
            }
        });
        return Table.create("reserved rights", source, licence, documentsOf, reserving, granting, title, words);
    }

    private static String around(String text, Matcher reserved) {
        int from = Math.max(0, reserved.start() - BEFORE);
        String words =
                text.substring(from, reserved.end()).replaceAll("\\s+", " ").strip();
        int copyright = words.toLowerCase(Locale.ROOT).indexOf("copyright");
        return copyright < 0 ? words : words.substring(copyright);
    }
}
