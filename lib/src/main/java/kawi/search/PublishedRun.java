package kawi.search;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A run that somebody published, beside what {@link ScalePlan} would have said of it beforehand. The figures stand in
 * {@code kawi/search/published-runs.json} with their sources.
 *
 * @param name project and model
 * @param source address
 * @param says the figures as the source gives them
 * @param parameters numbers of the model
 * @param layers transformer layers
 * @param context tokens of a window
 * @param width size of a token's vector
 * @param tokens of the whole training; 0 where the time is not compared
 * @param tokensPerStep of all workers together
 * @param devices GPUs
 * @param peakFlops of a GPU, 16-bit products, by its data sheet
 * @param workers that exchange over the link; each has its share of the GPUs
 * @param averageEvery steps from one exchange to the next
 * @param bytesPerNumber of what is exchanged
 * @param megabitsPerSecond of the link
 * @param hours that the run took; 0 where the source does not say
 * @param computingShare share of the time in which workers compute; 0 where the source does not say
 */
public record PublishedRun(
        String name,
        String source,
        String says,
        double parameters,
        int layers,
        int context,
        int width,
        double tokens,
        double tokensPerStep,
        int devices,
        double peakFlops,
        int workers,
        int averageEvery,
        int bytesPerNumber,
        double megabitsPerSecond,
        double hours,
        double computingShare) {

    /** Share of a GPU's peak that a plan counts on, the same for all runs: what is known before a run is measured. */
    public static final double USED = 0.4;

    /** {@return all published runs that are known here} */
    public static List<PublishedRun> all() {
        try (InputStream in = PublishedRun.class.getResourceAsStream("published-runs.json")) {
            return List.of(new ObjectMapper()
                    .configure(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, false)
                    .readValue(in, PublishedRun[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the plan of this run, from what was known before it} */
    public ScalePlan plan() {
        double flops = USED * peakFlops * devices / workers;
        ScalePlan.Machine machine = new ScalePlan.Machine(devices / workers + " GPUs", flops, 0, 80);
        ScalePlan.Link link = new ScalePlan.Link("its link", megabitsPerSecond * 1e6, 0);
        ScalePlan.Work work = ScalePlan.Work.gpt(name, parameters, layers, width, context, tokensPerStep, tokens);
        return ScalePlan.of(machine, link, work, workers).every(averageEvery).sending(bytesPerNumber);
    }

    /** {@return what the two numbers are, with their unit} */
    public String compares() {
        return hours > 0 ? "hours" : "share of the time computing";
    }

    /** {@return what the plan says} */
    public double planned() {
        return hours > 0 ? plan().seconds() / 3600 : plan().efficiency();
    }

    /** {@return what was published} */
    public double published() {
        return hours > 0 ? hours : computingShare;
    }

    /** {@return by which factor the plan is off, 1 or more, whichever of the two is larger} */
    public double factor() {
        return Math.max(planned() / published(), published() / planned());
    }
}
