package kawi.text;

import java.io.IOException;
import java.io.InputStream;
import kawi.evidence.KitException;

/** OpenNLP's English models, from the class path by name: no scan of all jars, no file, no network. */
final class Models {

    static final String SENTENCES = "/opennlp-en-ud-ewt-sentence-1.3-2.5.4.bin";
    static final String TOKENS = "/opennlp-en-ud-ewt-tokens-1.3-2.5.4.bin";
    static final String PARTS_OF_SPEECH = "/opennlp-en-ud-ewt-pos-1.3-2.5.4.bin";
    static final String LEMMAS = "/opennlp-en-ud-ewt-lemmas-1.3-2.5.4.bin";

    /** Makes a model from its file. */
    interface Reader<T> {
        T read(InputStream in) throws IOException;
    }

    private Models() {}

    static <T> T load(String name, Reader<T> reader) {
        try (InputStream in = Models.class.getResourceAsStream(name)) {
            if (in == null)
                throw new KitException("The language model " + name.substring(1)
                        + " is not on the class path: build the library again, which brings it.");
            return reader.read(in);
        } catch (IOException e) {
            throw new KitException(
                    "The language model " + name.substring(1) + " could not be read: " + e.getMessage() + ".", e);
        }
    }
}
