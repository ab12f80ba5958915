"""Writes GGUF files that hold a tokenizer and nothing else, one of each kind that kawi.model.GgufTokenizer reads, with the ids that llama.cpp gives some
hundred drawn texts by them, and what the library from which the vocabulary came gives: tests/src/test/resources/kawi/model/tokenizers. Also files of OpenAI's
tiktoken with what that gives.

Needs gguf 0.19, tokenizers 0.23, sentencepiece 0.2, tiktoken 0.14 and llama-cpp-python 0.3.36: python gguf_tokenizers.py ../src/test/resources/kawi/model/tokenizers
"""
import base64
import io
import json
import pathlib
import random
import shutil
import sys

import gguf
import llama_cpp
import sentencepiece
import tiktoken
from drawn import drawn, words
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).resolve().parent
COUNT, TURNED = 400, 60
TURNS = ["<|user|>", "<|end|>", "<|endoftext|>", "<tool_call>", "<s>", "</s>", " ", "\n", "\t\r\n", "the", "é", "a b"]
ORDINARY, UNKNOWN, CONTROL, FOUND, UNUSED, BYTE = range(1, 7)
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
NEWER = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3, QWEN2 = NEWER.replace("DIGITS", "{1,3}"), NEWER.replace("DIGITS", "")
TEXTS = [line for line in (HERE / "gguf_tokenizers.py").read_text(encoding="utf-8").splitlines()] + [
    "Größe und Übermut, naïve café, Ærø, Łódź, İstanbul", "Привет, мир! Как дела?", "日本語のテキスト と 漢字", "नमस्ते दुनिया", "مرحبا بالعالم", "the cat and the dogs",
    "don't we'll I'M they'VE", "a  b   c\n\n\nd\t\te", "x=1; y=22; z=333; w=4444", "😀 family 👨‍👩‍👧", "a model and a tokenizer of the kit"] * 3
PRINTED = [*range(33, 127), *range(161, 173), *range(174, 256)]
WRITTEN = [chr(b) if b in PRINTED else chr(256 + b - sum(b > x for x in PRINTED)) for b in range(256)]  # bytes as byte-level vocabularies write them

# llama.cpp's name of the split: the split, control tokens, tokens found before the cut, and whether a piece that is a token is that token
BYTE_LEVEL = {
    "gpt-2": ([GPT2], ["<|endoftext|>"], [], False),
    "smollm": ([r"\p{N}", GPT2], ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], [], False),
    "llama-bpe": ([LLAMA3], ["<|begin_of_text|>", "<|eot_id|>"], [], True),
    "dbrx": ([LLAMA3], ["<|im_start|>", "<|im_end|>"], [], False),
    "qwen2": ([QWEN2], ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], ["<tool_call>", "</tool_call>"], False),
}

# other names in llama.cpp of the same split
NAMES = {"gpt-2": ["phi-2", "olmo", "mpt"], "smollm": ["refact", "starcoder"], "llama-bpe": ["llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral"],
         "dbrx": ["smaug-bpe"], "qwen2": ["deepseek-r1-qwen", "stablelm2", "megrez"]}


def learned(splits, control, found, whole, size=700):
    made = Tokenizer(models.BPE(ignore_merges=whole))
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(split), "isolated") for split in splits]
                                                 + [pre_tokenizers.ByteLevel(False, use_regex=False)])
    made.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    if splits == [LLAMA3] and control:  # words that no merge makes, as Llama 3 has them: found only because a piece that is a token is that token
        file = json.loads(made.to_str())
        for word in ("Übermut", " theatre"):
            file["model"]["vocab"]["".join(WRITTEN[b] for b in word.encode())] = len(file["model"]["vocab"])
        made = Tokenizer.from_str(json.dumps(file))
    made.add_special_tokens(control)
    made.add_tokens([AddedToken(token, normalized=False) for token in found])
    return made


def write(path, kind, tokens, types, **more):
    writer = gguf.GGUFWriter(str(path), "phi3" if path.stem == "phi-3" else "llama")
    writer.add_name(path.stem)
    writer.add_tokenizer_model(kind)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    for key, value in more.items():
        getattr(writer, "add_" + key)(value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def byte_level(folder):
    """Of each kind its name, a function that makes ids of a text, and the files of the same tokenizer under other names."""
    for name, (splits, control, found, whole) in BYTE_LEVEL.items():
        theirs = learned(splits, control, found, whole)
        vocabulary = sorted(theirs.get_vocab(), key=theirs.get_vocab().get)
        types = [CONTROL if token in control else FOUND if token in found else ORDINARY for token in vocabulary]
        merges = [" ".join(pair) for pair in json.loads(theirs.to_str())["model"]["merges"]]
        others = [folder / f"{other}.gguf" for other in NAMES[name]]
        for path in [folder / f"{name}.gguf", *others]:
            write(path, "gpt2", vocabulary, types, tokenizer_pre=path.stem, token_merges=merges, eos_token_id=vocabulary.index(control[-1]),
                  bos_token_id=vocabulary.index(control[0]), add_bos_token=whole)

        def ids(text, meant, theirs=theirs):
            theirs.encode_special_tokens = not meant
            return theirs.encode(text, add_special_tokens=False).ids
        yield name, ids, others


def pieces(folder):
    """SentencePiece's own BPE with bytes as the last resort and no normal form, as Llama 2's; a space stands before a text or does not. Tokens of a file
    that is called phi-3 take the white space behind them with them, which SentencePiece does not know."""
    for name, before in (("spm", True), ("spm-bare", False), ("phi-3", True)):
        file = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(TEXTS), model_writer=file, model_type="bpe", vocab_size=800, byte_fallback=True,
                                                 normalization_rule_name="identity", remove_extra_whitespaces=False, add_dummy_prefix=before,
                                                 character_coverage=0.98, user_defined_symbols=["<tool_call>"], minloglevel=2,
                                                 control_symbols=["<|endoftext|>", "<|user|>", "<|end|>"] if name == "phi-3" else [])
        theirs = sentencepiece.SentencePieceProcessor(model_proto=file.getvalue())
        size = theirs.get_piece_size()
        types = [UNKNOWN if theirs.is_unknown(i) else CONTROL if theirs.is_control(i) else BYTE if theirs.is_byte(i)
                 else FOUND if theirs.id_to_piece(i) == "<tool_call>" else ORDINARY for i in range(size)]
        write(folder / f"{name}.gguf", "llama", [theirs.id_to_piece(i) for i in range(size)], types, token_scores=[theirs.get_score(i) for i in range(size)],
              bos_token_id=theirs.bos_id(), eos_token_id=theirs.eos_id(), unk_token_id=theirs.unk_id(), add_bos_token=True, add_eos_token=False,
              add_space_prefix=before)
        yield name, lambda text, meant, theirs=theirs, name=name: None if meant or name == "phi-3" else theirs.encode(text), []


def openai(folder):
    """tiktoken's files: tokens and ranks as a vocabulary learned by tokenizers gives them, and what tiktoken makes of texts by them."""
    for name, split in (("gpt2", GPT2), ("llama3", LLAMA3), ("qwen2", QWEN2)):
        learner = learned([split], [], [], False)
        vocabulary = sorted(learner.get_vocab(), key=learner.get_vocab().get)
        ranks = {bytes(WRITTEN.index(c) for c in token): rank for rank, token in enumerate(vocabulary)}
        (folder / f"{name}.tiktoken").write_text("".join(f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in ranks.items()))
        special = {"<|endoftext|>": len(ranks), "<|im_start|>": len(ranks) + 1, "<|eot_id|>": len(ranks) + 2}
        theirs = tiktoken.Encoding(name, pat_str=split, mergeable_ranks=ranks, special_tokens=special)
        yield name, theirs


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rng = random.Random(19)
    texts = ["", " ", "  ", "the theatre", "Übermut Übermut", "<s><tool_call> a</s>"] + [drawn(rng) for _ in range(COUNT)]
    texts += ["".join(rng.choice(TURNS) for _ in range(rng.randint(2, 9))) for _ in range(TURNED)]
    lines = [{"text": text, "ids": {}, "meant": {}} for text in texts]
    for name, other, same in [*byte_level(folder), *pieces(folder)]:
        llama = llama_cpp.Llama(str(folder / f"{name}.gguf"), vocab_only=True, verbose=False)
        differ = 0
        for line in lines:
            utf8 = line["text"].encode()
            plain = llama.tokenize(utf8, add_bos=False, special=False)
            meant = llama.tokenize(utf8, add_bos=False, special=True)
            line["ids"][name] = words(plain)
            if meant != plain:
                line["meant"][name] = words(meant)
            for ids, way in ((plain, False), (meant, True)):
                theirs = other(line["text"], way)
                if theirs is not None and theirs != ids:
                    differ += 1
                    print(f"{name}: {line['text']!r} llama.cpp {ids}, its library {theirs}") if differ < 6 else None
        for path in same:
            again = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
            assert all(words(again.tokenize(line["text"].encode(), add_bos=False, special=False)) == line["ids"][name] for line in lines), path
            path.unlink()
        print(f"{name}: {len(texts)} texts, llama.cpp and its library differ at {differ}")
    for name, theirs in openai(folder):
        for line in lines:
            line["ids"]["tiktoken " + name] = words(theirs.encode_ordinary(line["text"]))
            meant = words(theirs.encode(line["text"], allowed_special="all"))
            if meant != line["ids"]["tiktoken " + name]:
                line["meant"]["tiktoken " + name] = meant
    (folder / "texts.jsonl").write_text("".join(json.dumps({k: v for k, v in line.items() if v != {}}, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


main(pathlib.Path(sys.argv[1]))
