package kawi.cluster;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.DeployMessages;
import org.apache.spark.deploy.master.WorkerInfo;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;
import scala.reflect.ClassTag$;

/**
 * The door of a master that runs already: knocked at with the secret before anything is started, so that who cannot
 * come in learns why at once and not after a minute of retries.
 *
 * @param address {@code spark://host:port}
 * @param here the address of this machine under which the cluster's machines reach it
 * @param secret that lets in
 * @param workers that have joined
 */
record Door(String address, String here, String secret, List<Worker> workers) {
    /** A worker that has joined, as the master knows it. */
    record Worker(String host, String page, int coresFree, int megabytesFree) {}

    private static final int LEAST_SECRET = 16;

    /** Knocks; {@return what is behind the door} */
    static Door knock(ClusterSettings asked) {
        return knock(asked.master(), asked.driverAddress(), secret(asked.secret()));
    }

    static Door knock(String address, String here, String secret) {
        int colon = address.lastIndexOf(':');
        String host = address.substring("spark://".length(), colon);
        int port = Integer.parseInt(address.substring(colon + 1));
        listens(address, host, port);
        String own = here == null ? towards(address, host, port) : known(here);
        SparkConf settings = SparkSettings.caller(secret, own)
                .set("spark.rpc.lookupTimeout", "20s")
                .set("spark.rpc.askTimeout", "20s");
        return Cluster.withKitClasses(() -> {
            RpcEnv knocking = RpcEnv.create(
                    "kawi-door",
                    own,
                    0,
                    settings,
                    new SecurityManager(settings, Option.empty(), SecurityManager.$lessinit$greater$default$3()),
                    true);
            try {
                DeployMessages.MasterStateResponse state = knocking.setupEndpointRef(
                                new RpcAddress(host, port), "Master")
                        .askSync(
                                DeployMessages.RequestMasterState$.MODULE$,
                                ClassTag$.MODULE$.apply(DeployMessages.MasterStateResponse.class));
                List<Worker> workers = new ArrayList<>();
                for (WorkerInfo each : state.workers()) {
                    if (each.isAlive()) {
                        workers.add(new Worker(each.host(), each.webUiAddress(), each.coresFree(), each.memoryFree()));
                    }
                }
                return new Door(address, own, secret, workers);
            } catch (Exception e) {
                throw new KitException(
                        "The master at " + address + " lets nobody in with this secret, or speaks another version of "
                                + "Spark than " + org.apache.spark.package$.MODULE$.SPARK_VERSION()
                                + ": give every machine the same secret file and the same Spark (" + last(e) + ").",
                        e);
            } finally {
                knocking.shutdown();
                knocking.awaitTermination();
            }
        });
    }

    private static String last(Throwable e) {
        while (e.getCause() != null) {
            e = e.getCause();
        }
        String text = String.valueOf(e.getMessage());
        return text.lines().findFirst().orElse("").strip();
    }

    private static void listens(String address, String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), 5000);
        } catch (UnknownHostException e) {
            throw new KitException("No machine is known by the name " + host + ": look at " + address + " again.", e);
        } catch (IOException e) {
            throw new KitException(
                    "Nobody answers at " + address + " (" + e.getMessage()
                            + "): is the master running there, and does the network let this machine in?",
                    e);
        }
    }

    private static String towards(String address, String host, int port) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port)); // sends nothing
            return socket.getLocalAddress().getHostAddress();
        } catch (IOException | RuntimeException e) {
            throw new KitException(
                    "From which of its addresses this machine reaches " + address
                            + " cannot be seen: give it by driverAddress.",
                    e);
        }
    }

    private static String known(String here) {
        try {
            if (NetworkInterface.getByInetAddress(InetAddress.getByName(here)) == null) {
                throw new KitException("This machine has no address " + here
                        + " to listen on: give one of its own by driverAddress, or leave it out.");
            }
            return here;
        } catch (IOException e) {
            throw new KitException("The driver's address " + here + " is unknown on this machine.", e);
        }
    }

    /** Reads the file with the secret; null is the one that the environment names. */
    static String secret(Path asked) {
        String named = System.getenv("KAWI_CLUSTER_SECRET");
        if (asked == null && named == null) {
            throw new KitException("A cluster elsewhere lets nobody in without its secret: name the file by "
                    + "ClusterSettings.secret or by the variable KAWI_CLUSTER_SECRET.");
        }
        Path file = asked == null ? Path.of(named) : asked;
        try {
            String secret = Files.readString(file).strip();
            if (secret.length() < LEAST_SECRET) {
                throw new KitException("The secret in " + file.getFileName() + " has " + secret.length()
                        + " characters: let it have at least " + LEAST_SECRET + ", drawn at random.");
            }
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                throw new KitException("Everybody on this machine may read the secret in " + file.getFileName()
                        + ": take that away (chmod 600) and draw a new one.");
            }
            return secret;
        } catch (UnsupportedOperationException e) {
            throw new KitException("The permissions of " + file.getFileName() + " cannot be read on this system.", e);
        } catch (IOException e) {
            throw KitException.of(e, "reading a cluster's secret", file);
        }
    }
}
