package kawi.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import kawi.model.Generation;

/**
 * One request while its texts are written: by the models' thread, for the thread that talks to the caller. Neither
 * waits for the other's speed: a caller that reads slowly holds up nobody, and one that has gone ends the writing at
 * the next piece.
 */
final class Writing implements Runnable {
    /** What the models' thread has to tell. */
    sealed interface News {
        /** A text begins. */
        record Begun(int index, String echoed) implements News {}

        /** Some more of it. */
        record Piece(int index, String text) implements News {}

        /** A text is written. */
        record Done(Replies.Choice choice) implements News {}

        /** All texts are written. */
        record Finished() implements News {}

        /** Nothing more comes, and why. */
        record Failed(RuntimeException cause) implements News {}
    }

    private final ServedModel model;
    private final ChatRequest request;
    private final List<int[]> prompts;
    private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
    private volatile boolean cancelled;

    Writing(ServedModel model, ChatRequest request, List<int[]> prompts) {
        this.model = model;
        this.request = request;
        this.prompts = prompts;
    }

    /** {@return the prompts of a request as token ids, each with room for an answer} */
    static List<int[]> prompts(ServedModel model, ChatRequest request) {
        List<int[]> prompts = new ArrayList<>();
        if (request.turns() != null) {
            prompts.add(model.ids(request.turns()));
        } else {
            request.prompts().forEach(text -> prompts.add(model.ids(text)));
        }
        for (int[] prompt : prompts) {
            if (prompt.length == 0) {
                throw ProtocolError.invalid("prompt", "A prompt is empty: give the model something to go on with.");
            }
            if (prompt.length >= model.context()) {
                throw ProtocolError.of(
                        400,
                        "invalid_request_error",
                        "context_length_exceeded",
                        "The request has " + prompt.length + " tokens, and the model '" + model.id()
                                + "' reads at most " + model.context() + " with its answer: shorten it.");
            }
        }
        return prompts;
    }

    @Override
    public void run() {
        try {
            for (int p = 0; p < prompts.size(); p++) {
                for (int c = 0; c < request.choices(); c++) {
                    one(p, c);
                }
            }
            news.add(new News.Finished());
        } catch (CancellationException e) {
            // the caller has gone, and nobody asks for news
        } catch (RuntimeException e) {
            news.add(new News.Failed(e));
        }
    }

    private void one(int prompt, int choice) {
        int index = prompt * request.choices() + choice;
        String echoed = request.echo() ? request.prompts().get(prompt) : "";
        refuseIfCancelled();
        news.add(new News.Begun(index, echoed));
        Generation written = model.write(
                prompts.get(prompt), request.sampling().seed(request.sampling().seed() + choice), text -> {
                    refuseIfCancelled();
                    news.add(new News.Piece(index, text));
                });
        news.add(new News.Done(new Replies.Choice(index, echoed, prompts.get(prompt).length, written)));
    }

    private void refuseIfCancelled() {
        if (cancelled) {
            throw new CancellationException("the caller has gone");
        }
    }

    /** {@return the next news, or null where there was none for so long} */
    News next(long milliseconds) throws InterruptedException {
        return news.poll(milliseconds, TimeUnit.MILLISECONDS);
    }

    /** Ends the writing at its next piece. */
    void cancel() {
        cancelled = true;
    }
}
