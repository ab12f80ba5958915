"""Writes small models of Hugging Face's own making, and the logits that kawi.model must find for them: tests/src/test/resources/kawi/model/hf.

Needs torch 2.7.1 and transformers 5.23 in an environment of its own: python models.py ../src/test/resources/kawi/model/hf
The other way, a model of the kit's opened by transformers, is a part of tests/bench.
"""
import json
import pathlib
import shutil
import sys

import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

IDS = [[3, 1, 4, 1, 5, 9, 2, 6], [5, 3, 5, 8, 9, 7, 9, 3]]


def logits(model, ids):
    with torch.no_grad():
        return model.float().eval()(torch.tensor(ids)).logits


def spread(model):
    """Weights larger than at the start, and no bias or gain left at 0 or 1, so that one in the wrong place shows."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.25)
    return model


def write(folder):
    torch.manual_seed(1)
    shutil.rmtree(folder, ignore_errors=True)
    gpt2 = GPT2Config(vocab_size=40, n_positions=8, n_embd=16, n_layer=2, n_head=2, n_inner=None)
    llama = LlamaConfig(vocab_size=40, max_position_embeddings=8, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
                        num_key_value_heads=2, rms_norm_eps=1e-5, tie_word_embeddings=False)
    made = {"gpt2": spread(GPT2LMHeadModel(gpt2)), "gpt2-bare-f16": spread(GPT2LMHeadModel(gpt2)).half(), "llama-shards-bf16": spread(LlamaForCausalLM(llama)).bfloat16()}
    for name, model in made.items():
        saved = model.transformer if "bare" in name else model
        saved.save_pretrained(folder / name, max_shard_size="5KB" if "shards" in name else "1GB")
        (folder / name / "generation_config.json").unlink(missing_ok=True)
    expected = {name: [[round(x, 6) for x in row] for row in logits(model, IDS)[:, -1].tolist()] for name, model in made.items()}
    (folder / "logits.json").write_text(json.dumps({"ids": IDS, "last": expected}, indent=1) + "\n")


write(pathlib.Path(sys.argv[1]))
