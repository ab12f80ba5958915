"""Writes the figures that kawi.eval must equal: tests/src/test/resources/kawi/eval/*.json.

Needs sacrebleu 2.6.0, scikit-learn 1.9.1, scipy 1.17.1 and statsmodels 0.15.0 in an environment of its own, and a file of plain English
text in the public domain (tinyshakespeare): python scores.py input.txt ../src/test/resources/kawi/eval
"""
import json
import pathlib
import random
import re
import string
import sys
from collections import Counter

import numpy
from sacrebleu.metrics import BLEU, CHRF
from scipy import stats
from sklearn import metrics
from statsmodels.stats.multitest import multipletests

WRITTEN = """The file %(name)s could not be opened; it's 3.5 MB, not 4-5 MB!
Élan vital: «le cœur a ses raisons», dit-il – à 18h30, n'est-ce pas ?
Größere Änderungen (z. B. „Übermaß“) kosten 1.234,56 € pro Jahr.
¿Dónde está la biblioteca? ¡Aquí, en la página 42!
Москва слезам не верит, а 东京 3,000 人 says hello.
emoji 😀👍🏽 and family 👨‍👩‍👧 break naive code; so does 𝒳.
a&amp;b &lt;tag&gt; &quot;quoted&quot; {0} {{x}} [y] ~tilde~ `tick` ^hat^ a/b c\\d e=f+g
e-mail: someone@example.org, see http://example.org/a?b=c&d=e#f.
No break\u00a0space, thin\u2009space, ideographic\u3000space and a tab\there.
U.S. troops, 1,000,000 strong, marched on 4-7-1863... then -- silence.
Cafe\u0301 and Café look alike; İstanbul'da ıssız; ΣΊΣΥΦΟΣ.
The an a; A THE AN. The theatre, an android, a b-side.
x
.
<skipped> words are gone- \x1c but separators stay""".split("\n")


def sentences(text, rng):
    lines = [line.strip() for line in text.splitlines() if len(line.split()) > 2]
    return [rng.choice(WRITTEN) if rng.random() < 0.3 else " ".join(rng.sample(lines, rng.randint(1, 2))) for _ in range(160)]


def spoil(sentence, rng):
    words = sentence.split(" ")
    for _ in range(rng.randint(0, max(1, len(words) // 3))):
        i = rng.randrange(len(words)) if words else 0
        kind = rng.random()
        if not words:
            break
        if kind < 0.3:
            words.pop(i)
        elif kind < 0.5:
            words.insert(i, words[rng.randrange(len(words))])
        elif kind < 0.65:
            j = rng.randrange(len(words))
            words[i], words[j] = words[j], words[i]
        elif kind < 0.8:
            words[i] = words[i].upper()
        elif kind < 0.9:
            words[i] += rng.choice(",.;!?-")
        else:
            words[i] = words[i][::-1]
    return " ".join(words)


def translations(source, rng):
    golds = sentences(source, rng)
    hypotheses = [spoil(g, rng) for g in golds]
    hypotheses[3] = ""
    hypotheses[11] = "   "
    hypotheses[17] = "x"
    hypotheses[23] = hypotheses[23] + " \n"
    second = [spoil(g, rng) for g in golds]
    cases = []
    for name, count in (("whole", 160), ("one", 1), ("few", 4), ("short", 2)):
        start = 0 if name == "whole" else 40
        hyps, refs = hypotheses[start:start + count], [[g, s] for g, s in zip(golds, second)][start:start + count]
        if name == "short":
            hyps, refs = ["yes", "no way"], [["yes", "yes indeed"], ["no way", "not at all"]]
        for n in (1, 2):
            streams = [[r[k] for r in refs] for k in range(n)]
            case = {"name": f"{name}, {n} references", "hypotheses": hyps, "references": [r[:n] for r in refs]}
            bleu, chrf, plus = BLEU(), CHRF(), CHRF(word_order=2)
            b = bleu.corpus_score(hyps, streams)
            case |= {"bleu": b.score, "precisions": b.precisions, "bp": b.bp, "bleuSignature": bleu.get_signature().format(),
                     "chrf": chrf.corpus_score(hyps, streams).score, "chrfSignature": chrf.get_signature().format(),
                     "chrfPlus": plus.corpus_score(hyps, streams).score, "chrfPlusSignature": plus.get_signature().format()}
            sentence = BLEU(effective_order=True)
            case["sentenceBleu"] = [sentence.sentence_score(h, r[:n]).score for h, r in zip(hyps, refs)]
            case["sentenceChrf"] = [chrf.sentence_score(h, r[:n]).score for h, r in zip(hyps, refs)]
            cases.append(case)
    cases.append(nothing())
    tokenized = [{"text": t, "tokens": BLEU().tokenizer(t.rstrip()).split()} for t in WRITTEN + golds[:40] + hypotheses[:40]]
    return {"cases": cases, "tokenized": tokenized}


def nothing():
    """A corpus of empty hypotheses."""
    hyps, refs = ["", ""], [["something", "else"]]
    return {"name": "nothing", "hypotheses": hyps, "references": [["something"], ["else"]], "bleu": BLEU().corpus_score(hyps, refs).score,
            "precisions": [0.0] * 4, "bp": BLEU().corpus_score(hyps, refs).bp, "bleuSignature": "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
            "chrf": CHRF().corpus_score(hyps, refs).score, "chrfSignature": "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0",
            "chrfPlus": CHRF(word_order=2).corpus_score(hyps, refs).score,
            "chrfPlusSignature": "nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0", "sentenceBleu": [0.0, 0.0], "sentenceChrf": [0.0, 0.0]}


def normalize(text):
    """The published definition of SQuAD v1.1: lower case, no punctuation, no articles, single spaces."""
    kept = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", kept).split())


def squad(source, rng):
    cases = []
    golds = sentences(source, rng)[:80] + WRITTEN + ["the", "", "1863", "The cat, a dog", "an apple"]
    for gold in golds:
        alternatives = [gold] + [spoil(gold, rng) for _ in range(rng.randint(0, 2))]
        answer = rng.choice([gold.upper(), spoil(gold, rng), "the " + gold, "", "a", spoil(spoil(gold, rng), rng)])
        exact, best = 0.0, 0.0
        for alternative in alternatives:
            said, expected = normalize(answer).split(), normalize(alternative).split()
            same = sum((Counter(said) & Counter(expected)).values())
            exact = max(exact, float(normalize(answer) == normalize(alternative)))
            best = max(best, 2 * (same / len(said)) * (same / len(expected)) / (same / len(said) + same / len(expected)) if same else 0.0)
        cases.append({"answer": answer, "golds": alternatives, "normalized": normalize(answer), "exact": exact, "f1": best})
    return cases


def classification(rng):
    cases = []
    for labels, n in ((["negative", "positive"], 200), (["a", "b", "c", "d"], 90), (["x", "y"], 3), (["ham", "spam"], 40)):
        gold = [rng.choice(labels) for _ in range(n)]
        guess = [g if rng.random() < 0.7 else rng.choice(labels + (["other"] if n == 90 else [])) for g in gold]
        if labels[0] == "ham":
            guess = ["ham"] * n
        names = sorted(set(gold) | set(guess))
        p, r, f, s = metrics.precision_recall_fscore_support(gold, guess, labels=names, zero_division=0)
        cases.append({"gold": gold, "predicted": guess, "labels": names, "accuracy": metrics.accuracy_score(gold, guess),
                      "macroF1": metrics.f1_score(gold, guess, average="macro", zero_division=0), "precision": list(p), "recall": list(r),
                      "f1": list(f), "support": [int(x) for x in s], "confusion": metrics.confusion_matrix(gold, guess, labels=names).tolist()})
    return cases


def intervals(rng):
    wilson = []
    for k, n in ((0, 10), (10, 10), (1, 3), (430, 500), (499, 500), (37, 120)):
        ci = stats.binomtest(k, n).proportion_ci(method="wilson")
        wilson.append({"successes": k, "trials": n, "low": ci.low, "high": ci.high})
    mcnemar = []
    for gained, lost in ((10, 2), (5, 5), (0, 6), (40, 25), (1, 0)):
        mcnemar.append({"gained": gained, "lost": lost, "p": stats.binomtest(gained, gained + lost, 0.5).pvalue})
    values = [rng.gauss(3, 2) for _ in range(200)]
    boot = stats.bootstrap((numpy.array(values),), numpy.mean, n_resamples=100000, method="percentile", rng=7).confidence_interval
    confidence = [round(rng.uniform(0.5, 1), 6) for _ in range(300)]
    right = [rng.random() < c - 0.1 for c in confidence]
    edges = numpy.linspace(0, 1, 11)
    at = numpy.digitize(confidence, edges, right=True) - 1
    ece = sum(abs(sum(c for c, b in zip(confidence, at) if b == k) - sum(r for r, b in zip(right, at) if b == k)) for k in range(10)) / 300
    return {"wilson": wilson, "mcnemar": mcnemar, "values": values, "bootstrapLow": boot.low, "bootstrapHigh": boot.high,
            "confidence": confidence, "right": right, "calibrationError": ece, "brier": metrics.brier_score_loss(right, confidence)}


def statistics(rng):
    """Figures of kawi.stats: many more samples than it draws itself, so that they are those that its own approach."""
    def tail(n):
        return stats.norm.cdf(-numpy.sqrt(n / (n - 1)) * stats.t.isf(0.025, n - 1))

    def p(differences, n):
        z = stats.norm.isf(min((differences <= 0).mean(), (differences >= 0).mean()))
        return 2 * stats.t.sf(numpy.sqrt((n - 1) / n) * z, n - 1)

    def ends(scores, n):
        low, high = numpy.quantile(scores, [tail(n), 1 - tail(n)])
        return {"low": low, "high": high}

    draw = numpy.random.default_rng(7)
    students = []
    for n in (2, 3, 7):
        values = [rng.gauss(3.9, 0.05) for _ in range(n)]
        low, high = stats.t.interval(0.95, n - 1, numpy.mean(values), stats.sem(values))
        students.append({"values": values, "low": low, "high": high, "deviation": numpy.std(values, ddof=1), "error": stats.sem(values)})
    holm = [{"p": q, "corrected": list(multipletests(q, method="holm")[1])} for q in ([0.01, 0.04, 0.03, 0.005], [0.9, 0.8], [0.02], [0.01, 0.011, 0.5, 0.012])]
    binomial = [{"successes": k, "trials": n, "share": s, "p": stats.binomtest(k, n, s).pvalue} for k, n, s in ((8, 10, 0.5), (3, 30, 0.25), (50, 100, 0.5), (0, 9, 0.5))]
    few = numpy.array([rng.expovariate(1) for _ in range(12)])
    parts, wholes = [], []
    for _ in range(9):
        wholes.append(rng.randint(20, 90))
        parts.append(sum(rng.random() < 0.3 for _ in range(wholes[-1])))
    r = sum(parts) / sum(wholes)
    error = numpy.sqrt(9) * numpy.std(numpy.array(parts) - r * numpy.array(wholes), ddof=1) / sum(wholes)
    ratio = {"parts": parts, "wholes": wholes, "value": r, "low": r - stats.t.isf(0.025, 8) * error, "high": r + stats.t.isf(0.025, 8) * error}
    before = numpy.array([rng.random() for _ in range(15)])
    after = before + numpy.array([rng.gauss(0.08, 0.15) for _ in range(15)])
    at = draw.integers(0, 15, (400_000, 15))
    differences = after[at].mean(axis=1) - before[at].mean(axis=1)
    paired = {"before": list(before), "after": list(after), "p": p(differences, 15), **ends(differences, 15)}
    second = numpy.array([rng.gauss(0.75, 0.3) for _ in range(25)])
    apart = second[draw.integers(0, 25, (400_000, 25))].mean(axis=1) - before[draw.integers(0, 15, (400_000, 15))].mean(axis=1)
    groups = {"first": list(before), "second": list(second), "p": p(apart, 15), **ends(apart, 15)}
    clusters = [[rng.gauss(0, 1) + shared for _ in range(rng.randint(1, 5))] for shared in (rng.gauss(0, 1) for _ in range(10))]
    sums, sizes = numpy.array([sum(c) for c in clusters]), numpy.array([len(c) for c in clusters])
    at = draw.integers(0, 10, (400_000, 10))
    clustered = {"clusters": clusters, **ends(sums[at].sum(axis=1) / sizes[at].sum(axis=1), 10)}
    scores = few[draw.integers(0, 12, (400_000, 12))].mean(axis=1)
    return {"studentT": students, "holm": holm, "binomial": binomial, "few": {"values": list(few), **ends(scores, 12)}, "ratio": ratio,
            "paired": paired, "groups": groups, "clustered": clustered}


if __name__ == "__main__":
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    out = pathlib.Path(sys.argv[2])
    for name, make in (("translations", translations), ("squad", squad)):
        (out / f"{name}.json").write_text(json.dumps(make(text, random.Random(5)), ensure_ascii=False, indent=0), encoding="utf-8")
    for name, make in (("classification", classification), ("intervals", intervals), ("statistics", statistics)):
        (out / f"{name}.json").write_text(json.dumps(make(random.Random(5)), indent=0), encoding="utf-8")
