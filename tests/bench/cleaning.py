"""The peer of Cleaning.java: datatrove's local executor with the same steps.  use: cleaning.py DATA THREADS full|quick

As in datatrove's own program for FineWeb: filters, then MinHash in four stages, each on as many processes as there are threads; what lies between the stages
is not compressed, since that is faster. Bounds are the kit's where datatrove's filters can be told them. It masks addresses of e-mail and of the Internet
alone, and throws away what it drops; the kit masks bank accounts, cards and telephone numbers too, and writes what it drops.
"""
import time

BEGAN = time.perf_counter()     # importing counts, as starting Java does

import pathlib  # noqa: E402
import shutil  # noqa: E402
import sys  # noqa: E402

from datatrove.executor import LocalPipelineExecutor  # noqa: E402
from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature  # noqa: E402
from datatrove.pipeline.dedup.minhash import MinhashConfig  # noqa: E402
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter  # noqa: E402
from datatrove.pipeline.formatters import PIIFormatter  # noqa: E402
from datatrove.pipeline.readers import JsonlReader  # noqa: E402
from datatrove.pipeline.writers import JsonlWriter  # noqa: E402

NEVER = 1e9     # a bound that no text reaches


def filters():
    """The kit's rules: five words a line and three sentences of C4, FineWeb's paper for lines seen before, no rule for line breaks."""
    return {
        "repetition": GopherRepetitionFilter(),
        "quality": GopherQualityFilter(),
        "C4": C4QualityFilter(remove_citations=False, min_num_sentences=3, min_words_per_line=5, max_word_length=-1),
        "FineWeb": FineWebQualityFilter(stop_chars=(".", "!", "?", "'", '"'), short_line_length=29, char_duplicates_ratio=0.1, new_line_ratio=NEVER),
    }


def main(data, threads, quick):
    made, source = data / "cleaned-by-datatrove", data / "cleaning"
    shutil.rmtree(made, ignore_errors=True)
    config = MinhashConfig()

    def run(name, tasks, *steps):
        return LocalPipelineExecutor(pipeline=list(steps), tasks=tasks, workers=min(tasks, threads), logging_dir=str(made / "logs" / name), start_method="fork").run().stats

    def folder(name):
        return str(made / name)

    def filtered():
        return JsonlReader(folder("filtered"))

    names = filters()
    kept = run("filters", threads, JsonlReader(str(source), limit=100 // threads if quick else -1), *names.values(), JsonlWriter(folder("filtered"), compression=None))
    run("signatures", threads, filtered(), MinhashDedupSignature(folder("signatures"), config=config))
    run("buckets", config.num_buckets, MinhashDedupBuckets(folder("signatures"), folder("buckets"), config=config))
    run("clusters", 1, MinhashDedupCluster(folder("buckets"), folder("removed"), config=config))
    last = run("last", threads, filtered(), MinhashDedupFilter(folder("removed")), PIIFormatter(), JsonlWriter(folder("kept")))
    print("result seconds", time.perf_counter() - BEGAN)
    dropped = {name: int(each["dropped"].total) for name, each in zip((*names, "near duplicates"), (*kept[1:1 + len(names)], last[1]))}
    documents = int(kept[1]["total"].total)
    print("result documents", documents)
    print("result kept", documents - sum(dropped.values()))
    print("note the peer's dropped by " + ", ".join(f"{name} {count}" for name, count in dropped.items()))
    print("note the peer's memory is that of its largest process")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "quick")
