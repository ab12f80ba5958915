"""Changes one key of a family's config.json at a time - away, null, or a value that files of the hub carry - and writes what transformers then
computes by the same weights: tests/src/test/resources/kawi/model/config_keys.jsonl. A line has the family, the case, the keys that are set and that
are dropped, and the last position's logits; "same" where they are those of the unchanged file, null where transformers refuses it.

Needs torch 2.7.1 and transformers 5.23: python config_keys.py ../src/test/resources/kawi/model
"""
import json
import os
import pathlib
import sys
import tempfile

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TQDM_DISABLE="1")

import torch  # noqa: E402
import transformers as t  # noqa: E402

IDS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3]
FAMILIES = ["phi3", "phi3-long", "mixtral", "mixtral-windows", "mistral", "qwen2", "qwen2-windows", "qwen3", "gemma2", "gemma3", "gemma3-six", "phi",
            "pythia", "llama-linear", "llama-biases"]
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8}
HALF = {"rope_type": "default", "rope_theta": 50.0, "partial_rotary_factor": 0.5}
FULL, NEAR = "full_attention", "sliding_attention"
VALUES = {
    "auto_map": [{"AutoConfig": "configuration_x.X"}], "cache_implementation": ["hybrid"], "interpolate_factor": [1], "full_attn_mod": [1],
    "lm_head_bias": [False, True], "attention_bias": [True, False], "mlp_bias": [True], "qk_layernorm": [True], "use_qk_norm": [True],
    "layer_types": [[FULL, NEAR], [NEAR, NEAR], [FULL, FULL], [NEAR, FULL, FULL]], "sliding_window": [3, None], "use_sliding_window": [True, False],
    "max_window_layers": [0, 5], "sliding_window_pattern": [2], "_sliding_window_pattern": [2], "rope_local_base_freq": [99.0],
    "rope_theta": [5000.0, 777.0], "partial_rotary_factor": [0.5], "rotary_pct": [0.5], "rotary_emb_base": [444],
    "rope_parameters": [None, {}, {"rope_theta": 50.0}, HALF, LLAMA3],
    "rope_scaling": [{"type": "default"}, {"type": "linear", "factor": 2.0}, {"rope_type": "linear", "factor": 2.0, "rope_theta": 321.0}, LLAMA3,
                     {"rope_type": "dynamic", "factor": 2.0}, {"rope_type": "yarn", "factor": 2.0}],
    "hidden_act": ["silu", "gelu", "gelu_new", "gelu_fast", "relu", "quick_gelu", "relu2"], "hidden_activation": ["gelu"],
    "rms_norm_eps": [0.1], "layer_norm_eps": [0.1], "tie_word_embeddings": [True, False], "attn_logit_softcapping": [1.0, None],
    "final_logit_softcapping": [1.0, None], "query_pre_attn_scalar": [2], "use_bidirectional_attention": [True], "use_parallel_residual": [False],
    "num_experts_per_tok": [1, 3], "num_experts": [4], "norm_topk_prob": [False], "router_jitter_noise": [0.5], "head_dim": [8], "num_key_value_heads": [1],
    "logit_scale": [0.5], "residual_multiplier": [0.5], "embedding_multiplier": [2.0], "attention_multiplier": [0.3], "logits_scaling": [2.0],
    "original_max_position_embeddings": [8, 20, 64], "max_position_embeddings": [128], "attention_chunk_size": [4], "no_rope_layers": [[0, 1]],
}


def cases(base):
    """Of each case its name and the file's object."""
    for key in base:
        if key not in ("model_type", "architectures", "transformers_version"):
            yield f"without {key}", {k: v for k, v in base.items() if k != key}
            if base[key] is not None:
                yield f"{key} null", {**base, key: None}
    for key, values in VALUES.items():
        for value in values:
            yield f"{key} {json.dumps(value)}", {**base, key: value}
    rope = base.get("rope_parameters") or {}
    if "rope_theta" not in rope:
        return
    for key in rope:
        yield f"without rope_parameters.{key}", {**base, "rope_parameters": {k: v for k, v in rope.items() if k != key}}
    for inner in ({"original_max_position_embeddings": 8}, {"factor": 2.0}, {"attention_factor": 1.7}, {"short_mscale": 1.1}):
        yield f"rope_parameters with {json.dumps(inner)}", {**base, "rope_parameters": {**rope, **inner}}
    older = {k: v for k, v in base.items() if k != "rope_parameters"}  # as it was written before transformers 5
    older.update({k: rope[k] for k in ("rope_theta", "partial_rotary_factor") if k in rope})
    scaling = {k: v for k, v in rope.items() if k not in ("rope_theta", "partial_rotary_factor")}
    older["rope_scaling"] = None if scaling["rope_type"] == "default" else scaling
    yield "older", older
    for key in ("rope_theta", "partial_rotary_factor", "rotary_pct", "rotary_emb_base", "rope_scaling"):
        for value in VALUES[key]:
            yield f"older with {key} {json.dumps(value)}", {**older, key: value}


def logits(weights, config):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "config.json").write_text(json.dumps(config))
        (folder / "model.safetensors").symlink_to(weights)
        model = t.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        with torch.no_grad():
            return model(torch.tensor([IDS]), use_cache=False).logits[0, -1]


def main(resources):
    torch.set_num_threads(1)
    lines = []
    for family in FAMILIES:
        folder = (resources / "families" / family).resolve()
        base = json.loads((folder / "config.json").read_text())
        usual = logits(folder / "model.safetensors", base)
        for name, config in cases(base):
            try:
                found = logits(folder / "model.safetensors", config)
                told = "same" if torch.allclose(found, usual, atol=1e-6) else [round(x, 5) for x in found.tolist()]
            except Exception:
                told = None
            lines.append({"family": family, "case": name, "set": {k: v for k, v in config.items() if k not in base or base[k] != v},
                          "drop": [k for k in base if k not in config], "logits": told})
    with open(resources / "config_keys.jsonl", "w") as file:
        file.writelines(json.dumps(line, allow_nan=True).replace("NaN", "null") + "\n" for line in lines)
    print(len(lines), "cases,", sum(line["logits"] is None for line in lines), "refused by transformers")


main(pathlib.Path(sys.argv[1]))
