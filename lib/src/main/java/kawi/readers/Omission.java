package kawi.readers;

/**
 * What stood on pages and not in their text, for one reason.
 *
 * @param pages how many pages had such
 * @param characters how long it was on all of them
 */
public record Omission(long pages, long characters) {
    Omission plus(Omission other) {
        return new Omission(pages + other.pages, characters + other.characters);
    }
}
