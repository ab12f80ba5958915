package kawi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.model.Precision;
import kawi.model.Pretrained;
import kawi.notebook.Show;
import kawi.serve.ChatServer;
import kawi.serve.ServedModel;
import kawi.tune.MethodSummaries;
import kawi.tune.Tuned;

/**
 * What {@code environment/chat} starts: the pretrained model, the run's tuned assistant and the run's own model, behind
 * a page and OpenAI's protocol, until the process ends.
 */
public final class ChatCommand {
    private static final String PRETRAINED = "smollm2-135m-instruct";

    private ChatCommand() {}

    /**
     * Serves until it is stopped.
     *
     * @param arguments address, port, token (may be empty), and the numbers of the pretrained model: int8 or float32
     * @throws InterruptedException when it is told to end
     */
    public static void main(String[] arguments) throws InterruptedException {
        try (ChatServer server = serve(arguments)) {
            Show.show("Chat: " + server.address() + " (clients of OpenAI's protocol: " + server.address()
                    + "v1). Ctrl-C ends it.");
            Thread.currentThread().join();
        } catch (KitException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static ChatServer serve(String[] arguments) {
        Kit kit = Kit.open("chat", System.getenv());
        List<ServedModel> models = new ArrayList<>();
        boolean int8 = arguments[3].equals("int8") && !kit.torch().device().isGpu();
        Pretrained base = kit.pretrained(PRETRAINED, int8 ? Precision.INT8 : Precision.FP32);
        Show.show("The pretrained model computes in " + base.model().arithmetic() + ".");
        models.add(ServedModel.pretrained(PRETRAINED, base));
        Map<String, String> made = Map.of("assistant", "05-fine-tuning", "model", "04-training");
        for (String name : List.of("assistant", "model")) {
            try {
                models.add(
                        name.equals("model")
                                ? ServedModel.own("own", kit.model("model"), kit.tokenizer("model"))
                                : ServedModel.tuned(
                                        name,
                                        Tuned.load(
                                                base,
                                                new MethodSummaries(),
                                                kit.artifact(name).folder())));
            } catch (KitException e) {
                Show.show("Without the model of notebook " + made.get(name) + ": " + e.getMessage());
            }
        }
        return ChatServer.start(models, arguments[0], port(arguments[1]), arguments[2]);
    }

    private static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new KitException("The port '" + text + "' is no number: choose from 1 to 65535.", e);
        }
    }
}
