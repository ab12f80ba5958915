package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.torch.NotFiniteException;

/**
 * Decodes several sequences at once with a key-value cache, each at its own position, so that prompts of different
 * lengths need no padding and each gets what it would get alone.
 */
final class LlamaDecoder implements Decoder {

    private final LlamaInference model;
    private final NDManager manager;
    private NDArray keys; // (layers, batch, keyValueHeads, length, size)
    private NDArray values;
    private int[] fed;
    private List<NDArray> stem = List.of(); // keys and values of what the next sequences begin with
    private final int length;
    private final boolean several; // when it began: those that remain are multiplied as all were
    private IValue laid; // the weights for several rows, made when they are first needed; the model's may learn further

    LlamaDecoder(LlamaInference model, int batch, int length) {
        this.model = model;
        this.length = length;
        this.several = batch > 1;
        this.fed = new int[batch];
        this.manager = model.torch.manager().newSubManager();
        LlamaConfig c = model.config;
        Shape cache = new Shape(c.layers(), batch, c.keyValueHeads(), length, c.headSize());
        this.keys = manager.zeros(cache);
        this.values = manager.zeros(cache);
    }

    /**
     * Feeds new ids of each row; rows may differ in length. An empty row is left as it is and gets null in the place of
     * its logits.
     *
     * @throws KitException when a row does not fit into the length that the decoder was made for, or an id is not in
     *     the vocabulary; nothing is fed then
     */
    @Override
    public float[][] next(int[][] ids) {
        if (ids.length != fed.length) {
            throw new KitException("The decoder was made for " + fed.length + " rows and was given " + ids.length
                    + "; give one row of ids for each.");
        }
        for (int row = 0; row < ids.length; row++) {
            if (fed[row] + ids[row].length > length) {
                throw new KitException("Row " + row + " would reach " + (fed[row] + ids[row].length)
                        + " tokens and the decoder holds " + length + "; make it longer or cut the text.");
            }
            for (int id : ids[row]) {
                Tokens.known(id, model.config.vocabularySize());
            }
        }
        float[][] logits = new float[ids.length][];
        List<Integer> single = new ArrayList<>();
        Map<Long, List<Integer>> together = new LinkedHashMap<>();
        for (int row = 0; row < ids.length; row++) {
            if (ids[row].length == 1) {
                single.add(row);
            } else if (ids[row].length > 1) {
                together.computeIfAbsent((long) fed[row] << 32 | ids[row].length, key -> new ArrayList<>())
                        .add(row);
            }
        }
        if (!single.isEmpty()) {
            step(ids, single, logits);
        }
        for (List<Integer> rows : together.values()) {
            feed(ids, rows, fed[rows.get(0)], logits);
        }
        for (int row = 0; row < ids.length; row++) {
            fed[row] += ids[row].length;
        }
        return logits;
    }

    /**
     * One id a row. Rows that rest are computed with the others at the place of their next id, which will be written
     * over.
     */
    private void step(int[][] ids, List<Integer> active, float[][] logits) {
        boolean aligned = active.size() == fed.length && IntStream.of(fed).allMatch(position -> position == fed[0]);
        if (aligned || active.size() == 1) {
            feed(ids, active, fed[active.get(0)], logits);
            return;
        }
        int[][] all = new int[fed.length][];
        int end = 0;
        for (int row = 0; row < fed.length; row++) {
            all[row] = ids[row].length == 1 ? ids[row] : new int[1];
            end = Math.max(end, Math.min(fed[row], length - 1) + 1);
        }
        run(all, IntStream.range(0, fed.length).boxed().toList(), -1, end, logits);
        for (int row = 0; row < fed.length; row++) {
            if (ids[row].length != 1) {
                logits[row] = null;
            }
        }
    }

    private void feed(int[][] ids, List<Integer> rows, int start, float[][] logits) {
        run(ids, rows, start, start + ids[rows.get(0)].length, logits);
    }

    private void run(int[][] ids, List<Integer> rows, int start, int end, float[][] logits) {
        if (fed.length == 1 && ids[0].length == 1) {
            try (NDManager step = manager.newSubManager()) {
                logits[0] =
                        finite(model.one(step, ids[0][0], fed[0], keys, values).toFloatArray(), 0, 1);
            }
            return;
        }
        int time = ids[rows.get(0)].length;
        long[] id = new long[rows.size() * time];
        long[] position = new long[id.length];
        for (int r = 0; r < rows.size(); r++) {
            for (int t = 0; t < time; t++) {
                id[r * time + t] = ids[rows.get(r)][t];
                position[r * time + t] = Math.min(fed[rows.get(r)] + t, length - 1);
            }
        }
        try (NDManager step = manager.newSubManager()) {
            Shape shape = new Shape(rows.size(), time);
            NDArray out = model.decode(
                    step,
                    id,
                    shape,
                    step.create(rows.stream().mapToLong(Integer::longValue).toArray()),
                    step.create(position, shape),
                    start,
                    end,
                    keys,
                    values,
                    several ? laid() : null);
            float[] flat = out.toFloatArray();
            int vocabulary = flat.length / rows.size();
            for (int r = 0; r < rows.size(); r++) {
                logits[rows.get(r)] = Arrays.copyOfRange(flat, r * vocabulary, (r + 1) * vocabulary);
                if (ids[rows.get(r)].length == time) { // not a row that rests
                    finite(logits[rows.get(r)], rows.get(r), time);
                }
            }
        }
    }

    /** The weights by which several rows are multiplied, or null for the model's own. */
    private IValue laid() {
        if (!model.laysOut()) {
            return null;
        }
        if (laid == null) {
            laid = model.laid();
        }
        return laid;
    }

    private float[] finite(float[] logits, int row, int time) {
        return NotFiniteException.refuse(logits, "The logits after " + (fed[row] + time) + " tokens");
    }

    @Override
    public void restart(int row) {
        fed[row] = 0; // what its caches hold is written over before it is looked at
    }

    @Override
    public void stem(int[] ids) {
        int[][] first = new int[fed.length][];
        Arrays.fill(first, new int[0]);
        first[0] = ids;
        restart(0);
        next(first);
        stem.forEach(NDArray::close);
        stem = List.of(model.stem(keys, 0, ids.length), model.stem(values, 0, ids.length));
        restart(0);
    }

    @Override
    public void begin(int row) {
        model.begin(keys, row, stem.get(0));
        model.begin(values, row, stem.get(1));
        fed[row] = (int) stem.get(0).getShape().get(2);
    }

    @Override
    public void keep(int[] rows) {
        keys = only(keys, rows);
        values = only(values, rows);
        fed = IntStream.of(rows).map(row -> fed[row]).toArray();
    }

    /** Some rows of a cache, which is freed. */
    private NDArray only(NDArray cache, int[] rows) {
        try (NDArray index = manager.create(IntStream.of(rows).asLongStream().toArray())) {
            NDArray kept = model.rows(cache, index);
            cache.close();
            return kept;
        }
    }

    @Override
    public boolean uneven() {
        return true;
    }

    @Override
    public int position() {
        return IntStream.of(fed).max().orElse(0);
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void close() {
        if (laid != null) {
            laid.close();
            laid = null;
        }
        manager.close();
    }
}
