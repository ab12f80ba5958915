package kawi.cluster;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files that driver and workers hand each other: in a folder that all of them reach. A plain path is one of Java's
 * own file system; anything else, such as {@code hdfs://host/data} or {@code s3a://bucket/data}, is opened by Hadoop's
 * file systems, as Spark opens it. A file is there as a whole or not at all.
 *
 * @param place the folder: an absolute path, or the address of one
 */
record PartFiles(String place) implements Serializable {
    private static final int BUFFER = 1 << 16;
    private static final String PREFIX = ".parts-";

    /** A file that is being written: it takes its name when it is whole. */
    interface Fresh extends Closeable {
        DataOutputStream out();

        /** Gives the file its name; without this, closing throws it away. */
        void complete() throws IOException;
    }

    /**
     * A folder of parts that is there for one run.
     *
     * @param owned what marks it as this process's, where that can be done: where its files are this machine's
     */
    record OfOneRun(PartFiles files, OwnedFolder owned) implements Closeable {
        @Override
        public void close() {
            if (owned == null) {
                files.remove();
            } else {
                owned.close();
            }
        }
    }

    /**
     * Makes a folder for the parts of one run, and removes what runs left there whose process died; on a file system of
     * another kind than this machine's folders, which knows no locks, that stays.
     *
     * @param shared the folder in which it is made
     */
    static OfOneRun within(String shared) throws IOException {
        String slash = shared.endsWith("/") ? "" : "/";
        java.nio.file.Path local = local(shared);
        if (local != null) {
            OwnedFolder owned = OwnedFolder.make(local, PREFIX);
            return new OfOneRun(new PartFiles(shared + slash + owned.path().getFileName()), owned);
        }
        PartFiles files = new PartFiles(shared + slash + PREFIX + UUID.randomUUID());
        files.files().mkdirs(new Path(files.place));
        return new OfOneRun(files, null);
    }

    /** {@return the folder as one of this machine; null where it is none} */
    private static java.nio.file.Path local(String place) {
        if (!byHadoop(place)) {
            return java.nio.file.Path.of(place);
        }
        URI address = URI.create(place);
        return "file".equalsIgnoreCase(address.getScheme()) ? java.nio.file.Path.of(address.getPath()) : null;
    }

    static boolean byHadoop(String place) {
        return place.matches("[A-Za-z][A-Za-z0-9+.-]+:.*");
    }

    DataInputStream open(String name) throws IOException {
        InputStream in = byHadoop(place)
                ? files().open(new Path(place, name))
                : Files.newInputStream(java.nio.file.Path.of(place, name));
        return new DataInputStream(new BufferedInputStream(in, BUFFER));
    }

    Fresh create(String name) throws IOException {
        String hidden = "." + name + "-" + UUID.randomUUID();
        OutputStream raw = byHadoop(place)
                ? files().create(new Path(place, hidden))
                : Files.newOutputStream(java.nio.file.Path.of(place, hidden));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(raw, BUFFER));
        return new Fresh() {
            private boolean done;

            @Override
            public DataOutputStream out() {
                return out;
            }

            @Override
            public void complete() throws IOException {
                out.close();
                rename(hidden, name);
                done = true;
            }

            @Override
            public void close() throws IOException {
                if (!done) {
                    out.close();
                    delete(hidden);
                }
            }
        };
    }

    private void rename(String from, String to) throws IOException {
        if (byHadoop(place)) {
            Path target = new Path(place, to);
            files().delete(target, false); // a rename of Hadoop's replaces nothing
            if (!files().rename(new Path(place, from), target) && !files().exists(target)) {
                throw new IOException("cannot give " + to + " its name");
            }
        } else {
            Files.move(
                    java.nio.file.Path.of(place, from),
                    java.nio.file.Path.of(place, to),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    void delete(String name) throws IOException {
        if (byHadoop(place)) {
            files().delete(new Path(place, name), false);
        } else {
            Files.deleteIfExists(java.nio.file.Path.of(place, name));
        }
    }

    /** Removes the folder as far as that can be done: what stays behind is in nobody's way. */
    void remove() {
        try {
            if (byHadoop(place)) {
                files().delete(new Path(place), true);
                return;
            }
            try (Stream<java.nio.file.Path> all = Files.walk(java.nio.file.Path.of(place))) {
                all.sorted(Comparator.reverseOrder())
                        .forEach(each -> each.toFile().delete());
            }
        } catch (IOException | UncheckedIOException e) {
            // parts that stay behind are in nobody's way
        }
    }

    private FileSystem files() throws IOException {
        FileSystem files = FileSystem.get(URI.create(place), new Configuration());
        files.setWriteChecksum(false); // what is written here is read once, soon
        return files;
    }

    static void frame(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static byte[] frame(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }
}
