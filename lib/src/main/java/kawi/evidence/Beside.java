package kawi.evidence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The hidden names under which files and folders are written beside their places: a dot, the name, the process's id and
 * a running number. The id tells what a killed process left from what another is at work on.
 */
final class Beside {
    private static final Pattern NAME = Pattern.compile("\\.(.+)\\.(\\d{1,18})-\\d+\\.part", Pattern.DOTALL);
    private static final String OLD = ".old-";
    private static final AtomicLong COUNT = new AtomicLong();
    /** What this process has open, so that it does not take it for something left by another of the same id. */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private Beside() {}

    /** A name of this process's own, held until it is {@link #release released}. */
    static Path of(Path place) {
        Path part = place.resolveSibling("." + place.getFileName() + "."
                + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + ".part");
        OPEN.add(part);
        return part;
    }

    static void release(Path part) {
        OPEN.remove(part);
    }

    static boolean is(Path path) {
        return NAME.matcher(String.valueOf(path.getFileName())).matches();
    }

    /** {@return another name beside a place, for what was there until now} */
    static Path asideOf(Path place) {
        return place.resolveSibling(
                OLD + place.getFileName() + "." + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
    }

    /** {@return what was moved aside from a place and neither put back nor removed, the latest first} */
    static List<Path> aside(Path place) throws IOException {
        String name = Pattern.quote(OLD + place.getFileName()) + "(\\.\\d+-\\d+)?";
        List<Path> aside = new ArrayList<>();
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(place.toAbsolutePath().getParent())) {
            for (Path each : all) {
                if (String.valueOf(each.getFileName()).matches(name)) {
                    aside.add(each);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        aside.sort(Comparator.comparing((Path each) -> each.toFile().lastModified())
                .reversed());
        return aside;
    }

    /** {@return the places in a folder beside which something under a hidden name lies, each once, in order} */
    static Set<Path> begunIn(Path folder) throws IOException {
        Set<Path> places = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path each : all) {
                String name = String.valueOf(each.getFileName());
                Matcher part = NAME.matcher(name);
                if (part.matches()) {
                    places.add(folder.resolve(part.group(1)));
                } else if (name.startsWith(OLD)) {
                    places.add(folder.resolve(name.substring(OLD.length()).replaceFirst("\\.\\d+-\\d+$", "")));
                }
            }
        }
        return places;
    }

    /** Removes what processes that are gone left beside a place. */
    static void removeAbandoned(Path place) throws IOException {
        String name = String.valueOf(place.getFileName());
        try (DirectoryStream<Path> all = Files.newDirectoryStream(place.getParent())) {
            for (Path each : all) {
                Matcher found = NAME.matcher(String.valueOf(each.getFileName()));
                if (found.matches() && found.group(1).equals(name) && !alive(each, Long.parseLong(found.group(2)))) {
                    delete(each);
                }
            }
            if (Files.exists(place)) {
                for (Path old : aside(place)) {
                    String process = old.getFileName().toString().replaceFirst(".*\\.(\\d{1,18})-\\d+$", "$1");
                    boolean gone = !process.matches("\\d+")
                            || ProcessHandle.of(Long.parseLong(process))
                                    .map(each -> !each.isAlive())
                                    .orElse(true);
                    if (gone) {
                        delete(old);
                    }
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Whoever makes something in that folder next says what is wrong with it.
        }
    }

    private static boolean alive(Path part, long pid) {
        return pid == ProcessHandle.current().pid()
                ? OPEN.contains(part)
                : ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Removes a file or a folder with all that is in it; nothing happens where there is none. */
    static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> all = Files.walk(path)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            } catch (UncheckedIOException e) {
                throw new IOException(e.getCause().getMessage(), e);
            }
        } else {
            Files.deleteIfExists(path);
        }
    }
}
