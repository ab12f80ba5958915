"""Writes a tokenizer.json of each kind that kawi.text reads beside its own, made by Hugging Face's library: tests/src/test/resources/kawi/text/foreign.
The tests compare the ids of drawn texts with those of that library, which runs in Java there.

Needs tokenizers 0.23: python foreign_tokenizers.py ../src/test/resources/kawi/text/foreign
"""
import json
import pathlib
import shutil
import sys

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


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = {"llama3": llama3(), "qwen2": qwen2(), "neox": neox(), "llama2": llama2(), "mistral": mistral(), "gemma": gemma(), "unknown": unknown(),
            "unigram": unigram(), "unigram-bytes": unigram(True), "bert": bert(), "rules": rules()}
    for name, tokenizer in made.items():
        file = json.loads(tokenizer.to_str())
        file["added_tokens"] = [token for token in file["added_tokens"] if token["content"] not in BYTES]
        (folder / f"{name}.json").write_text(json.dumps(file, ensure_ascii=False) + "\n")
        Tokenizer.from_file(str(folder / f"{name}.json"))


main(pathlib.Path(sys.argv[1]))
