package kawi.readers;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The files of a reader's own data: one file, or those of a folder and the folders in it, in the order of their paths.
 * The folder that is named may be a link; hidden files and folders, links to folders, and links that lead outside are
 * left out and said. Of the names of files only those of the folders at hand are in memory, a folder in a folder each.
 */
final class OwnFiles {
    /**
     * One of them.
     *
     * @param name its path from the folder, with {@code /} between, or the file's own name
     */
    record Item(Path file, String name) {}

    /** Is given each file. */
    interface Visitor {
        void visit(Item item) throws IOException;
    }

    /** Stands behind the name of a folder. */
    private static final String INSIDE = "0";

    private final Path root;
    private final BiConsumer<String, String> skipped;
    private final Visitor visitor;
    private boolean any;

    private OwnFiles(Path root, BiConsumer<String, String> skipped, Visitor visitor) {
        this.root = root;
        this.skipped = skipped;
        this.visitor = visitor;
    }

    /**
     * Goes through the files.
     *
     * @param skipped hears of what is left out, and why
     * @throws IOException where the folder itself cannot be listed, or the visitor fails
     */
    static void each(Path named, BiConsumer<String, String> skipped, Visitor visitor) throws IOException {
        if (Files.isRegularFile(named)) {
            visitor.visit(new Item(named, named.getFileName().toString()));
            return;
        }
        OwnFiles all = new OwnFiles(named.toRealPath(), skipped, visitor);
        all.folder(names(all.root), all.root);
        if (!all.any) {
            skipped.accept(String.valueOf(named.getFileName()), "a folder without files");
        }
    }

    /**
     * {@return the names in a folder, that of a folder with another behind it} Sorted so, what comes of going into each
     * folder where it stands is the order of whole paths.
     */
    private static Deque<Path> names(Path folder) throws IOException {
        List<Path> names = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path each : all) {
                Path name = each.getFileName();
                names.add(Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS) ? name.resolve(INSIDE) : name);
            }
        }
        names.sort(null);
        return new ArrayDeque<>(names);
    }

    private void folder(Deque<Path> names, Path folder) throws IOException {
        for (Path name; (name = names.poll()) != null; ) {
            Path each = folder.resolve(name.getName(0));
            if (name.getNameCount() == 1) {
                file(each);
            } else if (name.toString().startsWith(".")) {
                skipped.accept(name(each), "a hidden folder");
            } else {
                Deque<Path> within;
                try {
                    within = names(each);
                } catch (IOException e) {
                    skipped.accept(name(each), "may not be read by this user");
                    continue;
                }
                folder(within, each);
            }
        }
    }

    private void file(Path file) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            skipped.accept(name(file), "may not be read by this user");
            return;
        }
        if (file.getFileName().toString().startsWith(".")) {
            skipped.accept(name(file), "a hidden file");
        } else if (attributes.isSymbolicLink() && leadsOutside(file)) {
            skipped.accept(name(file), "a link that leads outside the folder, not followed");
        } else if (Files.isRegularFile(file)) {
            any = true;
            visitor.visit(new Item(file, name(file)));
        } else {
            skipped.accept(
                    name(file),
                    !Files.exists(file)
                            ? "a link to nothing"
                            : Files.isDirectory(file) ? "a link to a folder, not followed" : "not a plain file");
        }
    }

    private boolean leadsOutside(Path link) {
        try {
            return Files.isRegularFile(link) && !link.toRealPath().startsWith(root);
        } catch (IOException e) {
            return false; // to nothing, which is said as that
        }
    }

    private String name(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }
}
