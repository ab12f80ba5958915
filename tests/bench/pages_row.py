"""The peer of Pages.java: trafilatura on the same pages, with tables and comments as it does by itself.  use: pages_row.py DATA THREADS full|quick

`pages_row.py FOLDER score` scores texts that lie in a folder, and so the kit's, by the same measure.
"""
import pathlib
import sys
import time

from pages import scores

HOME = pathlib.Path(__file__).resolve().parents[1] / "src/test/resources/pages"


def mean(texts):
    found = [scores((HOME / f"{name}.txt").read_text(encoding="utf-8"), text) for name, text in texts.items()]
    for name, each in zip(("f1", "precision", "recall"), zip(*found)):
        print("result", name, sum(each) / len(found))


if sys.argv[2] == "score":
    mean({each.stem: each.read_text(encoding="utf-8") for each in pathlib.Path(sys.argv[1]).glob("*.txt")})
    sys.exit()

import trafilatura  # noqa: E402

pages = {each.stem: each.read_bytes() for each in sorted(HOME.glob("*.html"))}
passes = 1 if sys.argv[3] == "quick" else 5
for timed in (False, True):
    start = time.perf_counter()
    for _ in range(passes):
        read = {name: trafilatura.extract(page, include_comments=True, include_tables=True) or "" for name, page in pages.items()}
    seconds = (time.perf_counter() - start) / passes
print("result seconds", seconds)
print("result pages", len(pages))
mean(read)
