package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kawi.evidence.KitException;

/**
 * Texts that begin alike and go on in several ways, such as questions with their possible answers: what they share is
 * read once. All begin with the same stem, which may be empty; each goes on with a trunk of its own, and behind the
 * trunk stand its branches, which do not see each other.
 *
 * <p>All tokens are laid end to end, so that each matrix is multiplied with all of them at once and nothing is filled
 * up; a mask says what each token sees, and a branch's positions count on from its trunk's end. So every branch has the
 * loss that it has in a text of its own.
 *
 * @param stem ids that every text begins with
 * @param texts the texts
 */
public record BranchingTexts(int[] stem, List<Text> texts) {

    /**
     * One text.
     *
     * @param trunk ids behind the stem, at least one
     * @param branches ids of each way in which it goes on, each of at least one
     */
    public record Text(int[] trunk, List<int[]> branches) {

        /**
         * {@return how many tokens are read: the trunk, and of each branch all but the last, behind which nothing is}
         */
        public int size() {
            return trunk.length
                    + branches.stream().mapToInt(branch -> branch.length - 1).sum();
        }
    }

    /**
     * Checks that every branch has something to be predicted from, and something to predict.
     *
     * @param stem ids that every text begins with
     * @param texts the texts
     * @throws KitException for a text whose trunk is empty, or a branch that is
     */
    public BranchingTexts {
        for (int t = 0; t < texts.size(); t++) {
            Text text = texts.get(t);
            if (text.trunk().length == 0) {
                throw new KitException("Text " + (t + 1) + " has nothing of its own before its branches: give its trunk"
                        + " one token, such as the stem's last or the one that ends a document.");
            }
            for (int[] branch : text.branches()) {
                if (branch.length == 0) {
                    throw new KitException("Text " + (t + 1) + " goes on with nothing: give each branch one token.");
                }
            }
        }
    }

    /**
     * The negative log-likelihood of each branch.
     *
     * @param model a Llama that reads branches
     * @return nats, {@code [text][branch]}
     */
    double[][] nats(Llama model) {
        int length = stem.length + texts.stream().mapToInt(Text::size).sum();
        long[] ids = new long[length];
        long[] positions = new long[length];
        for (int i = 0; i < stem.length; i++) {
            ids[i] = stem[i];
            positions[i] = i;
        }
        long[] ends = new long[texts.size() + 1];
        ends[0] = stem.length;
        List<Long> rows = new ArrayList<>(); // from which the targets are predicted
        List<Long> targets = new ArrayList<>();
        int at = stem.length;
        for (int t = 0; t < texts.size(); t++) {
            Text text = texts.get(t);
            for (int i = 0; i < text.trunk().length; i++, at++) {
                ids[at] = text.trunk()[i];
                positions[at] = stem.length + i;
            }
            long root = at - 1;
            for (int[] branch : text.branches()) {
                for (int i = 0; i < branch.length; i++) {
                    rows.add(i == 0 ? root : at - 1);
                    targets.add((long) branch[i]);
                    if (i < branch.length - 1) {
                        ids[at] = branch[i];
                        positions[at] = stem.length + text.trunk().length + i;
                        at++;
                    }
                }
            }
            ends[t + 1] = at;
        }
        float[] losses = model.torch().inference(() -> {
            try (NDManager work = model.torch().manager().newSubManager()) {
                List<NDArray> masks = new ArrayList<>();
                texts.forEach(text -> masks.add(mask(work, text)));
                NDArray x = model.branching(work, ids, positions, ends, masks);
                NDArray chosen = model.torch().ops().embedding(x, work.create(longs(rows))); // (targets, width)
                return model.tokenLosses(model.norm(chosen), longs(targets));
            }
        });
        double[][] nats = new double[texts.size()][];
        int next = 0;
        for (int t = 0; t < nats.length; t++) {
            List<int[]> branches = texts.get(t).branches();
            nats[t] = new double[branches.size()];
            for (int b = 0; b < nats[t].length; b++) {
                for (int i = 0; i < branches.get(b).length; i++) {
                    nats[t][b] += losses[next++];
                }
            }
        }
        return nats;
    }

    /** What is added to a text's scores, (tokens, stem and tokens): 0 where a token sees another, else -infinity. */
    private NDArray mask(NDManager manager, Text text) {
        int size = text.size();
        int keys = stem.length + size;
        float[] mask = new float[size * keys];
        Arrays.fill(mask, Float.NEGATIVE_INFINITY);
        int trunk = stem.length + text.trunk().length;
        int row = 0;
        for (; row < text.trunk().length; row++) {
            Arrays.fill(mask, row * keys, row * keys + stem.length + row + 1, 0);
        }
        for (int[] branch : text.branches()) {
            int first = stem.length + row;
            for (int i = 0; i < branch.length - 1; i++, row++) {
                Arrays.fill(mask, row * keys, row * keys + trunk, 0);
                Arrays.fill(mask, row * keys + first, row * keys + first + i + 1, 0);
            }
        }
        return manager.create(mask, new Shape(size, keys));
    }

    private static long[] longs(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}
