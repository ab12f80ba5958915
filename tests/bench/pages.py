"""Page text beside its peers on a folder of saved pages that is not in the repository: NAME.html with its marked text in NAME.txt.

    python3 tests/bench/pages.py FOLDER OURS

OURS is a folder of NAME.txt as the kit reads the pages; `PageTextBesideTrafilaturaTest.main(FOLDER, OURS)` writes it. Peers are those of trafilatura,
readability-lxml and justext that this Python has; the rest is named and left out. Prints the means over the pages of word F1, precision and recall
(words counted with repetition, a Chinese sign is a word). A page that a peer cannot read counts as empty and is counted.
"""
import collections
import importlib
import pathlib
import re
import sys

WORD = re.compile(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+")


def trafilatura(module, page):
    return module.extract(page, include_comments=True, include_tables=True)


def readability(module, page):
    html = importlib.import_module("lxml.html")
    charset = re.search(rb"charset=[\"']?([\w-]+)", page[:16384])
    summary = module.Document(page.decode(charset.group(1).decode() if charset else "utf-8", "replace")).summary()
    return "\n".join(html.fromstring(summary).itertext())


def justext(module, page):
    return "\n".join(each.text for each in module.justext(page, module.get_stoplist("English")) if not each.is_boilerplate)


def scores(marked, read):
    wanted, got = (collections.Counter(WORD.findall(text)) for text in (marked, read))
    hits, ours, theirs = (sum(each.values()) for each in (wanted & got, got, wanted))
    return 2 * hits / (ours + theirs) if ours + theirs else 1.0, hits / ours if ours else float(not theirs), hits / theirs if theirs else 1.0


def main(folder, ours):
    pages = sorted(each for each in pathlib.Path(folder).glob("*.html") if each.with_suffix(".txt").exists())
    if not pages:
        sys.exit(f"{folder} has no NAME.html with a NAME.txt beside it: put saved pages and their marked text there.")
    sides = [("kawi", lambda page: (pathlib.Path(ours) / f"{page.stem}.txt").read_text(encoding="utf-8"))]
    for peer in (trafilatura, readability, justext):
        try:
            module = importlib.import_module(peer.__name__)
            sides.append((peer.__name__, lambda page, peer=peer, module=module: peer(module, page.read_bytes())))
        except ImportError as e:
            print(f"{peer.__name__} left out: {e}")
    for name, read in sides:
        all_scores, failed = [], 0
        for page in pages:
            try:
                text = read(page) or ""
            except Exception:  # whatever a peer throws at a page, the page is lost to it
                text, failed = "", failed + 1
            all_scores.append(scores(page.with_suffix(".txt").read_text(encoding="utf-8"), text))
        f1, precision, recall = (sum(each) / len(pages) for each in zip(*all_scores))
        print(f"{name:12} {len(pages)} pages  F1 {f1:.4f}  precision {precision:.4f}  recall {recall:.4f}  failed {failed}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
