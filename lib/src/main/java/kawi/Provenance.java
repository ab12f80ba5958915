package kawi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.evidence.Hash;
import kawi.evidence.SystemFile;

/** By which code and on which machine something is being made. */
final class Provenance {
    private Provenance() {}

    /** Hashes of the library and of the notebook's code cells, as they are now. */
    static Map<String, String> code(Path home, String notebook) {
        Map<String, String> code = new LinkedHashMap<>();
        try {
            Path library = Path.of(Provenance.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            if (Files.isRegularFile(library)) {
                code.put("library", Hash.of(library));
            }
            Path file = home.resolve("notebooks").resolve(notebook + ".ipynb");
            if (Files.exists(file)) {
                StringBuilder cells = new StringBuilder();
                for (JsonNode cell : new ObjectMapper().readTree(file.toFile()).path("cells")) {
                    if (cell.path("cell_type").asText().equals("code")) {
                        JsonNode source = cell.path("source");
                        if (source.isTextual()) {
                            cells.append(source.asText());
                        } else {
                            source.forEach(line -> cells.append(line.asText()));
                        }
                        cells.append('\f');
                    }
                }
                code.put("notebook", Hash.of(cells.toString()));
            }
        } catch (IOException | java.net.URISyntaxException e) {
            code.put("unknown", String.valueOf(e.getMessage()));
        }
        return code;
    }

    /** Versions and hardware, in words. */
    static Map<String, String> machine() {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("java", System.getProperty("java.version"));
        machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        machine.put("processor", processor());
        machine.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
        long bytes = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
        machine.put("memory", Math.round(bytes / 1e9) + " GB");
        return machine;
    }

    private static String processor() {
        return SystemFile.lines(Path.of("/proc/cpuinfo")).stream()
                .filter(l -> l.startsWith("model name"))
                .findFirst()
                .map(l -> l.substring(l.indexOf(':') + 1).strip())
                .orElse(System.getProperty("os.arch"));
    }
}
