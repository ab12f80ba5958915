package kawi.cluster;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import kawi.evidence.KitException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.rdd.RDD;
import org.apache.spark.util.Utils;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/** Tasks as Spark takes them, and its failures as sentences. */
final class Jobs {
    private Jobs() {}

    /** Runs a task once for each input: each as there is room, or all at the same moment. */
    static <I extends Serializable, O extends Serializable> List<O> collect(
            JavaRDD<I> inputs, Task<I, O> task, boolean together) {
        if (!together) {
            return inputs.mapPartitions(new Each<>(task)).collect();
        }
        RDD<O> all = inputs.rdd()
                .barrier()
                .mapPartitions(new Together<>(task), false, ClassTag$.MODULE$.apply(Object.class));
        Object results = all.collect();
        List<O> list = new ArrayList<>();
        for (Object one : (Object[]) results) {
            @SuppressWarnings("unchecked")
            O result = (O) one;
            list.add(result);
        }
        return list;
    }

    /**
     * {@return the sentence for a failure that would only happen again: memory or disk that is too small; null for one
     * that may pass, as of a lost worker}
     */
    static KitException lasting(Exception failure, String heap) {
        String text = String.valueOf(failure.getMessage());
        if (text.contains("OutOfMemoryError") || text.contains("exited with code 52") || text.contains("code 52 ")) {
            return new KitException(
                    "A worker's heap of " + heap + " is too small for this work: start the cluster with more, as by "
                            + "Cluster.local(2, \"4g\"), or take a smaller model.",
                    failure);
        }
        if (text.contains("DefaultCPUAllocator") || text.contains("CUDA out of memory")) {
            return new KitException(
                    "A worker has no memory left for the model's numbers: take a smaller model, batch or context, "
                            + "fewer workers for each machine, or machines with more memory.",
                    failure);
        }
        if (text.contains("No space left on device") || text.contains("Disk quota exceeded")) {
            return new KitException(
                    "A worker's disk is full: free some space there, or name a folder on another disk by "
                            + "ClusterSettings.scratch (elsewhere by the worker's --folder).",
                    failure);
        }
        return null;
    }

    private static final class Each<I extends Serializable, O extends Serializable>
            implements FlatMapFunction<Iterator<I>, O> {
        private static final long serialVersionUID = 1;
        private final Task<I, O> task;

        Each(Task<I, O> task) {
            this.task = task;
        }

        @Override
        public Iterator<O> call(Iterator<I> inputs) throws Exception {
            Utils.setLogLevelIfNeeded("WARN"); // a line for each block that comes is a sixth of an exchange's work
            List<O> results = new ArrayList<>();
            while (inputs.hasNext()) {
                results.add(task.run(inputs.next()));
            }
            return results.iterator();
        }
    }

    private static final class Together<I extends Serializable, O extends Serializable>
            extends scala.runtime.AbstractFunction1<scala.collection.Iterator<I>, scala.collection.Iterator<O>>
            implements Serializable {
        private static final long serialVersionUID = 1;
        private final Task<I, O> task;

        Together(Task<I, O> task) {
            this.task = task;
        }

        @Override
        public scala.collection.Iterator<O> apply(scala.collection.Iterator<I> inputs) {
            try {
                return CollectionConverters.asScala(new Each<>(task).call(CollectionConverters.asJava(inputs)));
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
