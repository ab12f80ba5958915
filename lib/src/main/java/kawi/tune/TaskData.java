package kawi.tune;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import kawi.readers.Catalog;
import kawi.readers.Source;

/**
 * The data that the kit's own tasks are learned from: where each set lies in the catalog, what makes examples of its
 * files, and by which text of an example near-duplicates are told. All are loaded in the one way of {@link #examples}.
 */
enum TaskData {
    /** Sentences on films and whether people found them positive. */
    MOVIE_SENTENCES(
            "sentiment-vader", (files, source) -> MovieSentences.read(files.get(0), source.part()), TaskData::asked),
    /** Messages of software in English and French. */
    SOFTWARE_MESSAGES("ui-translations", (files, source) -> SoftwareMessages.read(files), TaskData::asked),
    /** Questions on the comments of Java methods. */
    METHOD_QUESTIONS("java-docs", (files, source) -> DocQuestions.spans(MethodDocs.read(files)), TaskData::asked),
    /** Java methods and the first sentences of their comments; overloads that are described alike belong together. */
    METHOD_SUMMARIES(
            "java-docs",
            (files, source) -> DocQuestions.summaries(MethodDocs.read(files)),
            e -> e.input().substring(0, e.input().indexOf('(')) + " " + e.answer());

    private interface Maker {
        Pool read(List<Path> files, Source source);
    }

    private final String id;
    private final Maker maker;
    private final Function<Example, String> said;

    TaskData(String id, Maker maker, Function<Example, String> said) {
        this.id = id;
        this.maker = maker;
        this.said = said;
    }

    private static String asked(Example example) {
        return example.context() + " " + example.input();
    }

    /** {@return the set's id in the catalog} */
    String id() {
        return id;
    }

    /** {@return what the set holds, its files verified} */
    Pool pool(Catalog catalog) {
        return maker.read(catalog.files(id), catalog.source(id));
    }

    /** {@return the set, split by groups of near-duplicates} */
    Examples examples(Catalog catalog, int train, int test) {
        return Examples.split(pool(catalog), train, test, said);
    }
}
