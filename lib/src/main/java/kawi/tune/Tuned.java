package kawi.tune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Export;
import kawi.model.Generation;
import kawi.model.Pretrained;
import kawi.model.Sampling;
import kawi.template.ChatTemplate;

/**
 * A pretrained model at a task: as it came, or with the adapter that was learned for it.
 *
 * <p>Several of these may share one pretrained model: each puts its own adapter into it before it works. Answers are
 * chosen greedily, so the same question has the same answer every time.
 */
public final class Tuned implements Predictor, AutoCloseable {
    private final Pretrained base;
    private final Task task;
    private final LoraAdapter adapter;
    private final boolean readsPrompt; // the task's prompt, not the instruction in words
    private final Map<String, Object> facts;

    private Tuned(Pretrained base, Task task, LoraAdapter adapter, boolean readsPrompt, Map<String, Object> facts) {
        this.base = base;
        this.task = task;
        this.adapter = adapter;
        this.readsPrompt = readsPrompt;
        this.facts = facts;
    }

    /**
     * {@return the model as it came, asked in words}
     *
     * @param base the pretrained model
     * @param task what it is asked
     */
    public static Tuned untouched(Pretrained base, Task task) {
        return new Tuned(base, task, null, false, Map.of());
    }

    /**
     * {@return the model as it came, given the prompt of a tuned one to be continued} Where the prompt holds solved
     * examples, this is few-shot prompting (Brown et al., "Language models are few-shot learners", 2020).
     *
     * @param base the pretrained model
     * @param task what it is asked
     */
    public static Tuned prompted(Pretrained base, Task task) {
        return new Tuned(base, task, null, true, Map.of());
    }

    /**
     * {@return the model with an adapter that an earlier {@link #save} wrote}
     *
     * @param base the pretrained model
     * @param task what it is asked
     * @param folder where the adapter was saved
     * @throws KitException where it was tuned on other weights, or is not understood; see {@link LoraAdapter#load}
     */
    public static Tuned load(Pretrained base, Task task, Path folder) {
        LoraAdapter adapter = LoraAdapter.load(base.model(), folder);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("rank", adapter.lora().rank());
        facts.put("layers", adapter.lora().layers());
        facts.put("base", adapter.base().toString());
        return new Tuned(base, task, adapter, true, facts);
    }

    /**
     * Learns an adapter by the task's own recipe. An interrupt ends it early and keeps what was learned.
     *
     * @param base the pretrained model
     * @param task what it is asked
     * @param examples what is learned from
     * @param lora which matrices are changed, and how
     * @param progress is told steps and losses
     * @return the model with the learned adapter in use
     */
    public static Tuned learn(Pretrained base, Task task, List<Example> examples, Lora lora, Progress progress) {
        return learn(base, task, examples, task.recipe(lora), progress);
    }

    /**
     * Learns an adapter by a recipe of one's own; the task's choices are put into it.
     *
     * @param base the pretrained model
     * @param task what it is asked
     * @param examples what is learned from
     * @param recipe rate, epochs and the like
     * @param progress is told steps and losses
     * @return the model with the learned adapter in use
     */
    public static Tuned learn(
            Pretrained base, Task task, List<Example> examples, LoraTuning recipe, Progress progress) {
        return learn(base, task, examples, List.of(), recipe, progress);
    }

    /**
     * The same, judged now and then ({@link LoraTuning#checks}) by examples that are not learned from: what is kept is
     * the adapter as it was when their loss was lowest, and where it has not fallen for an epoch the training ends.
     *
     * @param base the pretrained model
     * @param task what it is asked
     * @param examples what is learned from
     * @param validation what it is judged by; not those that it is measured on in the end
     * @param recipe rate, most epochs and the like
     * @param progress is told steps and losses
     * @return the model with the learned adapter in use
     */
    public static Tuned learn(
            Pretrained base,
            Task task,
            List<Example> examples,
            List<Example> validation,
            LoraTuning recipe,
            Progress progress) {
        return learn(base, task, examples, validation, Replay.none(), recipe, progress);
    }

    /**
     * The same, held to what the model said before ({@link LoraTuning#hold}), against forgetting.
     *
     * @param base the pretrained model
     * @param task what it is asked
     * @param examples what is learned from
     * @param validation what it is judged by, or none
     * @param replay what the model says by itself; none where the recipe does not hold it
     * @param recipe rate, most epochs, weight of the term that holds it, and the like
     * @param progress is told steps and losses
     * @return the model with the learned adapter in use
     * @throws KitException for a replay that the recipe has no weight for, or the other way round
     */
    public static Tuned learn(
            Pretrained base,
            Task task,
            List<Example> examples,
            List<Example> validation,
            Replay replay,
            LoraTuning recipe,
            Progress progress) {
        return learn(base, task, null, examples, validation, replay, recipe, progress);
    }

    private static Tuned learn(
            Pretrained base,
            Task task,
            LoraAdapter start,
            List<Example> examples,
            List<Example> validation,
            Replay replay,
            LoraTuning recipe,
            Progress progress) {
        Tuned asker = new Tuned(base, task, null, false, Map.of());
        List<Encoded> encoded = asker.encoded(examples);
        LoraTuning told = recipe.labels(asker.choices());
        LoraTuning.TuningResult outcome =
                told.run(base.model(), start, encoded, asker.encoded(validation), replay.encoded(base), progress);
        return learned(base, task, start, examples, encoded, validation, replay, told, outcome);
    }

    /**
     * Learns by several recipes, one after the other, of which some may be held to the base and others not. The frozen
     * layers run once for all; their seconds stand among the {@link #facts} of each.
     *
     * @param base the pretrained model
     * @param task what it is asked
     * @param examples what is learned from
     * @param replay what the model says by itself, for the recipes that {@link LoraTuning#hold} it
     * @param recipes at least one, all of the same matrices and frozen layers
     * @param progress who is told of a recipe's steps and losses, asked as it begins
     * @return one model for each recipe, in their order, the last in use
     * @throws KitException for recipes that differ in what is frozen, where one is held and nothing is replayed, and
     *     where one of several is interrupted
     */
    public static List<Tuned> learn(
            Pretrained base,
            Task task,
            List<Example> examples,
            Replay replay,
            List<LoraTuning> recipes,
            Function<LoraTuning, Progress> progress) {
        if (replay.exchanges().isEmpty() && recipes.stream().anyMatch(recipe -> recipe.hold() > 0)) {
            throw new KitException("A recipe holds the model to its base, and nothing is replayed: give a replay, or"
                    + " the weight 0.");
        }
        Tuned asker = new Tuned(base, task, null, false, Map.of());
        List<Encoded> encoded = asker.encoded(examples);
        List<LoraTuning> told =
                recipes.stream().map(recipe -> recipe.labels(asker.choices())).toList();
        List<LoraTuning.TuningResult> outcomes =
                TuningsTogether.run(base.model(), null, told, encoded, List.of(), replay.encoded(base), progress);
        return IntStream.range(0, outcomes.size())
                .mapToObj(i ->
                        learned(base, task, null, examples, encoded, List.of(), replay, told.get(i), outcomes.get(i)))
                .toList();
    }

    private static Tuned learned(
            Pretrained base,
            Task task,
            LoraAdapter start,
            List<Example> examples,
            List<Encoded> encoded,
            List<Example> validation,
            Replay replay,
            LoraTuning recipe,
            LoraTuning.TuningResult outcome) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("examples", examples.size());
        facts.put(
                "examples, SHA-256",
                Hash.of(String.join("\n", examples.stream().map(Example::id).toList())));
        facts.put("recipe", String.valueOf(recipe));
        if (start != null) {
            facts.put("begun with", "the adapter " + start.fingerprint());
        }
        facts.put("tokens", encoded.stream().mapToInt(e -> e.ids().length).sum());
        facts.put("rank", recipe.lora().rank());
        facts.put("layers", recipe.lora().layers());
        facts.put("rate", recipe.rate());
        facts.put("epochs", recipe.epochs());
        if (recipe.hold() > 0) {
            facts.put("replayed", replay.exchanges().size());
            facts.put("weight of the hold", recipe.hold());
        }
        if (!outcome.heldOut().isEmpty()) {
            facts.put("validation examples", validation.size());
            facts.put("validation loss, first", outcome.heldOut().get(0));
            facts.put(
                    "validation loss, lowest",
                    outcome.heldOut().stream()
                            .mapToDouble(Double::doubleValue)
                            .min()
                            .orElseThrow());
            facts.put("steps kept", outcome.keptSteps());
        }
        facts.put(
                "trainable parameters",
                recipe.lora().parameterCount(base.model().config()));
        facts.put("base", outcome.adapter().base().toString());
        facts.put("seconds frozen", outcome.prefixSeconds());
        facts.put("seconds learning", outcome.seconds());
        facts.put("loss, mean of the last tenth", last(outcome.losses()));
        return new Tuned(base, task, outcome.adapter(), true, facts);
    }

    /**
     * Learns further from examples, beginning with the adapter of this one, which stays as it is; where this is the
     * model as it came, it is {@link #learn(Pretrained, Task, List, List, LoraTuning, Progress)}.
     *
     * @param examples what is learned from
     * @param validation what it is judged by, or none
     * @param recipe rate, most epochs and the like; the same rank and layers as the adapter that it begins with
     * @param progress is told steps and losses
     * @return the model with the learned adapter in use
     * @throws KitException for no examples, or where recipe and adapter do not fit each other
     */
    public Tuned learnFurther(List<Example> examples, List<Example> validation, LoraTuning recipe, Progress progress) {
        return learn(base, task, adapter, examples, validation, Replay.none(), recipe, progress);
    }

    /**
     * Draws several answers to each example, where {@link #predict} writes the likeliest one.
     *
     * @param examples what is asked
     * @param samples answers to each, at least 1
     * @param sampling how tokens are chosen; the task says how many at most and where an answer ends
     * @param progress is told answers
     * @return {@code [example][sample]}, surrounding white space removed
     * @throws KitException where the task has choices
     */
    public List<List<String>> samples(List<Example> examples, int samples, Sampling sampling, Progress progress) {
        if (!task.choices().isEmpty()) {
            throw new KitException("The task '" + task.name() + "' has choices, each with a probability: ask for these;"
                    + " samples are of answers that are written out.");
        }
        install();
        List<int[]> prompts = new ArrayList<>();
        for (Example example : examples) {
            prompts.addAll(Collections.nCopies(samples, ids(example, readsPrompt))); // equal prompts draw differently
        }
        List<String> said =
                base
                        .generator()
                        .continueIds(
                                prompts, sampling.maxTokens(task.answerTokens()).stop("\n"), progress)
                        .stream()
                        .map(Generation::text)
                        .map(String::strip)
                        .toList();
        return IntStream.range(0, examples.size())
                .mapToObj(i -> said.subList(i * samples, (i + 1) * samples))
                .toList();
    }

    /**
     * Learns further from pairs of answers, of which one is preferred, by direct preference optimisation: from the
     * adapter of this one, which stays as it is, or from a new one where this is the model as it came. This one is the
     * reference. What is kept is judged as in {@link #learn(Pretrained, Task, List, List, LoraTuning, Progress)}.
     *
     * @param pairs what is learned from; each pair's example is asked as the tuned model is
     * @param validation what it is judged by, or none; not those that it is measured on in the end
     * @param recipe rate, epochs, beta and the like; the same rank and layers as the adapter that it begins with
     * @param progress is told steps and losses
     * @return the model with the learned adapter in use
     * @throws KitException for no pairs, or where recipe and adapter do not fit each other
     */
    public Tuned prefer(
            List<PreferencePair> pairs, List<PreferencePair> validation, PreferenceTuning recipe, Progress progress) {
        return prefer(pairs, validation, List.of(recipe), each -> progress).get(0);
    }

    /**
     * The same by several recipes, one after the other, such as those of a search: the frozen layers and the reference
     * are computed once for all, and their seconds stand among the {@link #facts} of each.
     *
     * @param pairs what is learned from
     * @param validation what each is judged by, or none
     * @param recipes at least one, all of the same matrices and frozen layers
     * @param progress who is told of a recipe's steps and losses, asked as it begins
     * @return one model for each recipe, in their order, the last in use
     * @throws KitException for no pairs, for recipes that differ in what is frozen, where recipe and adapter do not fit
     *     each other, and where one of several is interrupted
     */
    public List<Tuned> prefer(
            List<PreferencePair> pairs,
            List<PreferencePair> validation,
            List<PreferenceTuning> recipes,
            Function<PreferenceTuning, Progress> progress) {
        if (!task.choices().isEmpty()) {
            throw new KitException("The task '" + task.name() + "' has choices, which are right or wrong: learn it from"
                    + " examples; preferences are for answers that are written out.");
        }
        List<PreferenceTuning.EncodedPair> encoded =
                pairs.stream().map(this::encoded).toList();
        List<PreferenceTuning.PreferenceResult> outcomes = PreferenceTuning.run(
                base.model(),
                adapter,
                recipes,
                encoded,
                validation.stream().map(this::encoded).toList(),
                progress);
        return IntStream.range(0, outcomes.size())
                .mapToObj(i -> new Tuned(
                        base,
                        task,
                        outcomes.get(i).adapter(),
                        true,
                        PreferenceFacts.of(
                                base.model(), adapter, pairs, validation, encoded, recipes.get(i), outcomes.get(i))))
                .toList();
    }

    private PreferenceTuning.EncodedPair encoded(PreferencePair pair) {
        int[] prompt = ids(pair.example(), true);
        return new PreferenceTuning.EncodedPair(
                Encoded.of(prompt, completion(pair.chosen())), Encoded.of(prompt, completion(pair.rejected())));
    }

    /** {@return what it is asked} */
    public Task task() {
        return task;
    }

    /**
     * {@return which matrices its adapter changes, and how: what a recipe to learn further must say}
     *
     * @throws KitException for the model as it came, which has no adapter
     */
    public Lora lora() {
        if (adapter == null) {
            throw new KitException("The model as it came has no adapter: choose a LoRA for the recipe.");
        }
        return adapter.lora();
    }

    /** {@return how many of the lowest layers are as they came: all of them where nothing was tuned} */
    public int untouchedLayers() {
        return adapter == null
                ? base.model().config().layers()
                : adapter.lora().firstLayer(base.model().config());
    }

    /**
     * Figures of how it was learned: examples, tokens, rank, layers, rate, epochs, trainable parameters, seconds, and
     * the mean loss of the last tenth of the steps.
     *
     * @return figures by name, in the order in which they are shown
     */
    public Map<String, Object> facts() {
        return facts;
    }

    /**
     * {@return answers to texts that need no context, in order}
     *
     * @param inputs texts that need no context
     */
    public List<String> answers(List<String> inputs) {
        return predict(questions(inputs));
    }

    @Override
    public List<String> predict(List<Example> examples) {
        return predict(examples, Progress.NONE);
    }

    /**
     * {@return the same, with word of how far it is}
     *
     * @param examples what is asked
     * @param progress is told examples
     */
    public List<String> predict(List<Example> examples, Progress progress) {
        if (!task.choices().isEmpty()) {
            return LabelScorer.likeliest(probabilities(examples, progress), task.choices());
        }
        install();
        Sampling sampling = Sampling.greedy(task.answerTokens()).stop("\n");
        List<int[]> prompts = examples.stream().map(e -> ids(e, readsPrompt)).toList();
        return base.generator().continueIds(prompts, sampling, progress).stream()
                .map(Generation::text)
                .map(String::strip)
                .toList();
    }

    /**
     * Probability in [0, 1] of each of the task's choices for each example: {@code [example][choice]}, a row sums to
     * one.
     *
     * @param examples what is asked
     * @return as many rows as examples
     */
    public double[][] probabilities(List<Example> examples) {
        return probabilities(examples, Progress.NONE);
    }

    /**
     * {@return the same for texts that need no context}
     *
     * @param inputs texts that need no context
     */
    public double[][] probabilitiesOf(List<String> inputs) {
        return probabilities(questions(inputs));
    }

    /**
     * {@return the probabilities of {@link #probabilities(List)}, with word of how far it is; answers are made of them
     * by {@link LabelScorer#likeliest}}
     *
     * @param examples what is asked
     * @param progress is told examples
     * @throws KitException for a task without choices, and where the reading is interrupted
     */
    public double[][] probabilities(List<Example> examples, Progress progress) {
        if (task.choices().isEmpty()) {
            throw new KitException(
                    "The task '" + task.name() + "' has no choices to be probable: ask it to solve examples.");
        }
        install();
        double[][] all = LabelScorer.probabilities(base.model(), prompts(examples), choices(), progress);
        for (double[] row : all) {
            if (row == null) {
                throw new KitException("Reading the examples was interrupted: run the cell again.");
            }
        }
        return all;
    }

    /**
     * {@return what this model says to a question in a chat, in at most so many tokens}
     *
     * @param question ordinary text
     * @param tokens most tokens of the answer
     */
    public String chat(String question, int tokens) {
        install();
        return base.chat(List.of(new ChatTemplate.Turn("user", question)), Sampling.greedy(tokens));
    }

    /**
     * {@return what this model says to each of several questions, each in a chat of its own}
     *
     * @param questions ordinary texts
     * @param tokens most tokens of an answer
     * @param progress is told answers
     * @throws KitException where the base has no chat template
     */
    public List<String> chat(List<String> questions, int tokens, Progress progress) {
        install();
        if (base.chat() == null) {
            throw new KitException(
                    base.name() + " has no chat template and cannot be asked in a chat; take a chat" + " model.");
        }
        List<int[]> prompts = questions.stream()
                .map(q -> base.chat().ids(base.tokenizer(), List.of(new ChatTemplate.Turn("user", q))))
                .toList();
        return base.generator().continueIds(prompts, Sampling.greedy(tokens), progress).stream()
                .map(Generation::text)
                .map(String::strip)
                .toList();
    }

    /**
     * Writes the adapter as peft does: {@code adapter_config.json} and {@code adapter_model.safetensors}.
     *
     * @param folder where the two files are put
     */
    public void save(Path folder) {
        learned().save(folder);
    }

    /**
     * The same for peft, which opens the base by what the adapter says of it; see {@link LoraAdapter#save(Path,
     * String)}.
     *
     * @param folder where the two files are put
     * @param place the folder of the exported base, or its name on a hub
     */
    public void save(Path folder, String place) {
        learned().save(folder, place);
    }

    private LoraAdapter learned() {
        if (adapter == null) {
            throw new KitException("The model as it came has no adapter to save: tune it first.");
        }
        return adapter;
    }

    /**
     * {@return this model for other programs: the pretrained one with this task's adapter merged into it}
     *
     * <p>The adapter alone is what {@link #save} writes.
     */
    public Export export() {
        return Export.of(base, adapter).named(base.name() + ", " + task.name());
    }

    /** Frees the adapter; the pretrained model stays. */
    @Override
    public void close() {
        if (adapter != null) {
            if (base.model().adapter() == adapter) {
                base.model().adapter(null);
            }
            adapter.close();
        }
    }

    /** {@return the pretrained model that it is made of, shared with others} */
    public Pretrained base() {
        return base;
    }

    /** Puts its adapter into the pretrained model, where another's may be; what works here does so by itself. */
    public void putInPlace() {
        install();
    }

    private void install() {
        if (base.model().adapter() != adapter) {
            base.model().adapter(adapter);
        }
        base.model().settled(); // what was learned is not learned further
    }

    List<Encoded> encoded(List<Example> examples) {
        return examples.stream()
                .map(e -> Encoded.of(ids(e, true), completion(e.answer())))
                .toList();
    }

    /** The task's prompts as tokens. */
    List<int[]> prompts(List<Example> examples) {
        return examples.stream().map(e -> ids(e, true)).toList();
    }

    private int[] ids(Example example, boolean tuned) {
        if (task.choices().isEmpty() && (!tuned || task.inChat())) {
            String turn = tuned ? task.prompt(example) : task.instruction(example);
            if (base.chat() == null) {
                throw new KitException("The task '" + task.name() + "' is asked in a chat and " + base.name()
                        + " has no chat template; take a chat model, or tune it first.");
            }
            return base.chat().ids(base.tokenizer(), List.of(new ChatTemplate.Turn("user", turn)));
        }
        return base.tokenizer().encode(task.prompt(example));
    }

    private int[] completion(String answer) {
        int[] said = base.tokenizer().encode(task.completion(answer)); // ordinary text, whatever the data say
        if (!task.inChat()) {
            return said;
        }
        return IntStream.concat(Arrays.stream(said), IntStream.of(base.turnEnd()))
                .toArray();
    }

    /** The task's choices as tokens. */
    List<Integer> choices() {
        return task.choices().stream()
                .map(choice -> {
                    int[] ids = completion(choice);
                    if (ids.length != 1) {
                        throw new KitException("The choice '" + choice + "' is " + ids.length
                                + " tokens of this model, and a choice must be one: choose another word.");
                    }
                    return ids[0];
                })
                .toList();
    }

    private static List<Example> questions(List<String> inputs) {
        return inputs.stream()
                .map(input -> Example.of("", "", input, List.of("")))
                .toList();
    }

    /** Mean of the last tenth of the losses, at least one; NaN where there are none. */
    private static double last(List<Double> losses) {
        int from = losses.size() - Math.max(1, losses.size() / 10);
        return losses.isEmpty()
                ? Double.NaN
                : losses.subList(from, losses.size()).stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow();
    }

    @Override
    public String toString() {
        return task.name() + (adapter == null ? ", untuned" : ", tuned");
    }
}
