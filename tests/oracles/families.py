"""Writes a random tiny checkpoint of each family that kawi.model.Transformer reads, with what transformers computes by it:
tests/src/test/resources/kawi/model/families. Each is a folder of transformers' own making; where llama.cpp has the architecture, also a GGUF
file in its names, written by `gguf` and checked by llama.cpp itself where llama-cpp-python can be imported (figures within 0.02: it keeps its
cache in 16 bits).

Needs torch 2.7.1, transformers 5.23 and gguf 0.19: python families.py ../src/test/resources/kawi/model/families
"""
import json
import pathlib
import shutil
import sys

import gguf
import numpy
import torch
import transformers as t

IDS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3]
OTHER = [2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5, 9, 0, 4, 5]
WRITTEN = 12

llama = dict(vocab_size=40, max_position_embeddings=64, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, rms_norm_eps=1e-5)
gemma = dict(llama, num_hidden_layers=3, head_dim=8, query_pre_attn_scalar=8, sliding_window=5,
             layer_types=["sliding_attention", "full_attention", "sliding_attention"])
plain = dict(vocab_size=40, max_position_embeddings=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2)
gpt2 = dict(vocab_size=40, n_positions=64, n_embd=16, n_layer=2, n_head=2)


def rope(kind, **more):
    return {"rope_type": kind, "rope_theta": 5000.0, **more}


# name: class of transformers, what its configuration says, llama.cpp's architecture or None
FAMILIES = {
    "llama-linear": (t.LlamaForCausalLM, t.LlamaConfig(**llama, rope_parameters=rope("linear", factor=4.0)), "llama"),
    "llama3": (t.LlamaForCausalLM, t.LlamaConfig(**llama, tie_word_embeddings=True, rope_parameters=rope(
        "llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)), "llama"),
    "llama-biases": (t.LlamaForCausalLM, t.LlamaConfig(**llama, attention_bias=True, mlp_bias=True), None),
    "qwen2": (t.Qwen2ForCausalLM, t.Qwen2Config(**llama), "qwen2"),
    "qwen2-windows": (t.Qwen2ForCausalLM, t.Qwen2Config(**llama, use_sliding_window=True, sliding_window=5, max_window_layers=1), None),
    "qwen3": (t.Qwen3ForCausalLM, t.Qwen3Config(**llama, head_dim=8, tie_word_embeddings=True), "qwen3"),
    "mistral": (t.MistralForCausalLM, t.MistralConfig(**llama, sliding_window=5), None),
    "mixtral": (t.MixtralForCausalLM, t.MixtralConfig(**llama, num_local_experts=5, num_experts_per_tok=2), "mixtral"),
    "mixtral-windows": (t.MixtralForCausalLM, t.MixtralConfig(**llama, num_local_experts=3, num_experts_per_tok=1, sliding_window=5), None),
    "gemma2": (t.Gemma2ForCausalLM, t.Gemma2Config(**gemma, attn_logit_softcapping=3.0, final_logit_softcapping=4.0), "gemma2"),
    "gemma3": (t.Gemma3ForCausalLM, t.Gemma3TextConfig(**{**gemma, "query_pre_attn_scalar": 6}, rope_parameters={
        "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
        "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0}}), None),
    "gemma3-six": (t.Gemma3ForCausalLM, t.Gemma3TextConfig(**{**gemma, "num_hidden_layers": 7, "layer_types": None}, rope_parameters={
        "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
        "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0}}), "gemma3"),
    "phi": (t.PhiForCausalLM, t.PhiConfig(**plain, num_key_value_heads=2, rope_parameters=rope("default", partial_rotary_factor=0.5)), "phi2"),
    "phi3": (t.Phi3ForCausalLM, t.Phi3Config(**llama, sliding_window=5, pad_token_id=0, bos_token_id=1, eos_token_id=2), "phi3"),
    "phi3-long": (t.Phi3ForCausalLM, t.Phi3Config(**llama, pad_token_id=0, bos_token_id=1, eos_token_id=2, original_max_position_embeddings=20,
                                                  rope_parameters=rope("longrope", original_max_position_embeddings=20, short_factor=[1.0, 1.5],
                                                                       long_factor=[2.0, 5.0])), "phi3"),
    "pythia": (t.GPTNeoXForCausalLM, t.GPTNeoXConfig(**plain, hidden_act="gelu", rope_parameters=rope("default", partial_rotary_factor=0.25)), "gptneox"),
    "neox-in-a-row": (t.GPTNeoXForCausalLM, t.GPTNeoXConfig(**plain, hidden_act="gelu", use_parallel_residual=False,
                                                             rope_parameters=rope("default", partial_rotary_factor=0.5)), "gptneox-row"),
    "gpt2-plain": (t.GPT2LMHeadModel, t.GPT2Config(**gpt2), "gpt2"),
    "gpt2-variant": (t.GPT2LMHeadModel, t.GPT2Config(**gpt2, n_inner=40, activation_function="relu", layer_norm_epsilon=1e-3,
                                                     tie_word_embeddings=False, scale_attn_by_inverse_layer_idx=True), None),
}


def spread(model):
    """Weights larger than at the start, and no bias or gain left at 0 or 1, so that one in the wrong place shows; exact in 16 bits."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.25)
            parameter.copy_(parameter.half().float())
    return model.eval()


def pairs(w, heads):
    """Rows of queries and keys as llama.cpp turns them: its converter's `permute`."""
    return w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def write_gguf(path, arch, model, config):
    row = arch == "gptneox-row"
    mixtral = arch == "mixtral"  # of llama.cpp's architecture llama
    arch = "gptneox" if row else "llama" if mixtral else arch
    writer = gguf.GGUFWriter(str(path), arch)
    get = lambda *names: next(getattr(config, n) for n in names if getattr(config, n, None) is not None)
    layers, width, heads = get("num_hidden_layers", "n_layer"), get("hidden_size", "n_embd"), get("num_attention_heads", "n_head")
    size = getattr(config, "head_dim", None) or width // heads
    groups = getattr(config, "num_key_value_heads", None) or heads
    inner = getattr(config, "intermediate_size", None) or 4 * width
    if arch == "gptneox" or arch == "gpt2" or arch == "phi2":
        writer.add_layer_norm_eps(get("layer_norm_eps", "layer_norm_epsilon"))
    else:
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_name(path.stem.replace("phi3", "third-phi"))  # of a file that is called phi3 llama.cpp wants the tokens of its conversations
    writer.add_context_length(get("max_position_embeddings", "n_positions"))
    writer.add_block_count(layers)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    if arch not in ("gptneox", "gpt2"):
        writer.add_head_count_kv(groups)
    if arch in ("qwen3", "gemma2", "gemma3"):
        writer.add_key_length(size)
        writer.add_value_length(size)
    turned = getattr(config, "rope_parameters", None)
    extra = {}
    if arch == "gemma3":
        turned = turned["full_attention"]
        writer.add_sliding_window(config.sliding_window)
    if mixtral:
        writer.add_expert_count(config.num_local_experts)
        writer.add_expert_used_count(config.num_experts_per_tok)
    if arch == "phi3":
        writer.add_sliding_window(config.sliding_window or 0)
        if turned["rope_type"] == "longrope":
            stretch = config.max_position_embeddings / config.original_max_position_embeddings
            writer.add_rope_scaling_orig_ctx_len(config.original_max_position_embeddings)
            writer.add_rope_scaling_attn_factors((1 + numpy.log(stretch) / numpy.log(config.original_max_position_embeddings)) ** 0.5)
            for kind in ("long", "short"):
                extra[f"rope_factors_{kind}.weight"] = numpy.array(turned[f"{kind}_factor"])
    if turned:
        writer.add_rope_freq_base(turned["rope_theta"])
        part = turned.get("partial_rotary_factor") or 1.0
        if arch != "gemma3":
            writer.add_rope_dimension_count(int(size * part))
        if turned["rope_type"] == "linear":
            writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(turned["factor"])
        if turned["rope_type"] == "llama3":
            inverse, _ = t.modeling_rope_utils.ROPE_INIT_FUNCTIONS["llama3"](config, "cpu")
            usual = turned["rope_theta"] ** (-torch.arange(0, size, 2).float() / size)
            extra["rope_freqs.weight"] = (usual / inverse).numpy()
    if arch == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
        writer.add_sliding_window(config.sliding_window)
    if arch == "gptneox":
        writer.add_parallel_residual(not row)
    if arch == "phi2":
        writer.add_add_bos_token(False)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([f"t{i}" for i in range(40)])
    writer.add_token_types([1] * 40)
    writer.add_token_merges(["t 1"])
    names = gguf.get_tensor_name_map({"llama": gguf.MODEL_ARCH.LLAMA, "qwen2": gguf.MODEL_ARCH.QWEN2, "qwen3": gguf.MODEL_ARCH.QWEN3,
                                      "gemma2": gguf.MODEL_ARCH.GEMMA2, "gemma3": gguf.MODEL_ARCH.GEMMA3, "phi2": gguf.MODEL_ARCH.PHI2,
                                      "gptneox": gguf.MODEL_ARCH.GPTNEOX, "phi3": gguf.MODEL_ARCH.PHI3, "gpt2": gguf.MODEL_ARCH.GPT2}[arch], layers)
    seen = set()
    for name, w in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings or name.endswith((".attn.bias", ".masked_bias")):
            continue
        w = w.float().numpy()
        if arch == "llama" and name.endswith("q_proj.weight"):
            w = pairs(w, heads)
        if arch == "llama" and name.endswith("k_proj.weight"):
            w = pairs(w, groups)
        if name.endswith("experts.gate_up_proj"):
            for half, kind in enumerate(("gate", "up")):
                given = f"blk.{name.split('.')[2]}.ffn_{kind}_exps.weight"
                writer.add_tensor(given, numpy.ascontiguousarray(w[:, half * inner:(half + 1) * inner].astype(numpy.float16)))
            continue
        if name.endswith("experts.down_proj"):
            name += ".weight"
        if arch.startswith("gemma") and name.endswith("norm.weight"):
            w = w + 1
        if arch == "gpt2" and name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight")):
            w = w.T
        if arch == "gptneox" and "query_key_value" in name:
            w = w.reshape(heads, 3, size, *w.shape[1:]).swapaxes(0, 1).reshape(w.shape)
        given = names.get_name(name, try_suffixes=(".weight", ".bias"))
        assert given and given not in seen, name
        seen.add(given)
        matrix = w.ndim > 1 and "ffn_gate_inp" not in given and "position_embd" not in given
        writer.add_tensor(given, numpy.ascontiguousarray(w.astype(numpy.float16 if matrix else numpy.float32)))
    for name, w in extra.items():
        writer.add_tensor(name, w.astype(numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def llama_cpp_logits(path, ids):
    import llama_cpp
    model = llama_cpp.Llama(str(path), n_ctx=64, logits_all=True, verbose=False, n_threads=1, flash_attn=False)
    model.eval(ids)
    return numpy.array(model.scores[:len(ids)])


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    figures = {}
    for name, (kind, config, arch) in FAMILIES.items():
        torch.manual_seed(len(name) + 5)
        model = spread(kind(config))
        with torch.no_grad():
            logits = model(torch.tensor([IDS, OTHER])).logits
            greedy = model.generate(torch.tensor([IDS]), attention_mask=torch.ones(1, len(IDS)), do_sample=False, max_new_tokens=WRITTEN,
                                    eos_token_id=None, pad_token_id=0)[0, len(IDS):]
        figures[name] = {"logits": [[round(x, 6) for x in row] for row in logits[0].tolist()], "other": [round(x, 6) for x in logits[1, -1].tolist()],
                         "greedy": greedy.tolist(), "gguf": bool(arch)}
        if arch:
            path = folder / f"{name}.gguf"
            write_gguf(path, arch, model, config)
            try:
                ids = IDS + OTHER if name == "phi3-long" else IDS  # whose room of 64 tokens llama.cpp takes for a long text
                with torch.no_grad():
                    wanted = model(torch.tensor([ids])).logits[0].numpy()
                off = numpy.abs(llama_cpp_logits(path, ids) - wanted).max()
                print(f"{name:16} llama.cpp differs by {off:.4f} of {logits.abs().max():.2f}{' without the windows' * (name == 'phi3')}")
            except ImportError:
                print("llama.cpp is not here")
        model.half().save_pretrained(folder / name)
        (folder / name / "generation_config.json").unlink(missing_ok=True)
    (folder / "figures.json").write_text(json.dumps({"ids": IDS, "other": OTHER, "families": figures}) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(pathlib.Path(sys.argv[1]))
