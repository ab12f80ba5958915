"""The peer of Personal.java: the patterns of Presidio's analyzer, without a language model.  use: personal.py DATA THREADS full|quick

`personal.py DATA full|quick score` scores what the kit found by the same measure. A find counts where it overlaps a label of its kind, and a label where a find of its
kind overlaps it; exact F1 asks for the same first and last character.
"""
import collections
import json
import pathlib
import sys
import time

ENTITIES = {"EMAIL_ADDRESS": "email", "IBAN_CODE": "iban", "CREDIT_CARD": "card", "IP_ADDRESS": "ip", "PHONE_NUMBER": "phone"}
EACH = 20       # of a quick round: one text in so many


class Score:
    def __init__(self):
        self.labels = self.finds = self.found = self.right = self.exact = 0

    def add(self, labels, finds):
        self.labels, self.finds = self.labels + len(labels), self.finds + len(finds)
        self.found += sum(any(overlap(label, find) for find in finds) for label in labels)
        self.right += sum(any(overlap(label, find) for label in labels) for find in finds)
        self.exact += len(set(labels) & set(finds))

    def precision(self):
        return self.right / self.finds if self.finds else 1.0

    def recall(self):
        return self.found / self.labels if self.labels else 1.0

    def f1(self):
        both = self.precision() + self.recall()
        return 2 * self.precision() * self.recall() / both if both else 0.0


def overlap(one, other):
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def scores(texts, found):
    """Of all together, by kind and by language."""
    whole, kinds, languages = Score(), collections.defaultdict(Score), collections.defaultdict(Score)
    for text, finds in zip(texts, found, strict=True):
        labels = [tuple(each) for each in text["labels"]]
        for kind in ENTITIES.values():
            own = [[each for each in some if each[0] == kind] for some in (labels, finds)]
            for score in (whole, kinds[kind], languages[text["language"]]):
                score.add(*own)
    return whole, kinds, languages


def say(who, texts, found):
    whole, kinds, languages = scores(texts, found)
    print("result texts", len(texts))
    print("result labels", whole.labels)
    print("result f1", whole.f1())
    print("result precision", whole.precision())
    print("result recall", whole.recall())
    print("result exact_f1", 2 * whole.exact / (whole.labels + whole.finds))
    for kind, score in sorted(kinds.items()):
        print(f"result {kind}_f1", score.f1())
    for what, groups in (("kind", kinds), ("language", languages)):
        print(f"note {who} precision and recall by {what}: " + ", ".join(f"{name} {score.precision():.3f} {score.recall():.3f}" for name, score in sorted(groups.items())))


def read(data, quick):
    return [json.loads(line) for line in (data / "personal.jsonl").read_text(encoding="utf-8").splitlines()][::EACH if quick else 1]


def presidio():
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())    # the list in the package; it would ask the network for another
    words = SpacyNlpEngine()
    words.nlp = {"en": spacy.blank("en")}
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    engine = AnalyzerEngine(registry=registry, nlp_engine=words)

    def find(text):
        """Where two kinds overlap the likelier one stays, as when Presidio masks."""
        finds = []
        for each in sorted(engine.analyze(text, language="en", entities=list(ENTITIES)), key=lambda each: (-each.score, each.start)):
            if not any(each.start < other[2] and other[1] < each.end for other in finds):
                finds.append((ENTITIES[each.entity_type], each.start, each.end))
        return finds
    return find


def main(data, quick, score):
    texts = read(data, quick)
    if score:
        found = [[tuple(each) for each in json.loads(line)] for line in (data / "personal-found.jsonl").read_text(encoding="utf-8").splitlines()]
        return say("ours", texts, found)
    find = presidio()
    for text in texts[::EACH]:
        find(text["text"])      # loads what is loaded when it is first needed
    start = time.perf_counter()
    found = [find(text["text"]) for text in texts]
    print("result seconds", time.perf_counter() - start)
    say("the peer's", texts, found)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), "quick" in sys.argv, "score" in sys.argv)
