package kawi.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.text.TiktokenFile;

/**
 * Where a model lies that somebody names: a GGUF file, a folder in Hugging Face's layout, a folder with one GGUF file
 * in it, or a file of such a folder, by which the folder is meant.
 */
final class ModelPlace {
    private static final Set<String> OF_A_FOLDER = Set.of(
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "generation_config.json",
            "chat_template.jinja",
            "model.safetensors.index.json");
    /** Files that can hold programs, or are of another engine. */
    private static final String PICKLED = ".*\\.(bin|pt|pth|ckpt|pkl|bin\\.index\\.json)";

    private static final String FOREIGN = ".*\\.(onnx|h5|msgpack|tflite|mlmodel|mlpackage|npz|ggml)";
    /** Tokenizers as they were before there was {@code tokenizer.json}, or are elsewhere; tiktoken's are read. */
    private static final String OTHER_TOKENIZER =
            ".*\\.tiktoken|.*(tokenizer|tiktoken|spiece|spm|sentencepiece\\.bpe)\\.model|.*/vocab\\.(json|txt)";

    /** How a tokenizer is brought into the form that is read. */
    static final String CONVERT = "write tokenizer.json once, where transformers is, with"
            + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder).";

    private static final int SHOWN = 6;

    private ModelPlace() {}

    /**
     * {@return the folder or the file that is to be read}
     *
     * @throws KitException where it is no model and that can be seen without opening a file
     */
    static Path of(Path named) {
        Path place = named.toAbsolutePath().normalize();
        if (Files.isDirectory(place)) {
            return hasWeights(place) ? named : inside(named, place);
        }
        String name = String.valueOf(place.getFileName());
        String ending = name.toLowerCase(Locale.ROOT);
        if (!Files.exists(place) && !ending.endsWith(".gguf")) {
            throw new KitException("There is no model at " + named + ": nothing has that path; give the path of a GGUF"
                    + " file, or of a folder with config.json and safetensors files.");
        }
        if (ending.endsWith(".safetensors") || OF_A_FOLDER.contains(ending)) {
            return folder(named, place, ending);
        }
        if (ending.matches(PICKLED)) {
            throw pickled(name);
        }
        if (ending.matches(FOREIGN)) {
            throw new KitException(name + " is of a format that is not read here: give a GGUF file, or a folder with"
                    + " config.json and safetensors files.");
        }
        return named;
    }

    /**
     * {@return the file of a folder's tokenizer, which need not be there: tokenizer.json, or the only file of tiktoken
     * in its place}
     *
     * @throws KitException where there is one in another form instead, or there are several
     */
    static Path tokenizer(Path folder) {
        Path json = folder.resolve("tokenizer.json");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> others = ending(files.sorted().toList(), OTHER_TOKENIZER);
            List<Path> ranked = others.stream().filter(TiktokenFile::is).toList();
            if (!Files.exists(json) && ranked.size() == 1) {
                return ranked.get(0);
            }
            if (!Files.exists(json) && !others.isEmpty()) {
                throw new KitException("The folder " + folder.getFileName() + " has no tokenizer.json but "
                        + names(others) + ", "
                        + (ranked.isEmpty()
                                ? "which does not say how texts are cut and which tokens are special: "
                                : "of which several may be its tokenizer: ")
                        + CONVERT);
            }
        } catch (IOException e) {
            throw KitException.of(e, "looking for a tokenizer", folder);
        }
        return json;
    }

    private static boolean hasWeights(Path folder) {
        return Files.exists(folder.resolve("model.safetensors"))
                || Files.exists(folder.resolve("model.safetensors.index.json"));
    }

    private static KitException pickled(String name) {
        return new KitException(
                name + " is a pickle of PyTorch's, which can hold programs and is not read here: convert"
                        + " it once, where transformers is, with AutoModelForCausalLM.from_pretrained(folder)"
                        + ".save_pretrained(folder), which writes model.safetensors, and give the folder.");
    }

    /** The folder that is meant by one of its files. */
    private static Path folder(Path named, Path place, String name) {
        if (!Files.exists(place.resolveSibling("config.json"))) {
            throw new KitException(place.getFileName() + " is one file of a model, and there is no config.json beside"
                    + " it: give a folder with all files of the model.");
        }
        if (name.endsWith(".safetensors") && !name.matches("model(-\\d+-of-\\d+)?\\.safetensors")) {
            throw new KitException(
                    place.getFileName() + " is not called model.safetensors, the name by which a folder's"
                            + " weights are found: put it under that name into a folder with config.json"
                            + " and tokenizer.json.");
        }
        return named.toAbsolutePath().getParent();
    }

    /** What is meant by a folder without safetensors: the only GGUF file in it, or itself where it has a config. */
    private static Path inside(Path named, Path place) {
        List<Path> all;
        try (Stream<Path> files = Files.list(place)) {
            all = files.sorted().toList();
        } catch (IOException e) {
            throw KitException.of(e, "looking for a model", place);
        }
        List<Path> models = ending(all, ".*\\.gguf");
        if (models.size() == 1) {
            return named.resolve(models.get(0).getFileName());
        }
        if (models.size() > 1) {
            throw new KitException("The folder " + named + " holds " + models.size() + " GGUF files (" + names(models)
                    + "): give the path of one.");
        }
        if (Files.exists(place.resolve("config.json"))) {
            return named;
        }
        if (all.isEmpty()) {
            throw new KitException("The folder " + named + " is empty: save or fetch a model there first, or give"
                    + " another folder.");
        }
        if (Files.exists(place.resolve("adapter_config.json"))) {
            throw new KitException("The folder " + named + " holds an adapter and not a model: load the model that it"
                    + " was made for, and put the adapter on that.");
        }
        if (!ending(all, PICKLED).isEmpty()) {
            throw pickled(named + "/" + ending(all, PICKLED).get(0).getFileName());
        }
        List<Path> folders = all.stream()
                .filter(each -> Files.exists(each.resolve("config.json")))
                .toList();
        throw new KitException("The folder " + named + " holds no model, neither config.json with safetensors files nor"
                + " a GGUF file, but " + names(all) + ": give "
                + (folders.size() == 1
                        ? named.resolve(folders.get(0).getFileName()) + "."
                        : "the folder in which a model's files are."));
    }

    private static List<Path> ending(List<Path> files, String pattern) {
        return files.stream()
                .filter(each -> each.toString().toLowerCase(Locale.ROOT).matches(pattern) && Files.isRegularFile(each))
                .toList();
    }

    private static String names(List<Path> files) {
        return String.join(
                        ", ",
                        files.stream()
                                .limit(SHOWN)
                                .map(each -> each.getFileName().toString())
                                .toList())
                + (files.size() > SHOWN ? ", ..." : "");
    }
}
