package kawi.serve;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import kawi.evidence.KitException;
import kawi.model.Generation;
import kawi.model.Generator;
import kawi.model.LanguageModel;
import kawi.model.Llama;
import kawi.model.Pretrained;
import kawi.model.Sampling;
import kawi.template.ChatTemplate;
import kawi.text.Tokenizer;
import kawi.tune.Tuned;

/**
 * A model under the name by which callers ask for it: one that others pretrained, one with an adapter that was tuned
 * here, or one that was trained here from its first step.
 *
 * <p>It does one thing at a time, also where several of these share a pretrained model: who comes later waits, in the
 * order of coming.
 */
public final class ServedModel {
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._:-]{0,99}";

    /** Adapters take turns in one network, so the turn belongs to the network. */
    private static final Map<LanguageModel, ReentrantLock> TURNS = Collections.synchronizedMap(new WeakHashMap<>());

    private final String id;
    private final LanguageModel model;
    private final ReentrantLock turn;
    private final Tokenizer tokenizer;
    private final ChatTemplate chat;
    private final Generator generator;
    private final Runnable inPlace;

    private ServedModel(
            String id,
            LanguageModel model,
            Tokenizer tokenizer,
            ChatTemplate chat,
            Generator generator,
            Runnable inPlace) {
        if (!id.matches(NAME)) {
            throw new KitException(
                    "A served model cannot be called '" + id + "': use letters, digits, '.', '_', ':' and '-'.");
        }
        this.id = id;
        this.model = model;
        this.turn = TURNS.computeIfAbsent(model, each -> new ReentrantLock(true));
        this.tokenizer = tokenizer;
        this.chat = chat;
        this.generator = generator;
        this.inPlace = inPlace;
    }

    /**
     * {@return a pretrained model as it came}
     *
     * @param id the name that callers use: letters, digits, {@code . _ : -}
     * @param base the pretrained model; an adapter that is in it is left out while it writes
     * @throws KitException where the name has other characters
     */
    public static ServedModel pretrained(String id, Pretrained base) {
        return new ServedModel(id, base.network(), base.tokenizer(), base.chat(), base.generator(), () -> {
            if (base.network() instanceof Llama llama && llama.adapter() != null) {
                llama.adapter(null);
            }
        });
    }

    /**
     * {@return a pretrained model with an adapter}
     *
     * @param id the name that callers use: letters, digits, {@code . _ : -}
     * @param tuned the model at its task; the adapter is put in place whenever this model writes
     * @throws KitException where the name has other characters
     */
    public static ServedModel tuned(String id, Tuned tuned) {
        Pretrained base = tuned.base();
        return new ServedModel(id, base.model(), base.tokenizer(), base.chat(), base.generator(), tuned::putInPlace);
    }

    /**
     * {@return a model that was trained by this kit: it goes on with a text, and knows no chat}
     *
     * @param id the name that callers use: letters, digits, {@code . _ : -}
     * @param model the network
     * @param tokenizer the one that it was trained with
     * @throws KitException where the name has other characters, or the tokenizer is another model's
     */
    public static ServedModel own(String id, LanguageModel model, Tokenizer tokenizer) {
        return new ServedModel(id, model, tokenizer, null, new Generator(model, tokenizer), () -> {});
    }

    /** {@return the name that callers use} */
    public String id() {
        return id;
    }

    /** {@return whether it takes part in a conversation, or only goes on with a text} */
    public boolean chats() {
        return chat != null;
    }

    /** {@return the most tokens of a prompt and what is written after it, together} */
    public int context() {
        return model.context();
    }

    /** {@return what identifies its weights, as a short text; without the adapter} */
    String fingerprint() {
        return "kawi-" + model.fingerprint().substring(0, 12);
    }

    /**
     * {@return a conversation as token ids}
     *
     * @param turns what was said so far, the last turn not the assistant's
     * @throws KitException where it has no chat template, or the template refuses the conversation
     */
    int[] ids(List<ChatTemplate.Turn> turns) {
        if (chat == null) {
            throw new KitException("The model '" + id + "' knows no chat; let it go on with a text instead.");
        }
        return chat.ids(tokenizer, turns);
    }

    /** {@return a text to go on with as token ids: ordinary text, and where it is empty the token that ends a text} */
    int[] ids(String prompt) {
        int end = tokenizer.id(Tokenizer.END_OF_TEXT);
        return prompt.isEmpty() && end >= 0 ? new int[] {end} : generator.ids(prompt);
    }

    /**
     * Writes after a prompt. The text ends where the model's context does.
     *
     * @param prompt token ids, fewer than {@link #context}
     * @param sampling how tokens are chosen, and how many at most
     * @param listener is handed each piece; what it throws ends the writing
     * @return what was written
     * @throws KitException where the prompt leaves no room, or the thread is interrupted while it waits
     */
    Generation write(int[] prompt, Sampling sampling, Consumer<String> listener) {
        int room = context() - prompt.length;
        if (room < 1) {
            throw new KitException("The conversation has " + prompt.length + " tokens, and the model '" + id
                    + "' reads at most " + context() + " with its answer: begin a new one, or say less.");
        }
        try {
            turn.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KitException("Waiting for the model '" + id + "' was interrupted: ask again.", e);
        }
        try {
            inPlace.run();
            return generator.continueIds(prompt, sampling.maxTokens(Math.min(room, sampling.maxTokens())), listener);
        } finally {
            turn.unlock();
        }
    }
}
