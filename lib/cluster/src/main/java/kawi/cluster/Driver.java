package kawi.cluster;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import kawi.evidence.KitException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import scala.jdk.javaapi.CollectionConverters;

/** This process's side of a cluster: Spark's context, and how work is given to it. */
final class Driver {
    private final JavaSparkContext context;
    private final String heap;
    private final AtomicLong jobs = new AtomicLong();

    Driver(SparkConf settings, String heap) {
        this.heap = heap;
        try {
            context = Cluster.withKitClasses(() -> new JavaSparkContext(settings));
        } catch (Cluster.FailedJob | IllegalStateException | IllegalArgumentException e) {
            throw new KitException("The driver could not join the cluster: " + e.getMessage() + ".", e);
        }
    }

    JavaSparkContext context() {
        return context;
    }

    boolean stopped() {
        return context.sc().isStopped();
    }

    /** {@return executors that are at work now} */
    int executors() {
        return stopped() ? 0 : context.sc().getExecutorMemoryStatus().size() - 1; // the driver is counted as well
    }

    /** {@return them, and this process, by where they listen} */
    Set<String> present() {
        return Set.copyOf(CollectionConverters.asJava(
                context.sc().getExecutorMemoryStatus().keySet()));
    }

    /**
     * Runs an action of Spark's; an interrupt of this thread ends it.
     *
     * @param megabits of its workers' links
     * @param kill which of them is to be killed at work, as {@link AtWork#property} says it; null for none
     */
    <T> T job(String what, OptionalDouble megabits, String kill, Callable<T> action) {
        String group = "kawi-" + jobs.incrementAndGet();
        String rate = megabits.isPresent() ? String.format(Locale.ROOT, "%s", megabits.getAsDouble()) : null;
        return Cluster.withKitClasses(() -> {
            context.setJobGroup(group, what, true);
            context.setLocalProperty(Link.MEGABITS, rate);
            context.setLocalProperty(AtWork.PROPERTY, kill);
            try {
                return action.call();
            } catch (InterruptedException e) {
                context.cancelJobGroup(group);
                throw e;
            } catch (KitException e) {
                throw e;
            } catch (Exception e) {
                KitException lasting = Jobs.lasting(e, heap);
                throw lasting == null ? e : lasting;
            } finally {
                if (!stopped()) {
                    context.clearJobGroup();
                    context.setLocalProperty(Link.MEGABITS, null);
                    context.setLocalProperty(AtWork.PROPERTY, null);
                }
            }
        });
    }

    /** {@return whether an executor computes now} */
    boolean working() {
        for (int stage : context.statusTracker().getActiveStageIds()) {
            var known = context.statusTracker().getStageInfo(stage);
            if (known != null && known.numActiveTasks() > 0) {
                return true;
            }
        }
        return false;
    }

    void close() {
        Cluster.withKitClasses(() -> {
            context.close();
            return null;
        });
    }
}
