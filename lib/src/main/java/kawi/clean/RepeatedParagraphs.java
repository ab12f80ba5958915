package kawi.clean;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.Document;

/**
 * Takes out of each document the paragraphs that stood in an earlier document: licence headers, the footers of mailing
 * lists, quoted mail, notices. A document of nothing else is dropped.
 *
 * <p>Paragraphs stand between blank lines; compared are their words, whatever their case, punctuation and line breaks.
 * Short ones, of fewer than {@code words} words, stay: two people may well say "Thank you very much."
 */
public final class RepeatedParagraphs implements RememberingStep {

    private static final Pattern GAP = Pattern.compile("\\n[ \\t]*\\n\\s*|\\z");

    private final int words;

    private RepeatedParagraphs(int words) {
        this.words = words;
    }

    /**
     * Takes out repeated paragraphs of {@code words} words or more.
     *
     * @param words fewest words of a paragraph that is compared
     * @return the step
     */
    public static RepeatedParagraphs of(int words) {
        return new RepeatedParagraphs(words);
    }

    @Override
    public String name() {
        return "repeated paragraphs";
    }

    @Override
    public String settings() {
        return words + " words";
    }

    /** A stretch of a text with the gap behind it. */
    private record Paragraph(int from, int end, int next) {}

    private static List<Paragraph> paragraphs(String text) {
        List<Paragraph> paragraphs = new ArrayList<>();
        Matcher gap = GAP.matcher(text);
        for (int from = 0; from < text.length() && gap.find(from); from = gap.end()) {
            paragraphs.add(new Paragraph(from, gap.start(), gap.end()));
        }
        return paragraphs;
    }

    /** The hashes of those paragraphs that are long enough, each after its number among all. */
    @Override
    public byte[] key(Document document) {
        List<Paragraph> paragraphs = paragraphs(document.text());
        ByteBuffer key = ByteBuffer.allocate(paragraphs.size() * (Integer.BYTES + Long.BYTES));
        for (int i = 0; i < paragraphs.size(); i++) {
            Paragraph each = paragraphs.get(i);
            WordHashes hashes = WordHashes.of(document.text(), each.from, each.end);
            if (hashes.count() >= words) {
                key.putInt(i).putLong(hashes.all());
            }
        }
        byte[] bytes = new byte[key.position()];
        key.flip().get(bytes);
        return bytes;
    }

    /** Decides which paragraphs stood in an earlier document: the bit of each is set. */
    @Override
    public Memory remember() {
        LongTable firstIn = new LongTable();
        ByteLog ids = new ByteLog();
        return (id, key) -> {
            BitSet repeated = new BitSet();
            long own = -1;
            for (ByteBuffer next = ByteBuffer.wrap(key); next.hasRemaining(); ) {
                int number = next.getInt();
                long hash = next.getLong();
                long first = firstIn.get(hash);
                if (first < 0) {
                    own = own < 0 ? ids.add(id) : own;
                    firstIn.put(hash, own);
                } else if (first != own && !ids.text(first).equals(id)) {
                    repeated.set(number);
                }
            }
            return repeated.toByteArray();
        };
    }

    @Override
    public Judge judge(byte[] known) {
        return (document, decision) -> {
            BitSet repeated = BitSet.valueOf(decision);
            if (repeated.isEmpty()) {
                return new Verdict.Keep(document);
            }
            String text = document.text();
            StringBuilder kept = new StringBuilder(text.length());
            List<Paragraph> paragraphs = paragraphs(text);
            for (int i = 0; i < paragraphs.size(); i++) {
                if (!repeated.get(i)) {
                    kept.append(text, paragraphs.get(i).from, paragraphs.get(i).next);
                }
            }
            String left = kept.toString().stripTrailing();
            return left.isBlank()
                    ? new Verdict.Drop("paragraphs of its own", 0, 1.0, null, repeated.cardinality() + " repeated")
                    : new Verdict.Keep(document.withText(left));
        };
    }
}
