"""Asks transformers which folders' texts begin with a token: for every class of tokenizers that is common, every family that the kit reads, add_bos_token on, off
and away, and a tokenizer.json that puts such a token before a text, puts none, or moves offsets alone. Written is where it is otherwise than tokenizer.json has it,
and what transformers refuses: tests/src/test/resources/kawi/model/first_tokens.json.

Needs transformers 5.23 and tokenizers 0.23: python first_tokens.py ../src/test/resources/kawi/model/first_tokens.json
"""
import itertools
import json
import pathlib
import sys
import tempfile

import transformers

FOREIGN = pathlib.Path(__file__).resolve().parents[1] / "src/test/resources/kawi/text/foreign"
PIECES = {each: ("llama2", "<s>") for each in ("LlamaTokenizer", "LlamaTokenizerFast", "CodeLlamaTokenizer", "CodeLlamaTokenizerFast", "GemmaTokenizer", "GemmaTokenizerFast")}
BYTES = {each: ("llama3", "<|begin_of_text|>") for each in (
    "", "PreTrainedTokenizerFast", "TokenizersBackend", "GPT2Tokenizer", "GPT2TokenizerFast", "GPTNeoXTokenizer", "GPTNeoXTokenizerFast", "Qwen2Tokenizer", "Qwen2TokenizerFast",
    "CohereTokenizerFast", "CodeGenTokenizer")}
CLASSES = {**PIECES, **BYTES}
TYPES = ["llama", "qwen2", "qwen3", "mistral", "mixtral", "gemma2", "gemma3_text", "phi", "phi3", "gpt_neox", "gpt2"]
ASKED = {"": None, "true": True, "false": False}
STEPS = ["none", "offsets", "begin"]


def step(kind, token, id):
    if kind == "none":
        return None
    if kind == "offsets":
        return {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True}
    begin, text = {"SpecialToken": {"id": token, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}
    return {"type": "TemplateProcessing", "single": [begin, text], "pair": [begin, text, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {token: {"id": token, "ids": [id], "tokens": [token]}}}


def first(folder, name, family, asked, kind):
    """Whether a text begins with the token, or None where transformers refuses the folder."""
    file, token = CLASSES[name]
    tokenizer = json.loads((FOREIGN / f"{file}.json").read_text(encoding="utf-8"))
    id = next(each["id"] for each in tokenizer["added_tokens"] if each["content"] == token)
    tokenizer["post_processor"] = step(kind, token, id)
    config = {"bos_token": token, **({"tokenizer_class": name} if name else {}), **({} if ASKED[asked] is None else {"add_bos_token": ASKED[asked]})}
    for path, content in (("tokenizer.json", tokenizer), ("tokenizer_config.json", config), ("config.json", {"model_type": family})):
        (folder / path).write_text(json.dumps(content), encoding="utf-8")
    try:
        return transformers.AutoTokenizer.from_pretrained(str(folder))("a")["input_ids"][:1] == [id]
    except Exception as error:
        print(name, family, asked, kind, type(error).__name__, str(error)[:120])
        return None


def main(out):
    transformers.logging.set_verbosity_error()
    otherwise, refused, count = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        for case in itertools.product(CLASSES, TYPES, ASKED, STEPS):
            found = first(pathlib.Path(folder), *case)
            count += 1
            if found is None:
                refused.append(" ".join(case))
            elif found != (case[-1] == "begin"):
                otherwise.append(" ".join(case))
    out.write_text(json.dumps({"transformers": transformers.__version__, "classes": {name: {"file": file, "token": token} for name, (file, token) in CLASSES.items()},
                               "types": TYPES, "asked": list(ASKED), "steps": STEPS, "otherwise": otherwise, "refused": refused}, indent=1) + "\n", encoding="utf-8")
    print(f"{count} cases, {len(otherwise)} otherwise than tokenizer.json, {len(refused)} refused")


main(pathlib.Path(sys.argv[1]))
