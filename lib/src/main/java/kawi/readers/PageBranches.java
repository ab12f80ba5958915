package kawi.readers;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jsoup.nodes.Element;

/** The parts of a page: how much of each is links, and which one holds the prose. */
final class PageBranches {
    /** Share of all prose that makes an element the one that holds it. */
    private static final double CORE = 0.8;

    private static final Set<String> PARAGRAPHS = Set.of("p", "li", "td", "blockquote");

    private static final class Sum {
        private double words;
        private double linked;
        private double prose;

        double share() {
            return words == 0 ? 0 : linked / words;
        }
    }

    private final Map<Element, Sum> sums = new IdentityHashMap<>();
    private final Set<Element> core = new HashSet<>(); // the element that holds the prose, and those around it

    PageBranches(List<PageBlocks.Block> blocks) {
        double prose = 0;
        Element densest = null;
        for (PageBlocks.Block block : blocks) {
            double weight = block.weight();
            double linked = weight * Math.min(1, block.links() / Math.max(1.0, block.letters()));
            double told = block.isProse() ? weight : 0;
            prose += told;
            for (Element up = block.home(); up != null; up = up.parent()) {
                Sum sum = sums.computeIfAbsent(up, each -> new Sum());
                sum.words += weight;
                sum.linked += linked;
                sum.prose += told;
            }
        }
        for (PageBlocks.Block block : blocks) {
            for (Element up = block.home(); block.isProse() && up != null; up = up.parent()) {
                if (sums.get(up).prose >= CORE * prose && !PARAGRAPHS.contains(up.normalName())) {
                    densest = up;
                    break;
                }
            }
            if (densest != null) {
                break;
            }
        }
        for (Element up = densest; up != null; up = up.parent()) {
            core.add(up);
        }
        inner = densest;
    }

    private final Element inner;

    /** Whether a block stands beside the part that holds most of the prose. */
    boolean isBeside(PageBlocks.Block block) {
        for (Element up = block.home(); up != null; up = up.parent()) {
            if (up == inner) {
                return false;
            }
        }
        return !core.contains(block.home());
    }

    /**
     * Whether a block stands beside the part that holds most of the prose and in another kind of element than that: a
     * section of the same name beside it goes on with the text.
     */
    boolean isUnlikeTheProses(PageBlocks.Block block) {
        if (!isBeside(block)) {
            return false;
        }
        Element branch = block.home();
        while (branch.parent() != null && !core.contains(branch.parent())) {
            branch = branch.parent();
        }
        for (Element around : core) {
            if (around.parent() == branch.parent()) {
                return !around.normalName().equals(branch.normalName())
                        || !around.className().equals(branch.className());
            }
        }
        return true;
    }

    /** Links' share of the largest part that holds a block and not the prose's part. */
    double linkedBeside(PageBlocks.Block block) {
        return share(block, core);
    }

    /** Links' share of the largest part that holds a block and not a piece of prose. */
    double linked(PageBlocks.Block block, PageBlocks.Block prose) {
        Set<Element> above = new HashSet<>();
        for (Element up = prose.home(); up != null; up = up.parent()) {
            above.add(up);
        }
        return share(block, above);
    }

    private double share(PageBlocks.Block block, Set<Element> above) {
        Element branch = block.home();
        if (above.contains(branch)) {
            return 0;
        }
        while (branch.parent() != null && !above.contains(branch.parent())) {
            branch = branch.parent();
        }
        return sums.get(branch).share();
    }
}
