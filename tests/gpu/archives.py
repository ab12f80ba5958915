"""The kit's operator archives, loaded by the PyTorch that is here, and its models as their Java sources put them together from these operators."""
import json
import pathlib
import struct

import torch

BF16 = 1    # how a product is made, see kawi.torch.Products: 0 float32, 1 bfloat16
TYPES = {"F32": torch.float32, "I64": torch.int64}


def tensors(file, device):
    """The tensors of a safetensors file by name."""
    raw = bytearray(pathlib.Path(file).read_bytes())
    begin = 8 + struct.unpack("<Q", raw[:8])[0]
    found = {}
    for name, about in json.loads(raw[8:begin]).items():
        if name != "__metadata__":
            (first, last), kind = about["data_offsets"], TYPES[about["dtype"]]
            flat = torch.frombuffer(raw, dtype=kind, count=(last - first) // kind.itemsize, offset=begin + first) if last > first else torch.empty(0, dtype=kind)
            found[name] = flat.reshape(about["shape"]).clone().to(device)
    return found


class Archives:
    """The archives of a folder. The executor of TorchScript is set as the kit sets it: no profiling runs, no fusing."""

    def __init__(self, folder, device):
        torch._C._jit_set_profiling_executor(False)
        torch._C._set_graph_executor_optimize(False)
        self.device = device
        self.lacking = {}
        for name in ("ops", "modern", "muon", "llama"):
            try:
                setattr(self, name, torch.jit.load(str(folder / f"{name}.pt"), map_location=device))
            except RuntimeError as error:    # an operator that this PyTorch no longer has
                self.lacking[name] = next((line for line in str(error).splitlines() if line.strip()), "not loaded")


class Gpt:
    """kawi.model.Gpt."""

    def __init__(self, archives, weights, sizes, by=0):
        self.ops, self.w, self.layers, self.heads, self.by = archives.ops, weights, sizes["layers"], sizes["heads"], by

    def both(self, name):
        return self.w[f"transformer.{name}.weight"], self.w[f"transformer.{name}.bias"]

    def hidden(self, ids):
        ops = self.ops
        x = ops.embedding(self.w["transformer.wte.weight"], ids) + ops.rows(self.w["transformer.wpe.weight"], 0, ids.shape[1])
        for layer in range(self.layers):
            h = f"h.{layer}."
            qkv = ops.affine(ops.layer_norm(x, *self.both(h + "ln_1"), 1e-5), *self.both(h + "attn.c_attn"), self.by)
            x = x + ops.affine(ops.self_attention(qkv, self.heads, self.by == BF16), *self.both(h + "attn.c_proj"), self.by)
            x = x + ops.mlp(ops.layer_norm(x, *self.both(h + "ln_2"), 1e-5), *self.both(h + "mlp.c_fc"), *self.both(h + "mlp.c_proj"), self.by)
        return ops.layer_norm(x, *self.both("ln_f"), 1e-5)

    def head(self):
        return self.w["transformer.wte.weight"]

    def loss(self, ids, targets):
        """kawi.torch.Ops.headLoss: the logits are never whole in memory."""
        hidden, head = self.hidden(ids), self.head()
        learned = head.requires_grad
        with torch.no_grad():
            nats, by_hidden, by_head = self.ops.head_gradients(hidden, head, targets, learned, self.by)
        return self.ops.with_gradients(nats, [hidden, head] if learned else [hidden], [by_hidden, by_head] if learned else [by_hidden])

    def score(self, ids, targets):
        """The sum of the losses of all tokens, without gradients."""
        with torch.no_grad():
            return self.ops.head_losses(self.hidden(ids), self.head(), targets, self.by).sum()


class Modern(Gpt):
    """kawi.model.ModernGpt with every part replaced."""

    def __init__(self, archives, weights, sizes, by=0):
        super().__init__(archives, weights, sizes, by)
        self.parts, self.dropout, self.training = archives.modern, sizes.get("dropout", 0.0), True

    def dropped(self, x):
        return self.ops.dropout(x, self.dropout) if self.dropout and self.training else x

    def hidden(self, ids):
        ops, parts = self.ops, self.parts
        x = parts.shift(ops.embedding(self.w["transformer.wte.weight"], ids), None, self.w["transformer.shift.weight"])
        x = self.dropped(parts.plain_norm(x))
        turns = parts.turns(x.new_zeros([]), 0, ids.shape[1], x.shape[2] // self.heads, 10_000.0)
        for layer in range(self.layers):
            def product(y, name):
                return ops.affine(y, self.w[f"transformer.h.{layer}.{name}.weight"], None, self.by)
            q, k, v = parts.split(product(parts.norm(x, True, None, None), "attn.c_attn"), self.heads, True, turns)
            x = x + self.dropped(product(ops.merge_heads(ops.attention(q, k, v, True, self.by == BF16)), "attn.c_proj"))
            x = x + self.dropped(product(parts.activation(product(parts.norm(x, True, None, None), "mlp.c_fc"), True), "mlp.c_proj"))
        return parts.norm(x, True, None, None)

    def head(self):
        return self.w["lm_head.weight"]


class Recurrent(Gpt):
    """kawi.model.Recurrent."""

    def __init__(self, archives, weights, sizes, by=0):
        self.ops, self.w, self.layers, self.by, self.cell = archives.ops, weights, sizes["layers"], by, sizes["cell"]

    def hidden(self, ids):
        x = self.ops.embedding(self.w["embedding.weight"], ids)
        state = [x.new_zeros([self.layers, x.shape[0], x.shape[2]]) for _ in range(2 if self.cell == "lstm" else 1)]
        weights = [weight for name, weight in self.w.items() if name.startswith("rnn.")]
        return getattr(self.ops, self.cell)(x, *state, weights, self.layers)[0]

    def head(self):
        return self.w["embedding.weight"]


class Llama(Gpt):
    """kawi.model.Llama, with a LoRA where weights of one are there (kawi.tune.LoraAdapter)."""

    def __init__(self, archives, weights, sizes, by=0):
        super().__init__(archives, weights, sizes, by)
        self.groups, self.eps, self.base, self.scale = sizes["groups"], sizes["eps"], sizes["base"], sizes.get("scale")

    def project(self, layer, matrix, x):
        weight = self.w[f"model.layers.{layer}.{matrix}.weight"]
        a, b = (self.w.get(f"base_model.model.model.layers.{layer}.{matrix}.lora_{side}.weight") for side in "AB")
        return self.ops.linear(x, weight, None, self.by) if a is None else self.ops.adapted(x, weight, a, b, self.scale, 0.0, self.by)

    def feed_forward(self, layer, x):
        gate, up, down = (f"mlp.{name}_proj" for name in ("gate", "up", "down"))
        if not any(f"base_model.model.model.layers.{layer}.{matrix}.lora_A.weight" in self.w for matrix in (gate, up, down)):
            return self.ops.gated_mlp(x, *(self.w[f"model.layers.{layer}.{matrix}.weight"] for matrix in (gate, up, down)), self.by)
        return self.project(layer, down, self.ops.swiglu(self.project(layer, gate, x), self.project(layer, up, x)))

    def norm(self, x, name):
        return self.ops.rms_norm(x, self.w[f"model.{name}.weight"], self.eps)

    def hidden(self, ids):
        ops = self.ops
        x = ops.embedding(self.w["model.embed_tokens.weight"], ids)
        cos, sin = ops.rope_table(x.new_zeros([]), 0, ids.shape[1], x.shape[2] // self.heads, self.base)
        for i in range(self.layers):
            h = self.norm(x, f"layers.{i}.input_layernorm")
            k = ops.rope(ops.split_heads(self.project(i, "self_attn.k_proj", h), self.groups), cos, sin)
            v = ops.split_heads(self.project(i, "self_attn.v_proj", h), self.groups)
            q = ops.rope(ops.split_heads(self.project(i, "self_attn.q_proj", h), self.heads), cos, sin)
            x = x + self.project(i, "self_attn.o_proj", ops.merge_heads(ops.attention(q, k, v, True, self.by == BF16)))
            h = self.norm(x, f"layers.{i}.post_attention_layernorm")
            x = x + self.feed_forward(i, h)
        return self.norm(x, "norm")

    def head(self):
        return self.w.get("lm_head.weight", self.w["model.embed_tokens.weight"])


FAMILIES = {"gpt": Gpt, "modern": Modern, "rnn": Recurrent, "gru": Recurrent, "lstm": Recurrent, "llama": Llama, "lora": Llama}


class AdamW:
    """kawi.train.AdamW: decay for tables and matrices only."""

    def __init__(self, archives, weights, roles, settings):
        self.ops, self.settings = archives.ops, settings
        decays = {name: roles[name] != "plain" if name in roles else weight.dim() >= 2 for name, weight in weights.items()}
        self.groups = []
        for decayed in (True, False):
            own = {name: weight for name, weight in weights.items() if decays[name] == decayed}
            if own:
                state = [[torch.zeros_like(weight) for weight in own.values()] for _ in range(2)]
                counts = [torch.zeros([], device=weight.device) for weight in own.values()]
                self.groups.append((list(own), list(own.values()), *state, counts, settings["decay"] if decayed else 0.0))

    @torch.no_grad()
    def step(self, gradients, factor):
        s = self.settings
        for names, weights, means, squares, counts, decay in self.groups:
            own = [gradients[name] for name in names]
            self.ops.adamw(weights, own, means, squares, counts, s["rate"] * factor, s["beta1"], s["beta2"], s["epsilon"], decay)


class Muon:
    """kawi.train.Muon: hidden matrices of one shape together, everything else by AdamW."""

    def __init__(self, archives, weights, roles, settings):
        self.script, self.settings, self.groups = archives.muon, settings, {}
        hidden = [name for name in weights if roles[name] in ("HIDDEN_MATRIX", "QUERY_KEY_VALUE")]
        for name in hidden:
            self.groups.setdefault((tuple(weights[name].shape), 3 if roles[name] == "QUERY_KEY_VALUE" else 1), []).append(name)
        self.weights = weights
        self.means = {key: torch.zeros([len(names), *key[0]], device=archives.device) for key, names in self.groups.items()}
        rest = {name: weight for name, weight in weights.items() if name not in hidden}
        self.rest = AdamW(archives, rest, {name: roles[name] for name in rest}, settings["others"])

    @torch.no_grad()
    def step(self, gradients, factor):
        s = self.settings
        for key, names in self.groups.items():
            own, of = [self.weights[name] for name in names], [gradients[name] for name in names]
            self.script.step(own, of, self.means[key], s["rate"] * factor, s["momentum"], s["decay"], key[1], False)
        self.rest.step(gradients, factor)


def optimizer(archives, weights, roles, settings):
    return (Muon if settings["name"] == "Muon" else AdamW)(archives, weights, roles, settings)


def train_step(archives, model, weights, rule, ids, targets, factor=1.0):
    """One whole step, as kawi.train.Fit takes it: loss, gradients, clipping at a norm of 1, the optimizer. Returns loss and norm, both still on the device."""
    loss = model.loss(ids, targets)
    gradients = archives.ops.gradients_of(loss, list(weights.values()))
    with torch.no_grad():
        norm = archives.ops.clip(gradients, 1.0)
    rule.step(dict(zip(weights, gradients)), factor)
    return loss.detach(), norm
