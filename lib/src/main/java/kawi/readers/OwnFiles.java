package kawi.readers;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The files of a reader's own data: one file, or those of a folder and the folders in it, in the order of their paths.
 * The folder that is named may be a link; hidden files and folders, links to folders, and links that lead outside are
 * left out and said.
 */
final class OwnFiles {
    /**
     * One of them.
     *
     * @param name its path from the folder, with {@code /} between, or the file's own name
     */
    record Item(Path file, String name) {}

    private OwnFiles() {}

    /**
     * {@return the files}
     *
     * @param skipped hears of what is left out, and why
     * @throws IOException where the folder itself cannot be listed
     */
    static List<Item> of(Path named, BiConsumer<String, String> skipped) throws IOException {
        if (Files.isRegularFile(named)) {
            return List.of(new Item(named, named.getFileName().toString()));
        }
        Path root = named.toRealPath();
        List<Item> items = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                if (!folder.equals(root) && folder.getFileName().toString().startsWith(".")) {
                    skipped.accept(name(root, folder), "a hidden folder");
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.getFileName().toString().startsWith(".")) {
                    skipped.accept(name(root, file), "a hidden file");
                } else if (attributes.isSymbolicLink() && leadsOutside(root, file)) {
                    skipped.accept(name(root, file), "a link that leads outside the folder, not followed");
                } else if (Files.isRegularFile(file)) {
                    items.add(new Item(file, name(root, file)));
                } else {
                    skipped.accept(
                            name(root, file),
                            !Files.exists(file)
                                    ? "a link to nothing"
                                    : Files.isDirectory(file)
                                            ? "a link to a folder, not followed"
                                            : "not a plain file");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (file.equals(root)) {
                    throw failure;
                }
                skipped.accept(name(root, file), "may not be read by this user");
                return FileVisitResult.CONTINUE;
            }
        });
        items.sort(Comparator.comparing(Item::file));
        if (items.isEmpty()) {
            skipped.accept(String.valueOf(named.getFileName()), "a folder without files");
        }
        return items;
    }

    private static boolean leadsOutside(Path root, Path link) {
        try {
            return Files.isRegularFile(link) && !link.toRealPath().startsWith(root);
        } catch (IOException e) {
            return false; // to nothing, which is said as that
        }
    }

    private static String name(Path root, Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }
}
