"""Writes a tokenizer.json of each kind that kawi.text reads beside its own, made by Hugging Face's library: tests/src/test/resources/kawi/text/foreign.
A test compares the ids of drawn texts with those of that library, which runs in Java there. For tests that run without it the folder drawn holds the ids
of some hundred texts by each of these files (texts.jsonl), and what each step makes of a text by itself (steps.json).

Needs tokenizers 0.23: python foreign_tokenizers.py ../src/test/resources/kawi/text/foreign [--drawn]
--drawn keeps the files that are there, which were learned from the texts of their day, and writes only the folder drawn.
"""
import itertools
import json
import pathlib
import random
import shutil
import sys
import unicodedata

from drawn import drawn, words
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).resolve().parent
NEWER = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
BYTES = [f"<0x{b:02X}>" for b in range(256)]
TEXTS = [line for line in ((HERE / "models.py").read_text() + (HERE.parents[1] / "README.md").read_text()).splitlines()] + [
    "Größe und Übermut, naïve café, Ærø, Łódź, İstanbul", "Привет, мир! Как дела?", "日本語のテキスト と 漢字", "नमस्ते दुनिया", "مرحبا بالعالم",
    "don't we'll I'M they'VE", "a  b   c\n\n\nd\t\te", "x=1; y=22; z=333; w=4444", "😀 family 👨‍👩‍👧"] * 3


def bpe_bytes(split, ignore_merges=False):
    made = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(split), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)])
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=600, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return made


def bpe_pieces(made, size=500):
    made.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=size + 259, limit_alphabet=90, special_tokens=["<unk>", "<s>", "</s>"] + BYTES,
                                                        show_progress=False))
    return made


def llama3():
    made = bpe_bytes(NEWER.replace("DIGITS", "{1,3}"), True)
    made.add_special_tokens(["<|begin_of_text|>", "<|eot_id|>"])
    return made


def qwen2():
    made = bpe_bytes(NEWER.replace("DIGITS", ""))
    made.normalizer = normalizers.NFC()
    made.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    made.add_tokens([AddedToken("<tool_call>", normalized=False), AddedToken("</tool_call>", normalized=False)])
    return made


def neox():
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(False)
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    made.normalizer = normalizers.NFC()
    made.add_special_tokens(["<|endoftext|>"])
    made.add_tokens([AddedToken(" " * n, normalized=True) for n in range(2, 12)])
    return made


def llama2():
    made = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    return bpe_pieces(made)


def mistral():
    made = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True, ignore_merges=True))
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    return bpe_pieces(made)


def gemma():
    made = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    made.normalizer = normalizers.Replace(" ", "▁")
    made.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    bpe_pieces(made)
    made.add_special_tokens(["<start_of_turn>", "<end_of_turn>"])
    made.add_tokens([AddedToken("\n" * n, normalized=False) for n in range(2, 6)] + [AddedToken("▁" * n, normalized=False) for n in range(2, 6)])
    return made


def unknown():
    made = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=False))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.decoder = decoders.Fuse()
    made.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=300, limit_alphabet=60, special_tokens=["<unk>"], show_progress=False))
    return made


def unigram(byte_fallback=False):
    made = Tokenizer(models.Unigram())
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()]) if byte_fallback else decoders.Metaspace()
    made.train_from_iterator(TEXTS, trainers.UnigramTrainer(vocab_size=400, special_tokens=["<unk>", "</s>"], unk_token="<unk>", show_progress=False))
    if byte_fallback:
        vocab = json.loads(made.to_str())["model"]["vocab"] + [[b, -20.0] for b in BYTES]
        again = Tokenizer(models.Unigram([tuple(pair) for pair in vocab], unk_id=0, byte_fallback=True))
        again.normalizer, again.pre_tokenizer, again.decoder = made.normalizer, made.pre_tokenizer, made.decoder
        again.add_special_tokens(["<unk>", "</s>"])
        made = again
    return made


def bert():
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece(cleanup=False)
    made.train_from_iterator(TEXTS, trainers.WordPieceTrainer(vocab_size=400, special_tokens=["[UNK]", "[CLS]", "[SEP]"], show_progress=False))
    made.add_special_tokens([AddedToken("[MASK]", lstrip=True)])
    return made


def rules():
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()])
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Digits(individual_digits=True)])
    made.decoder = decoders.WordPiece(cleanup=False)
    made.train_from_iterator(TEXTS, trainers.WordPieceTrainer(vocab_size=300, special_tokens=["[UNK]"], show_progress=False))
    made.add_special_tokens([AddedToken("[BOTH]", lstrip=True, rstrip=True), AddedToken("[LEFT]", lstrip=True)])
    made.add_tokens([AddedToken("the", single_word=True, normalized=False), AddedToken("Cat", normalized=True), AddedToken("dog", single_word=True, normalized=True),
                     AddedToken("[RIGHT]", rstrip=True, normalized=False)])
    return made


def texts(folder, count=220):
    """A line for each text: its ids by each tokenizer, those of the same text where no special token is meant, where they differ, and what these are
    decoded to, where it is not the text."""
    rng = random.Random(11)
    tokenizers = {path.stem: Tokenizer.from_file(str(path)) for path in sorted(folder.glob("*.json"))}
    for text in [""] + [drawn(rng) for _ in range(count)]:
        line = {"text": text, "ids": {}, "ordinary": {}, "decoded": {}}
        for name, tokenizer in tokenizers.items():
            tokenizer.encode_special_tokens = False
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            tokenizer.encode_special_tokens = True
            ordinary = tokenizer.encode(text, add_special_tokens=False).ids
            line["ids"][name] = words(ids)
            if name.startswith("unigram") and ("<unk>" in text or "</s>" in text):
                line["ordinary"][name] = line["decoded"][name] = None  # their Unigram makes these of a user's letters, the kit does not
                continue
            if ordinary != ids:
                line["ordinary"][name] = words(ordinary)
            decoded = tokenizer.decode(ordinary, skip_special_tokens=False)
            if name == "rules" and tokenizer.token_to_id("Cat") in ordinary:
                line["decoded"][name] = None  # a token that is found in the normalised text: the kit writes it as the file does, tokenizers 0.23 normalised
            elif decoded != text:
                line["decoded"][name] = decoded
        yield line


def sequence(kind, *steps):
    return {"type": "Sequence", kind: list(steps)}


def metaspace(scheme, split=True, replacement="▁"):
    return {"type": "Metaspace", "replacement": replacement, "prepend_scheme": scheme, "split": split}


def split(behavior, at=", "):
    return {"type": "Split", "pattern": {"String": at}, "behavior": behavior, "invert": False}


def replace(what, instead):
    return {"type": "Replace", "pattern": {"String": what}, "content": instead}


ON = [True, False]
NORMALIZERS = [{"type": each} for each in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents")] + [
    {"type": "Prepend", "prepend": "▁"}, replace(" ", "▁"), replace("oo", ""),
    sequence("normalizers", {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}), sequence("normalizers")] + [
    {"type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": chinese, "strip_accents": accents, "lowercase": lower}
    for clean, chinese, accents, lower in itertools.product(ON, ON, [None] + ON, ON)]
CUTS = [{"type": each} for each in ("Whitespace", "WhitespaceSplit", "BertPreTokenizer")] + [
    {"type": "Digits", "individual_digits": each} for each in ON] + [
    split(behavior, at) for behavior in ("MergedWithPrevious", "MergedWithNext", "Isolated", "Removed") for at in (", ", "o")] + [
    metaspace(scheme, split, mark) for scheme in ("always", "first", "never") for split in ON for mark in "▁_"] + [
    sequence("pretokenizers", {"type": "WhitespaceSplit"}, {"type": "Digits", "individual_digits": True}, split("Isolated", "o")), sequence("pretokenizers"),
    sequence("pretokenizers", split("Removed", "|"), metaspace("first"))]
STEPPED = ["", " ", "a", "too  good, , to, be, ", ", too, good", "oo", "o|o a|b", "don't stop: 12 ½ Ⅷ٣345! x2", " a ", "▁a ▁▁b _c__d", "<x>a b<x> c<y>", "<y> b", "日本語a漢b㐀\uf900豈",
           "\U00020000\U0002a6df\U0002a700\U0002b740\U0002b920\U0002f800\u2e80\u9fa5\u3400\u4db5\ufa2d\U0002fa1d", "é e\u0301 Å\u212b ﬁ İ ẞß Σς ｱ", "\t\n\r\u000b\u0085\u00a0\u2003\u3000x\ty\nz\r",
           "\0\7\u200b\u00ad\ufeff\ufffd\ue000z\x7f", "_a-b(c)«d»“e”¿f$g^h`i~j+k|l=m<n>@[]{}\\", "😀,👨\u200d👩\u200d👧!👍🏽", "मस्ते त्\u0903 a\u20dd b\u0300", "e\u0301_\u200cx\u200d‿y②"]


def file(vocabulary, **steps):
    return {"version": "1.0", "truncation": None, "padding": None, "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None,
            "added_tokens": [{"id": vocabulary[token], "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": normalized,
                              "special": not normalized} for token, normalized in (("<x>", False), ("<y>", True))], **steps,
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 1000, "vocab": vocabulary}}


def steps():
    """What each step by itself makes of a text, seen by a model that knows single characters: one that begins a piece, and one that goes on (##)."""
    characters = "".join(sorted(set("".join(unicodedata.normalize(form, text) for text in STEPPED for form in ("NFC", "NFD", "NFKC", "NFKD")) + "".join(STEPPED).lower())))
    vocabulary = {token: at for at, token in enumerate(["[UNK]", "<x>", "<y>"] + [prefix + c for c in characters for prefix in ("", "##")])}
    cases = []
    for where, each in [("normalizer", each) for each in NORMALIZERS] + [("pre_tokenizer", each) for each in CUTS]:
        tokenizer = Tokenizer.from_str(json.dumps(file(vocabulary, **{where: each})))
        cases.append({where: each, "tokens": [" ".join(list(vocabulary)[at] for at in tokenizer.encode(text).ids).replace(" ##", "") for text in STEPPED]})
    return {"characters": characters, "texts": STEPPED, "cases": cases}


def write_drawn(folder):
    (folder / "drawn").mkdir(exist_ok=True)
    (folder / "drawn/texts.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in texts(folder)), encoding="utf-8")
    (folder / "drawn/steps.json").write_text(json.dumps(steps(), ensure_ascii=False) + "\n", encoding="utf-8")


def main(folder, drawn_alone):
    if drawn_alone:
        return write_drawn(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = {"llama3": llama3(), "qwen2": qwen2(), "neox": neox(), "llama2": llama2(), "mistral": mistral(), "gemma": gemma(), "unknown": unknown(),
            "unigram": unigram(), "unigram-bytes": unigram(True), "bert": bert(), "rules": rules()}
    for name, tokenizer in made.items():
        file = json.loads(tokenizer.to_str())
        file["added_tokens"] = [token for token in file["added_tokens"] if token["content"] not in BYTES]
        (folder / f"{name}.json").write_text(json.dumps(file, ensure_ascii=False) + "\n")
        Tokenizer.from_file(str(folder / f"{name}.json"))
    write_drawn(folder)


main(pathlib.Path(sys.argv[1]), "--drawn" in sys.argv[2:])
