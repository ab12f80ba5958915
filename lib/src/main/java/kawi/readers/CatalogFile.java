package kawi.readers;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/** The file of a catalog: its entries, or the sentence that says what of it is not understood, and where. */
final class CatalogFile {
    private static final List<String> USES = List.of("corpus", "task", "test", "model");

    private static final ObjectReader STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build()
            .readerFor(Entries.class);

    private record Entries(List<Source> sources) {}

    private CatalogFile() {}

    /**
     * {@return the entries}
     *
     * @throws KitException where the file is missing, is no JSON, or has an entry or a key that is not understood
     */
    static List<Source> sources(Path file) {
        Entries entries;
        try {
            entries = STRICT.readValue(file.toFile());
        } catch (UnrecognizedPropertyException e) {
            throw new KitException(
                    "The catalog " + file + " has at line " + WholeFile.line(e) + " the key \""
                            + e.getPropertyName() + "\", which the kit does not know; it knows "
                            + String.join(
                                    ", ",
                                    e.getKnownPropertyIds().stream()
                                            .map(String::valueOf)
                                            .sorted()
                                            .toList())
                            + ".",
                    e);
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof JsonParseException) {
                throw new KitException(
                        "The catalog " + file + " is not valid JSON at line " + WholeFile.line(e) + ": " + plain(e)
                                + "; correct that line.",
                        e);
            }
            throw new KitException(
                    "The catalog " + file + " has at line "
                            + WholeFile.line(e) + " a value that does not fit"
                            + at(e) + " (" + plain(e) + "); correct that line.",
                    e);
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The catalog " + file + " is not valid JSON at line " + WholeFile.line(e) + ": " + plain(e)
                            + "; correct that line.",
                    e);
        } catch (NoSuchFileException | FileNotFoundException e) {
            throw new KitException(
                    "There is no catalog at " + file + ": start from the kit's folder, or clone it again.", e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the catalog", file);
        }
        if (entries == null || entries.sources() == null) {
            throw new KitException("The catalog " + file + " has no list of sources; restore it from the repository.");
        }
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < entries.sources().size(); i++) {
            Source source = entries.sources().get(i);
            String problem = source == null ? "is null" : problem(source, ids);
            if (problem != null) {
                throw new KitException("The catalog " + file + " has an entry (number " + (i + 1) + " of "
                        + entries.sources().size() + ") that " + problem + ".");
            }
        }
        return List.copyOf(entries.sources());
    }

    /** What is wrong with an entry, and what to do; null where nothing is. */
    private static String problem(Source source, Set<String> ids) {
        String id = source.id();
        if (id == null || id.isBlank()) {
            return "has no id; give it one";
        }
        if (!ids.add(id)) {
            return "stands twice under the id " + id + "; give each its own id";
        }
        if (id.contains("/") || id.contains("\\") || id.startsWith(".")) {
            return "has the id " + id + ", which cannot name a folder; leave out slashes and a dot at its beginning";
        }
        if (!USES.contains(source.use())) {
            return "has for " + id + " the use \"" + source.use() + "\"; it is one of " + String.join(", ", USES);
        }
        if (source.path() != null && source.path().indexOf('\0') >= 0) {
            return "names for " + id + " a path with the character NUL in it; correct it";
        }
        if (source.path() != null && !source.parcels().isEmpty()) {
            return "names for " + id + " both a path and packages or files; leave one out";
        }
        for (Source.Parcel parcel : source.parcels()) {
            if (parcel.file() == null
                    || parcel.sha256() == null
                    || !parcel.sha256().matches("[0-9a-f]{64}")) {
                return "has for " + id + " a package or file without a name (\"file\") or without a SHA-256 of 64"
                        + " lower-case hexadecimal digits; give both";
            }
            if (parcel.file().isBlank()
                    || parcel.file().startsWith(".")
                    || parcel.file().matches("(?s).*[/\\\\\\x00].*")
                    || parcel.bytes() < 0) {
                return "has for " + id + " the file \"" + parcel.file() + "\" of " + parcel.bytes() + " bytes, which is"
                        + " no file of a folder; give its plain name, without folders, and its size";
            }
        }
        return null;
    }

    private static String at(JsonMappingException e) {
        List<String> path = e.getPath().stream()
                .filter(reference -> reference.getFieldName() != null)
                .map(JsonMappingException.Reference::getFieldName)
                .toList();
        return path.isEmpty() ? "" : " for \"" + path.get(path.size() - 1) + "\"";
    }

    private static String plain(JsonProcessingException e) {
        return String.valueOf(e.getOriginalMessage()).replaceAll("\\s+", " ");
    }
}
