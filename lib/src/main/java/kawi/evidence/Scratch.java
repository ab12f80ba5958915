package kawi.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Folders for what is needed only while a process runs, among the system's temporary files. They go with the process
 * when it ends or is told to (a kernel that is shut down or restarted); one that is killed leaves them to the system.
 */
public final class Scratch {
    private static final Set<Path> FOLDERS = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Scratch::clear, "kawi-scratch"));
    }

    private Scratch() {}

    /**
     * {@return a new, empty folder}
     *
     * @param name in the folder's name, so that a reader knows what it is for: letters, digits and hyphens
     * @throws KitException where the name has anything else, or no folder can be made
     */
    public static Path folder(String name) {
        if (!name.matches("[A-Za-z0-9-]+")) {
            throw new KitException("A scratch folder cannot be called '" + name
                    + "': its name has letters, digits and hyphens, such as canaries.");
        }
        try {
            Path folder = Files.createTempDirectory("kawi-" + name + "-");
            FOLDERS.add(folder);
            return folder;
        } catch (IOException e) {
            throw KitException.of(
                    e, "making a folder for what is needed meanwhile", Path.of(System.getProperty("java.io.tmpdir")));
        }
    }

    private static void clear() {
        for (Path each : FOLDERS) {
            try {
                Beside.delete(each);
            } catch (IOException e) {
                // The process ends: nobody is left to be told, and the system clears its temporary files.
            }
        }
    }
}
