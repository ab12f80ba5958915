package kawi.serve;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.model.Generation;
import kawi.model.Pretrained;
import kawi.model.Sampling;
import kawi.notebook.LiveText;
import kawi.notebook.Show;
import kawi.template.ChatTemplate.Turn;
import kawi.tune.Tuned;

/**
 * A model to talk to in a cell: its answer appears while it is written, and the conversation is kept.
 *
 * <pre>{@code
 * Assistant assistant = Assistant.of(smol).system("You answer in one sentence.");
 * assistant.ask("What is a tokenizer?");
 * assistant.ask("And why not whole words?");
 * assistant.page();
 * }</pre>
 *
 * <p>Settings are changed by the methods that return the assistant; they hold from the next question on.
 */
public final class Assistant implements AutoCloseable {
    private static final Sampling DIALS =
            Sampling.greedy(256).temperature(0.7).topP(0.9).seed(1);

    private final ServedModel model;
    private final List<Turn> said = new ArrayList<>();
    private String system = "";
    private Sampling dials = DIALS;
    private ChatServer server;

    private Assistant(ServedModel model) {
        if (!model.chats()) {
            throw new KitException("The model '" + model.id()
                    + "' knows no chat; let a Generator go on with a text, or serve it by ChatServer.");
        }
        this.model = model;
    }

    /**
     * {@return an assistant made of a pretrained chat model}
     *
     * @param base the model, as it came
     * @throws KitException where it has no chat template
     */
    public static Assistant of(Pretrained base) {
        return of(ServedModel.pretrained("base", base));
    }

    /**
     * {@return an assistant made of a tuned model}
     *
     * @param tuned the model at its task
     * @throws KitException where its base has no chat template
     */
    public static Assistant of(Tuned tuned) {
        return of(ServedModel.tuned(tuned.task().name(), tuned));
    }

    /**
     * {@return an assistant made of a model under a name}
     *
     * @param model the model and its name
     * @throws KitException where it has no chat template
     */
    public static Assistant of(ServedModel model) {
        return new Assistant(model);
    }

    /**
     * Says beforehand how it is to answer.
     *
     * @param prompt the system turn, before every conversation; empty for none
     * @return this
     */
    public Assistant system(String prompt) {
        system = prompt;
        return this;
    }

    /**
     * Sets how tokens are chosen, and how many at most.
     *
     * @param sampling temperature, top-p, seed and the like; by default 256 tokens at temperature 0.7, top-p 0.9, seed
     *     1
     * @return this
     */
    public Assistant sampling(Sampling sampling) {
        dials = sampling;
        return this;
    }

    /** {@return how tokens are chosen} */
    public Sampling sampling() {
        return dials;
    }

    /** {@return what was said so far: questions and answers in turn, without the system prompt} */
    public List<Turn> conversation() {
        return List.copyOf(said);
    }

    /**
     * Begins a new conversation; the system prompt and the dials stay.
     *
     * @return this
     */
    public Assistant forget() {
        said.clear();
        return this;
    }

    /**
     * Asks, and shows the answer while it is written. An interrupted cell keeps what was said until then.
     *
     * @param question ordinary text
     * @return the answer
     * @throws KitException where the conversation has grown longer than the model reads; it stays as it was
     */
    public String ask(String question) {
        List<Turn> turns = new ArrayList<>();
        if (!system.isBlank()) {
            turns.add(new Turn("system", system));
        }
        turns.addAll(said);
        turns.add(new Turn("user", question));
        int[] prompt = model.ids(turns);
        LiveText live = new LiveText(question);
        long began = System.nanoTime();
        Generation answer;
        try {
            answer = model.write(prompt, dials, live::add);
        } catch (RuntimeException e) {
            live.end("", "no answer");
            throw e;
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        String text = answer.text().strip();
        said.add(new Turn("user", question));
        said.add(new Turn("assistant", text));
        live.end(
                text,
                String.format(
                        Locale.ROOT,
                        "%d tokens, %.0f a second; %s. The conversation has %,d of %,d tokens.",
                        answer.ids().length,
                        answer.ids().length / seconds,
                        switch (answer.ending()) {
                            case END_TOKEN -> "it ended by itself";
                            case STOP_TEXT -> "it came to a stop text";
                            case LENGTH -> "it was cut at the most tokens";
                            case INTERRUPTED -> "it was interrupted";
                        },
                        prompt.length + answer.ids().length,
                        model.context()));
        return text;
    }

    /** Shows its settings. */
    public void dials() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("model", model.id());
        facts.put("system prompt", system.isBlank() ? "none" : system);
        facts.put("temperature", dials.temperature());
        facts.put("top-p", dials.topP());
        facts.put("top-k", dials.topK() == 0 ? "all" : dials.topK());
        facts.put("repetition penalty", dials.repetitionPenalty());
        facts.put("most tokens", dials.maxTokens());
        facts.put("seed", dials.seed());
        facts.put("turns said", said.size());
        Show.facts(facts);
    }

    /**
     * Opens a page on loopback to talk to the model in a browser, and says where; called again it says the same. The
     * page has a conversation of its own; while the model writes there, a question here waits.
     *
     * @return the page's address, which clients of OpenAI's protocol take with {@code v1} added
     */
    public URI page() {
        if (server == null) {
            server = ChatServer.start(List.of(model));
        }
        Show.html("<a href=\"" + server.address() + "\" target=\"_blank\">" + server.address()
                + "</a>: a page to talk to " + model.id() + "; on this machine only, until the kernel ends.");
        return server.address();
    }

    /** Closes its page; the model stays. */
    @Override
    public void close() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    /** {@return the model and how much was said} */
    @Override
    public String toString() {
        return "an assistant of " + model.id() + ", " + said.size() + " turns said";
    }
}
