"""A Llama as one writes it in plain PyTorch, with a low-rank adapter and a key-value cache: what the kit's is measured beside. (`gpt.py` is the plain GPT.)"""
import torch
from torch import nn
from torch.nn import functional as F

SMOLLM2 = {"vocabulary": 49152, "layers": 30, "heads": 9, "groups": 3, "width": 576, "wide": 1536, "base": 100_000.0, "eps": 1e-5}
MATRICES = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")


def shapes(s):
    """A layer's matrices (out, in) by name."""
    size = s["width"] // s["heads"]
    return dict(zip(MATRICES, ((s["width"], s["width"]), (s["groups"] * size, s["width"]), (s["groups"] * size, s["width"]), (s["width"], s["width"]),
                               (s["wide"], s["width"]), (s["wide"], s["width"]), (s["width"], s["wide"]))))


def drawn(s, device, rank=0, last=0):
    """Weights of a Llama by the names of its file, drawn: speed does not depend on what they are. With an adapter of `rank` on the `last` layers."""
    torch.manual_seed(1)
    w = {"model.embed_tokens.weight": 0.02 * torch.randn(s["vocabulary"], s["width"], device=device), "model.norm.weight": torch.ones(s["width"], device=device)}
    for i in range(s["layers"]):
        for norm in ("input_layernorm", "post_attention_layernorm"):
            w[f"model.layers.{i}.{norm}.weight"] = torch.ones(s["width"], device=device)
        for name, (rows, columns) in shapes(s).items():
            w[f"model.layers.{i}.{name}.weight"] = 0.02 * torch.randn(rows, columns, device=device)
            if rank and i >= s["layers"] - last:
                prefix = f"base_model.model.model.layers.{i}.{name}.lora_"
                w[prefix + "A.weight"] = 0.02 * torch.randn(rank, columns, device=device)
                w[prefix + "B.weight"] = torch.zeros(rows, rank, device=device)
    return w


class Llama(nn.Module):
    def __init__(self, s, weights, length):
        super().__init__()
        self.s, self.w, self.size = s, weights, s["width"] // s["heads"]
        steps = torch.arange(0, self.size, 2, device=weights["model.norm.weight"].device) / self.size
        angles = torch.outer(torch.arange(length, device=steps.device).float(), s["base"] ** -steps)
        self.cos, self.sin = torch.cat([angles, angles], -1).cos(), torch.cat([angles, angles], -1).sin()

    def project(self, i, name, x):
        y = F.linear(x, self.w[f"model.layers.{i}.{name}.weight"])
        a = self.w.get(f"base_model.model.model.layers.{i}.{name}.lora_A.weight")
        return y if a is None else y + 2.0 * F.linear(F.linear(x, a), self.w[f"base_model.model.model.layers.{i}.{name}.lora_B.weight"])

    def turn(self, x, cos, sin):
        half = x.shape[-1] // 2
        return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin

    def forward(self, ids, cache=None, position=None):
        """Hidden states of ids (batch, time); with a cache [(keys, values), ...] and a position (1), of one further token each."""
        s, (batch, time) = self.s, ids.shape
        cos, sin = (self.cos[:time], self.sin[:time]) if cache is None else (self.cos[position], self.sin[position])
        seen = None if cache is None else (torch.arange(cache[0][0].shape[2], device=ids.device) <= position).view(1, -1)
        x = F.embedding(ids, self.w["model.embed_tokens.weight"])
        for i in range(s["layers"]):
            h = F.rms_norm(x, (s["width"],), self.w[f"model.layers.{i}.input_layernorm.weight"], s["eps"])
            q, k, v = (self.project(i, f"self_attn.{each}_proj", h).view(batch, time, -1, self.size).transpose(1, 2) for each in "qkv")
            q, k = self.turn(q, cos, sin), self.turn(k, cos, sin)
            if cache is not None:
                keys, values = cache[i]
                keys.index_copy_(2, position, k), values.index_copy_(2, position, v)
                k, v = keys, values
            k, v = (each.repeat_interleave(s["heads"] // s["groups"], 1) for each in (k, v))
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=seen, is_causal=cache is None)
            x = x + self.project(i, "self_attn.o_proj", y.transpose(1, 2).reshape(batch, time, -1))
            h = F.rms_norm(x, (s["width"],), self.w[f"model.layers.{i}.post_attention_layernorm.weight"], s["eps"])
            x = x + self.project(i, "mlp.down_proj", F.silu(self.project(i, "mlp.gate_proj", h)) * self.project(i, "mlp.up_proj", h))
        return F.rms_norm(x, (s["width"],), self.w["model.norm.weight"], s["eps"])

    def logits(self, ids, cache, position):
        return F.linear(self.forward(ids, cache, position)[:, -1], self.w["model.embed_tokens.weight"])

    def loss(self, ids, targets):
        logits = F.linear(self.forward(ids), self.w["model.embed_tokens.weight"])
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
