package kawi.text;

import com.ibm.icu.util.ULocale;

/** One code for one language, however it was named. */
public final class LanguageCode {
    private LanguageCode() {}

    /**
     * {@return the code under which the kit keeps what it knows of a language: the ISO 639-1 code where there is one,
     * by the Unicode standard's list of aliases (UTS 35, annex C)} {@code deu} and {@code de-CH} are {@code de},
     * {@code cmn} is {@code zh}; the empty string is no language.
     *
     * @param name ISO 639-1 or 639-3 code or BCP 47 tag; null is no language
     */
    public static String of(String name) {
        return name == null
                ? ""
                : ULocale.createCanonical(ULocale.forLanguageTag(name)).getLanguage();
    }
}
