"""Puts the outcome of check.py on a GPU into the README: `outcome.py OUTCOME.json`. Called by environment/gpu --publish."""
import json
import pathlib
import re
import sys

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
MARKS = "<!-- gpu: begin, written by environment/gpu --publish from the outcome of check.py -->", "<!-- gpu: end -->"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def lines(outcome):
    """The README's lines of an outcome."""
    if not outcome["card"]:
        raise SystemExit("This outcome comes from a processor and says nothing of a GPU: publish one of a run on a GPU.")
    if outcome["quick"]:
        raise SystemExit("This outcome comes from a quick run, which shows that everything runs and measures nothing: run check.py without --quick.")
    done = [each for each in outcome["checks"] if "passed" in each]
    failed = f"; failed: {', '.join(outcome['failed'])}" if outcome["failed"] else ""
    text = [f"{outcome['card']}, PyTorch {outcome['pytorch']}: {sum(each['passed'] for each in done)} of {len(done)} checks passed{failed}.", "",
            "| work | the kit's archives | eager PyTorch | compiled | kit / compiled |", "| --- | ---: | ---: | ---: | ---: |"]
    for row in outcome["measured"]:
        if "kit" in row:
            cells = [f"{number(row[way])} {row['unit']}" if way in row else row.get(f"{way} failed", "") for way in ("kit", "eager", "compiled")]
            text.append(f"| {row['what']} | {' | '.join(cells)} | {number(row['kit / compiled']) if 'kit / compiled' in row else ''} |")
    for row in outcome["measured"]:
        if "reached" in row:
            last = row["last"]
            text += ["", f"{row['what']}: " + (f"loss {last['validation']:.4f} after {last['step']:,} steps and {last['seconds']:.0f} s" if last else "its time ended before its steps")
                     + f", aim {row['aim']}: {'reached' if row['reached'] else 'MISSED'}; {number(row['tokens/s'])} tokens/s."]
    return text


def put(readme, text):
    """A README with these lines between its marks."""
    begin, end = map(re.escape, MARKS)
    new, found = re.subn(f"(?s){begin}.*?{end}", lambda _: "\n".join([MARKS[0], *text, MARKS[1]]), readme)
    if found != 1:
        raise SystemExit("The README has no place for the figures of a GPU: put back the two lines 'gpu: begin' and 'gpu: end'.")
    return new


if __name__ == "__main__":
    README.write_text(put(README.read_text(encoding="utf-8"), lines(json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")))), encoding="utf-8")
