package kawi.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.torch.Arithmetic;
import org.apache.spark.TaskContext;

/** GPUs by Spark's resource scheduling: which there are, who gets which, and which one a task was given. */
final class Gpus {
    private static final String NAME = "gpu";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Gpus() {}

    /**
     * {@return the addresses of this machine's GPUs}
     *
     * @param discovery says which there are; null asks {@code nvidia-smi}
     * @param needed how many there must be at least
     */
    static List<String> discover(Path discovery, int needed) {
        List<String> command = discovery == null
                ? List.of("nvidia-smi", "--query-gpu=index", "--format=csv,noheader")
                : List.of(discovery.toAbsolutePath().toString());
        List<String> found = new ArrayList<>();
        try {
            Process asked = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = asked.waitFor();
            if (code != 0) {
                throw new KitException("'" + command.get(0) + "', which is to say what GPUs there are, ended with code "
                        + code + ": run it by hand to see why, or leave gpus() out.");
            }
            if (discovery == null) {
                said.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(found::add);
            } else {
                JsonNode node = JSON.readTree(said);
                if (!NAME.equals(node.path("name").asText())) {
                    throw new KitException("'" + discovery.getFileName() + "' printed '" + said.strip()
                            + "': it is to print {\"name\": \"gpu\", \"addresses\": [\"0\", \"1\"]}.");
                }
                node.path("addresses").forEach(each -> found.add(each.asText()));
            }
        } catch (IOException e) {
            throw new KitException(
                    "'" + command.get(0) + "' is to say what GPUs there are and cannot be run or understood ("
                            + e.getMessage() + "): is there an NVIDIA driver? Otherwise leave gpus() out.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KitException("Looking for GPUs was interrupted: run the cell again.", e);
        }
        if (found.size() < needed) {
            throw new KitException(needed + " workers want a GPU each and there " + (found.size() == 1 ? "is " : "are ")
                    + found.size() + " here: start as many workers as there are GPUs, or leave gpus() out.");
        }
        return found;
    }

    /** What Spark's worker is told of the one GPU that it has to give. */
    static Map<String, String> worker(Path folder, String address) {
        Path file = folder.resolve("gpu.json");
        try {
            Files.createDirectories(folder);
            Files.writeString(
                    file,
                    JSON.writeValueAsString(List.of(Map.of(
                            "id",
                            Map.of("componentName", "spark.worker", "resourceName", NAME),
                            "addresses",
                            List.of(address)))));
        } catch (IOException e) {
            throw KitException.of(e, "writing down a worker's GPU", file);
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spark.worker.resource.gpu.amount", "1");
        settings.put("spark.worker.resourcesFile", file.toString());
        return settings;
    }

    /** {@return the address that Spark gave to the task that asks; null where it gave none} */
    static String mine() {
        TaskContext task = TaskContext.get();
        if (task == null || !task.resources().contains(NAME)) {
            return null;
        }
        return task.resources().apply(NAME).addresses()[0];
    }

    /**
     * {@return the arithmetic of the driver, on the device that Spark gave to the task that asks}
     *
     * @param driver what the driver does, on its own device
     * @throws KitException if it was given a GPU and the driver has none
     */
    static Arithmetic here(Arithmetic driver) {
        String address = mine();
        if (address == null) {
            return driver;
        }
        if (!driver.device().startsWith(NAME)) {
            throw new KitException("Spark gave a worker the GPU " + address + ", and the driver's model lies on the "
                    + driver.device() + ": open the kit with KAWI_DEVICE=gpu0, or start the cluster without gpus().");
        }
        return new Arithmetic(
                driver.engine(), NAME + address, driver.cpu(), driver.threads(), driver.training(), driver.inference());
    }
}
