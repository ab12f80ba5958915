"""Puts a run's outputs into the committed notebooks and writes the README's results from the run's manifests, and from nothing else.

Prose is the committed notebooks', also where it was written after the run; code must be what ran, or nothing is published.
"""
import json
import pathlib
import shutil
import sys

import executed

HOME = pathlib.Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- results: begin", "<!-- results: end -->"
PICTURE = HOME / "notebooks/pictures/loss.png"

# Artifact, score in its manifest, what a reader calls it.
ROWS = [
    ("collected", "megabytes", "text collected, MB"),
    ("clean", "megabytes", "text after cleaning, MB"),
    ("tokens", "tokens, train", "tokens to train on"),
    ("model", "parameters", "own model: parameters"),
    ("model", "validation loss, nats per token", "own model: validation loss, nats per token"),
    ("model", "bits per byte", "own model: bits per byte"),
    ("model", "tokens per second", "own model: tokens per second while training"),
    ("sentiment", "accuracy before", "SmolLM2, sentiment before tuning: accuracy"),
    ("sentiment", "accuracy after", "SmolLM2, sentiment after LoRA: accuracy"),
    ("answers", "F1 before", "SmolLM2, questions before tuning: F1"),
    ("answers", "F1 after", "SmolLM2, questions after LoRA: F1"),
    ("translator", "chrF before", "SmolLM2, translation before tuning: chrF"),
    ("translator", "chrF baseline", "IBM Model 1, translation: chrF"),
    ("translator", "chrF alone", "SmolLM2, translation after LoRA, the message alone: chrF"),
    ("translator", "chrF after", "SmolLM2, translation after LoRA, with draft and memory: chrF"),
    ("translator", "chrF of the consensus", "consensus of the tuned translator's three prompts and IBM Model 1: chrF"),
    ("assistant", "chrF before", "SmolLM2, Java assistant before tuning: chrF"),
    ("assistant", "chrF after", "SmolLM2, Java assistant after LoRA: chrF"),
    ("assistant", "general questions, tuned freely", "Java assistant, tuned freely: general questions still right"),
    ("assistant", "general questions, tuned and held", "Java assistant, held to its base: general questions still right"),
]


def number(value):
    """Three digits, those at the end kept though they are noughts: beside an interval, 4 and 4.00 do not say the same."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:#.3g}" if abs(value) < 10 else f"{value:.1f}"


def merged(name, ours, theirs, run):
    """The committed notebook with what each of its code cells gave in the run."""
    mine, other = dict(executed.code_cells(ours)), dict(executed.code_cells(theirs))
    changed = [number for number in mine if number not in other or executed.code(mine[number]) != executed.code(other[number])]
    if changed or len(mine) != len(other):
        which = executed.cells(changed) if changed else f"Code cell {len(mine) + 1}"
        sys.exit(f"{which} of notebook {name} differ{'' if len(changed) > 1 else 's'} from what run '{run}' ran: run environment/run --run {run} --only {name[:2]} first.")
    for number, cell in mine.items():
        cell.update({part: other[number][part] for part in ("outputs", "execution_count", "metadata")})
    ours["metadata"] = theirs["metadata"]
    return ours


def main(run):
    folder = HOME / "runs" / run
    committed = sorted((HOME / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    # The notebook that needs Spark stays as it is where a run passed it over.
    committed = [book for book in committed if not book.name.startswith("08") or (folder / "notebooks" / book.name).exists()]
    ran = [folder / "notebooks" / book.name for book in committed]
    missing = [book.stem for book in ran if not book.exists()]
    if missing or not committed:
        sys.exit(f"Run '{run}' has not executed {', '.join(missing) or 'any notebook'}: run environment/run --run {run} first.")
    published = {}
    for book in ran:
        theirs = json.loads(book.read_text(encoding="utf-8"))
        for cell in theirs["cells"]:
            if cell["cell_type"] == "code" and (cell["execution_count"] is None or any(o["output_type"] == "error" for o in cell["outputs"])):
                sys.exit(f"Notebook {book.stem} of run '{run}' did not run to its end: run environment/run --run {run} --from {book.stem[:2]} first.")
        for doubt in executed.doubts(theirs):
            sys.exit(f"Notebook {book.stem} of run '{run}': {doubt} Run environment/run --run {run} --from {book.stem[:2]} first.")
        published[book.name] = merged(book.stem, json.loads((HOME / "notebooks" / book.name).read_text(encoding="utf-8")), theirs, run)
    manifests = {}
    for file in folder.glob("*/*/manifest.json"):
        manifest = json.loads(file.read_text(encoding="utf-8"))
        manifests[manifest["name"]] = (file.parent, manifest)

    place, model = manifests["model"]
    figure = model["figures"][0]
    PICTURE.parent.mkdir(exist_ok=True)
    shutil.copyfile(place / figure["file"], PICTURE)
    machine = model["environment"]
    gpu = "without a GPU" if " on cpu," in machine["torch"] else "with a GPU"
    lines = [f"{BEGIN}, written by environment/publish from the manifests of run '{run}' -->",
             f"The last {model['budget']} run, on {machine['cores']} cores ({machine['processor']}), {gpu}; the report of a run shows every score, chart and hash.", "",
             f"![{figure['alt']}]({PICTURE.relative_to(HOME)})", "", "| | value | 95 % interval |", "| --- | ---: | ---: |"]
    for artifact, score, words in ROWS:
        metric = manifests[artifact][1]["metrics"][score]
        interval = f"{number(metric['low'])} to {number(metric['high'])}" if "low" in metric else ""
        lines.append(f"| {words} | {number(metric['value'])} | {interval} |")
    readme = HOME / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    readme.write_text(before + "\n".join(lines) + "\n" + END + after, encoding="utf-8")
    for name, book in published.items():
        (HOME / "notebooks" / name).write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(published)} notebooks and the README's results now come from run '{run}'.")


if __name__ == "__main__":
    main(sys.argv[1])
