package kawi.evidence;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A file in which the system describes itself, such as {@code /proc/cpuinfo}. It is read whole, and also by a thread
 * that was interrupted: the channels of {@code java.nio} close under such a thread, and a cell that is run again after
 * an interrupt would be told that the machine is another one.
 */
public final class SystemFile {
    private SystemFile() {}

    /**
     * {@return its lines; none where the system has no such file or this user may not read it}
     *
     * @param file where it is
     */
    public static List<String> lines(Path file) {
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
