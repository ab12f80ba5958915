package kawi.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import kawi.evidence.KitException;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.torch.Arithmetic;
import kawi.torch.Torch;

/** The engine of a worker's process: one, opened when it is first needed, doing the driver's arithmetic. */
final class WorkerEngine {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static Torch torch;

    private WorkerEngine() {}

    /**
     * {@return the engine}
     *
     * @param arithmetic the line of the driver's
     * @param seed where it is opened
     * @throws KitException if this machine cannot do that arithmetic
     */
    static synchronized Torch torch(String arithmetic, long seed) {
        Arithmetic wanted = Gpus.here(Arithmetic.of(arithmetic));
        if (torch == null) {
            torch = Torch.open(wanted.device(), wanted.threads(), seed);
        }
        torch.threads(wanted.threads());
        torch.keepTo(wanted);
        return torch;
    }

    /** {@return the engine that was opened; null before} */
    static synchronized Torch torch() {
        return torch;
    }

    /**
     * {@return a new model, as it was configured on the driver}
     *
     * @param config the JSON of its configuration
     * @param seed of its weights
     */
    static synchronized LanguageModel model(String config, long seed) {
        try {
            return ModelConfig.of(JSON.readTree(config)).create(torch, seed);
        } catch (JsonProcessingException e) {
            throw new KitException("The model's configuration did not arrive as it was sent.", e);
        }
    }

    /** {@return what it computes by, for the record of a run} */
    static synchronized String arithmetic() {
        return torch == null ? "no engine" : torch.arithmetic().line();
    }
}
