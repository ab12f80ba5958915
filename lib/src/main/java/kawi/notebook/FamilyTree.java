package kawi.notebook;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.CubicCurve2D;
import java.awt.geom.RoundRectangle2D;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A picture of descent: names in lanes from top to bottom, years from left to right, a line from each ancestor. Years
 * take only as much room as they need, so that crowded ones stay readable.
 */
public final class FamilyTree {
    private static final int LANE_LABEL = 118;
    private static final int ROW = 26;
    private static final int LANE_GAP = 14;
    private static final int TOP = 62;
    private static final int GAP = 13;
    private static final Font NAME = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final Font BOLD = new Font(Font.SANS_SERIF, Font.BOLD, 12);

    private record Member(String name, int year, String lane, int row, boolean ours, List<String> ancestors) {}

    private final Map<String, Member> members = new LinkedHashMap<>();
    private final List<String> lanes = new ArrayList<>();

    /** {@return language models from counting to today's decoders; those that the kit builds are marked} */
    public static FamilyTree ofLanguageModels() {
        FamilyTree tree = new FamilyTree();
        tree.add("Shannon's n-grams", 1948, "counting", 0);
        tree.add("neural LM", 2003, "vectors", 0, "Shannon's n-grams").add("word2vec", 2013, "vectors", 0, "neural LM");
        tree.ours("Elman RNN", 1990, "recurrent", 0)
                .ours("LSTM", 1997, "recurrent", 0, "Elman RNN")
                .ours("GRU", 2014, "recurrent", 0, "LSTM");
        tree.add("seq2seq", 2014, "recurrent", 1, "LSTM", "neural LM")
                .add("ELMo", 2018, "recurrent", 1, "LSTM", "word2vec")
                .add("Mamba", 2023, "recurrent", 0, "GRU");
        tree.add("attention", 2015, "Transformer", 0, "seq2seq")
                .add("Transformer", 2017, "Transformer", 0, "attention");
        tree.add("T5", 2019, "encoder-decoder", 0, "Transformer").add("Flan-T5", 2022, "encoder-decoder", 0, "T5");
        tree.add("BERT", 2018, "encoder", 0, "Transformer")
                .add("RoBERTa", 2019, "encoder", 0, "BERT")
                .add("ModernBERT", 2024, "encoder", 0, "RoBERTa");
        tree.add("GPT", 2018, "decoder", 0, "Transformer")
                .ours("GPT-2", 2019, "decoder", 0, "GPT")
                .add("GPT-3", 2020, "decoder", 0, "GPT-2");
        tree.add("InstructGPT", 2022, "decoder", 0, "GPT-3").ours("LLaMA", 2023, "decoder", 1, "GPT-3");
        tree.ours("SmolLM2", 2024, "decoder", 1, "LLaMA").add("DeepSeek-V3", 2024, "decoder", 0, "InstructGPT");
        return tree;
    }

    /**
     * Adds a member in a row of its lane, counted from 0; its ancestors were added before.
     *
     * @param name what stands in its box; another member of this name is replaced
     * @param year when it was published
     * @param lane its lane; a new one is drawn below the others
     * @param row its row in the lane, counted from 0
     * @param ancestors the names of those it descends from; may be none
     * @return this
     * @throws IllegalArgumentException where an ancestor was not added before
     */
    public FamilyTree add(String name, int year, String lane, int row, String... ancestors) {
        return add(new Member(name, year, lane, row, false, List.of(ancestors)));
    }

    /**
     * Adds a member that is marked as one that the kit builds.
     *
     * @param name what stands in its box; another member of this name is replaced
     * @param year when it was published
     * @param lane its lane; a new one is drawn below the others
     * @param row its row in the lane, counted from 0
     * @param ancestors the names of those it descends from; may be none
     * @return this
     * @throws IllegalArgumentException where an ancestor was not added before
     */
    public FamilyTree ours(String name, int year, String lane, int row, String... ancestors) {
        return add(new Member(name, year, lane, row, true, List.of(ancestors)));
    }

    private FamilyTree add(Member member) {
        for (String ancestor : member.ancestors()) {
            if (!members.containsKey(ancestor)) {
                throw new IllegalArgumentException(
                        member.name() + " descends from " + ancestor + ", which was not added before");
            }
        }
        members.put(member.name(), member);
        if (!lanes.contains(member.lane())) {
            lanes.add(member.lane());
        }
        return this;
    }

    /**
     * {@return the tree as a picture}
     *
     * @param title what stands above it
     */
    public Chart draw(String title) {
        Map<String, RoundRectangle2D> boxes = new LinkedHashMap<>();
        Map<Integer, Integer> columns = new TreeMap<>();
        Map<String, int[]> bands = new LinkedHashMap<>();
        int[] size = new int[2];
        Charts.png(
                (graphics, w, h) -> layOut(graphics, boxes, columns, bands, size),
                1,
                1); // widths of names need a graphics
        byte[] png =
                Charts.png((graphics, w, h) -> paint(graphics, title, boxes, columns, bands, size), size[0], size[1]);
        return new Chart(png, size[0], size[1], title, alt(title));
    }

    private void layOut(
            Graphics2D graphics,
            Map<String, RoundRectangle2D> boxes,
            Map<Integer, Integer> columns,
            Map<String, int[]> bands,
            int[] size) {
        FontMetrics metrics = graphics.getFontMetrics(BOLD);
        Map<Integer, Integer> widths = new TreeMap<>();
        members.values().forEach(m -> widths.merge(m.year(), metrics.stringWidth(m.name()) + 16, Math::max));
        int x = LANE_LABEL;
        for (Map.Entry<Integer, Integer> each : widths.entrySet()) {
            columns.put(each.getKey(), x);
            x += each.getValue() + GAP;
        }
        int y = TOP;
        for (String lane : lanes) {
            int rows = 1
                    + members.values().stream()
                            .filter(m -> m.lane().equals(lane))
                            .mapToInt(Member::row)
                            .max()
                            .orElse(0);
            for (Member m : members.values()) {
                if (m.lane().equals(lane)) {
                    boxes.put(
                            m.name(),
                            new RoundRectangle2D.Double(
                                    columns.get(m.year()),
                                    y + m.row() * ROW,
                                    metrics.stringWidth(m.name()) + 14,
                                    20,
                                    9,
                                    9));
                }
            }
            bands.put(lane, new int[] {y - LANE_GAP / 2, rows * ROW + LANE_GAP - 6});
            y += rows * ROW + LANE_GAP;
        }
        size[0] = x;
        size[1] = y + 6;
    }

    private void paint(
            Graphics2D graphics,
            String title,
            Map<String, RoundRectangle2D> boxes,
            Map<Integer, Integer> columns,
            Map<String, int[]> bands,
            int[] size) {
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, size[0], size[1]);
        graphics.setColor(Charts.INK);
        graphics.setFont(BOLD.deriveFont(15f));
        graphics.drawString(title, 12, 24);
        graphics.setFont(NAME);
        columns.forEach((year, x) -> graphics.drawString(String.valueOf(year), x + 4, 48));
        bands.forEach((lane, band) -> {
            graphics.setColor(new Color(0xF4F4F4));
            graphics.fillRect(6, band[0], size[0] - 12, band[1]);
            graphics.setColor(Charts.INK);
            graphics.setFont(BOLD);
            graphics.drawString(lane, 14, band[0] + band[1] / 2 + 4);
        });
        graphics.setStroke(new BasicStroke(1.4f));
        graphics.setColor(new Color(0x9A9A9A));
        for (Member m : members.values()) {
            for (String ancestor : m.ancestors()) {
                RoundRectangle2D from = boxes.get(ancestor);
                RoundRectangle2D to = boxes.get(m.name());
                double x1 = from.getMaxX(), y1 = from.getCenterY(), x2 = to.getX(), y2 = to.getCenterY();
                double bend = Math.max(14, (x2 - x1) / 2);
                graphics.draw(new CubicCurve2D.Double(x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2));
            }
        }
        for (Member m : members.values()) {
            RoundRectangle2D box = boxes.get(m.name());
            graphics.setColor(m.ours() ? Charts.PALETTE[0] : Color.WHITE);
            graphics.fill(box);
            graphics.setColor(m.ours() ? Charts.PALETTE[0] : new Color(0x888888));
            graphics.draw(box);
            graphics.setColor(m.ours() ? Color.WHITE : Charts.INK);
            graphics.setFont(m.ours() ? BOLD : NAME);
            graphics.drawString(m.name(), (float) box.getX() + 7, (float) box.getY() + 14.5f);
        }
    }

    private String alt(String title) {
        return members.values().stream()
                .map(m -> m.name() + " (" + m.year()
                        + (m.ancestors().isEmpty() ? "" : ", from " + String.join(" and ", m.ancestors()))
                        + (m.ours() ? ", built here)" : ")"))
                .collect(Collectors.joining("; ", title + ". ", "."));
    }

    @Override
    public String toString() {
        return "family tree of " + members.size() + " models";
    }
}
