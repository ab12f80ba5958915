package kawi.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import kawi.torch.Torch;

/** Trials of this process: each model stays open until it is dropped, and goes on from where it is. */
record TrialsHere(Torch torch) implements Trials {
    @Override
    public String where() {
        return "this process";
    }

    @Override
    public Session begin(TokenFile train, TokenFile validation) {
        Map<String, OpenTrial> open = new LinkedHashMap<>();
        return new Session() {
            @Override
            public List<Outcome> run(List<Asked> asked, BiConsumer<Asked, Outcome> done) {
                List<Outcome> outcomes = new ArrayList<>();
                for (Asked each : asked) {
                    OpenTrial trial = open.computeIfAbsent(
                            each.name(),
                            name -> new OpenTrial(
                                    LanguageModel.create(torch, each.recipe().config(), each.seed()),
                                    each.recipe().optimizer(),
                                    each.recipe().schedule(),
                                    new OpenTrial.Feed(
                                            train, each.recipe().batch(), each.passes(), each.context(), each.seed())));
                    trial.train(each.until(), () -> Thread.currentThread().isInterrupted());
                    if (Thread.currentThread().isInterrupted()) {
                        return outcomes;
                    }
                    Outcome outcome = trial.score(validation, each.windows(), each.atOnce());
                    outcomes.add(outcome);
                    done.accept(each, outcome);
                }
                return outcomes;
            }

            @Override
            public void drop(List<Asked> asked) {
                asked.forEach(each -> {
                    OpenTrial trial = open.remove(each.name());
                    if (trial != null) {
                        trial.close();
                    }
                });
            }

            @Override
            public void close() {
                open.values().forEach(OpenTrial::close);
                open.clear();
            }
        };
    }
}
