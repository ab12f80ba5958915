"""Writes two files in the form of OpenAI's tiktoken, with what tiktoken makes of some hundred texts by them and each split of its own encodings:
tests/src/test/resources/kawi/text/tiktoken. The tokens of wide.tiktoken were learned without any split, so that each split shows in the ids; those of
shuffled.tiktoken are the same with their ranks in any order, so that neighbours are merged which no learning would merge. encodings.json has the special tokens
of OpenAI's encodings.

Needs tiktoken 0.14 and tokenizers 0.23: python tiktoken_files.py ../src/test/resources/kawi/text/tiktoken
"""
import base64
import json
import pathlib
import random
import shutil
import sys

import tiktoken
import tiktoken_ext.openai_public as public
from drawn import drawn, words
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).resolve().parent
PARTS = ["camelCase", "HTTPServer", "aB", "Ab", "AB", "日本Cat", "日Ab", "é", "É", "e\u0301", "E\u0301A", "\u0301", "\u0301a", "ǅ", "ʰ", "ªB", "ẞ", "Σς", "نص", "हिन्दीA", "\n/", "//", "!\n", "!/\r\n/x",
         "\r", "\n", "\r\n", " \n", "\n ", "  ", "   ", "\t", "\u00a0", "\u3000", "\u2028", "\u0085", "'s", "'S", "'ſ", "'Ll", "'RE", "'ve", "''s", "'", "1", "12", "1234567", "½", "٣٤٥٦", "Ⅷ", "_", "--", "...", "(", "<|endoftext|>",
         "<|fim_prefix|>", "<|end|>", "😀", "👨\u200d👩", "\u200b", "\0", "the", " the", " The", " THE", "don't", "WE'LL go"]
TEXTS = [line for name in ("tiktoken_files.py", "drawn.py") for line in (HERE / name).read_text(encoding="utf-8").splitlines()] + [
    "camelCase and HTTPServer, don't WE'LL THE'RE", "a\n\n  b \n /x\n//\r\n", "1234 12345 1,234,567.89", "日本語のテキスト と 漢字Cat", "हिन्दी में e\u0301A É", "  \n  \n\n   \n", "   \n"] * 4
PRINTED = [*range(33, 127), *range(161, 173), *range(174, 256)]
WRITTEN = [chr(b) if b in PRINTED else chr(256 + b - sum(b > x for x in PRINTED)) for b in range(256)]  # bytes as byte-level vocabularies write them


def encodings():
    """OpenAI's encodings without their vocabularies, which lie elsewhere."""
    public.load_tiktoken_bpe = public.data_gym_to_mergeable_bpe_ranks = lambda *files, **hashes: {}
    return {name: make() for name, make in public.ENCODING_CONSTRUCTORS.items()}


def learned(size=900):
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(False, use_regex=False)
    made.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), max_token_length=12, show_progress=False))
    vocabulary = sorted(made.get_vocab(), key=made.get_vocab().get)
    return [bytes(WRITTEN.index(c) for c in token) for token in vocabulary]


def text(rng):
    return drawn(rng) if rng.randrange(3) == 0 else "".join(rng.choice(PARTS) for _ in range(rng.randint(1, 10)))


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rng = random.Random(23)
    known = encodings()
    names = {"r50k_base", "cl100k_base", "o200k_base"}
    (folder / "encodings.json").write_text(json.dumps({name: each["special_tokens"] for name, each in known.items()}, indent=0) + "\n", encoding="utf-8")
    tokens = learned()
    made = {}
    for name in ("wide", "shuffled"):
        if name == "shuffled":
            rng.shuffle(tokens)
        ranks = {token: rank for rank, token in enumerate(tokens)}
        (folder / f"{name}.tiktoken").write_text("".join(f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in ranks.items()), encoding="ascii")
        special = {"<|endoftext|>": len(ranks) + 1, "<|fim_prefix|>": len(ranks) + 2, "<|end|>": len(ranks) + 7}
        for encoding in sorted(names):
            made[f"{name} {encoding}"] = tiktoken.Encoding(name, pat_str=known[encoding]["pat_str"], mergeable_ranks=ranks, special_tokens=special)
    texts = ["", " ", "\n", "a \n", "a \n ", "12345"] + [text(rng) for _ in range(450)]
    differ = 0
    with open(folder / "texts.jsonl", "w", encoding="utf-8") as out:
        for each in texts:
            line = {"text": each, "ids": {}, "meant": {}}
            for name, encoding in made.items():
                line["ids"][name] = words(encoding.encode_ordinary(each))
                meant = words(encoding.encode(each, allowed_special="all"))
                if meant != line["ids"][name]:
                    line["meant"][name] = meant
            differ += len({ids for name, ids in line["ids"].items() if name.startswith("wide")}) > 1
            out.write(json.dumps({key: value for key, value in line.items() if value != {}}, ensure_ascii=False) + "\n")
    print(f"{len(texts)} texts, of which {differ} are cut in more than one way")


main(pathlib.Path(sys.argv[1]))
