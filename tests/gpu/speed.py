"""Speed beside plain PyTorch, eager and compiled, on the same device, and a training to a known loss. Called by check.py, which writes the outcome."""
import contextlib
import math
import statistics
import time

import torch

import gpt as plain_gpt
import plain
from archives import BF16, AdamW, Gpt, Llama, Modern, Muon, train_step

TRAINED = 170    # seconds after the beginning of check.py at which the training ends, whatever it has reached
COMPILED = 270   # and after which nothing more is compiled: check.py is to take six minutes at most
AIM = 1.47       # nats per character on the last tenth of Tiny Shakespeare: nanoGPT's README says 1.4697 for the same sizes on an A100
RAMP = 0.5       # seconds of work before anything is timed on a GPU: an idle one has a slow clock
PLAN = {"steps": 2500, "rate": 0.01, "decay": 0.1, "dropout": 0.3}    # chosen by choose.py among three
ADAMW = {"rate": 1e-3, "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8, "decay": 0.1}


def wait(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


def median_seconds(device, work, times, warm):
    """The median time of one call; the device is waited for after each."""
    since = time.perf_counter()
    while warm > 0 or device.type == "cuda" and time.perf_counter() - since < RAMP:
        work()
        warm -= 1
    seconds = []
    for _ in range(times):
        wait(device)
        began = time.perf_counter()
        work()
        wait(device)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def beside(name, rows, count, unit, times, warm, device, compiling):
    """Runs ways of doing the same one after another: `count` of a unit a call. A way that cannot run says why."""
    found = {"what": name, "unit": f"{unit}/s"}
    for way, make in rows.items():
        if way == "compiled" and (compiling is None or time.monotonic() > compiling):
            if compiling is not None:
                found["compiled failed"] = "no time was left for the compiler"
            continue
        try:
            work = make()
            found[way] = count / median_seconds(device, work, times, warm)
        except Exception as error:  # noqa: BLE001  a compiler may be missing in many ways, and the other rows are still worth having
            found[way + " failed"] = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
    for peer in ("eager", "compiled"):
        if "kit" in found and peer in found:
            found[f"kit / {peer}"] = found["kit"] / found[peer]
    print({key: round(value, 3) if isinstance(value, float) else value for key, value in found.items()}, flush=True)
    return found


def gpt_weights(sizes, vocabulary, context, device):
    """GPT-2's weights by its names, drawn as the kit draws them, and what the optimizer must know of each."""
    torch.manual_seed(1)
    width, weights, roles = sizes["width"], {}, {}

    def add(name, rows, columns=None, spread=0.02):
        tensor = spread * torch.randn(rows, columns) if columns else torch.full([rows], spread)
        weights[f"transformer.{name}"] = tensor.to(device).requires_grad_()
        roles[f"transformer.{name}"] = "decays" if columns else "plain"

    def norm(name):
        add(f"{name}.weight", width, spread=1.0)
        add(f"{name}.bias", width, spread=0.0)

    add("wte.weight", vocabulary, width)
    add("wpe.weight", context, width)
    for i in range(sizes["layers"]):
        norm(f"h.{i}.ln_1")
        norm(f"h.{i}.ln_2")
        for name, rows, columns in (("attn.c_attn", width, 3 * width), ("attn.c_proj", width, width), ("mlp.c_fc", width, 4 * width), ("mlp.c_proj", 4 * width, width)):
            add(f"h.{i}.{name}.weight", rows, columns, 0.02 / math.sqrt(2 * sizes["layers"]) if name.endswith("proj") else 0.02)
            add(f"h.{i}.{name}.bias", columns, spread=0.0)
    norm("ln_f")
    return weights, roles


def gpt_step(archives, sizes, batch, bf16, times, device, compiling):
    """A training step of GPT: the kit's archives, plain PyTorch, plain PyTorch compiled; AdamW with the fused kernel in all."""
    vocabulary, context = sizes["vocabulary"], sizes["context"]
    ids = torch.randint(vocabulary, [batch, context], device=device)
    targets = torch.randint(vocabulary, [batch, context], device=device)

    def kit():
        weights, roles = gpt_weights(sizes, vocabulary, context, device)
        model, rule = Gpt(archives, weights, sizes, BF16 if bf16 else 0), AdamW(archives, weights, roles, ADAMW)
        return lambda: train_step(archives, model, weights, rule, ids, targets)

    def peer(compiled):
        model = plain_gpt.Gpt(vocabulary, context, sizes["layers"], sizes["heads"], sizes["width"]).to(device)
        rule = plain_gpt.fused_adamw(model, ADAMW["rate"], ADAMW["beta2"])
        forward = torch.compile(model.loss) if compiled else model.loss

        def step():
            with torch.autocast(device.type, torch.bfloat16) if bf16 else contextlib.nullcontext():
                loss = forward(ids, targets)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            rule.step()
            rule.zero_grad(set_to_none=True)
        return step

    name = f"training step of GPT {sizes['layers']}/{sizes['heads']}/{sizes['width']}, context {context}, batch {batch}, {'bfloat16' if bf16 else 'float32'}"
    return beside(name, {"kit": kit, "eager": lambda: peer(False), "compiled": lambda: peer(True)}, batch * context, "tokens", times, 3, device, compiling)


def decoding(archives, sizes, tokens, device, compiling):
    """Greedy decoding of one text with a key-value cache, in float32; each token is read back, for the next call needs it."""
    weights = plain.drawn(sizes, device)
    size = sizes["width"] // sizes["heads"]
    table = plain.Llama(sizes, weights, tokens)

    @torch.inference_mode()
    def kit():
        order = ["input_layernorm", *plain.MATRICES[:4], "post_attention_layernorm", *plain.MATRICES[4:]]
        w = [weights[f"model.layers.{i}.{name}.weight"] for i in range(sizes["layers"]) for name in order]
        w += [weights["model.norm.weight"], weights["model.embed_tokens.weight"]]
        none = archives.llama.unpacked()
        keys = torch.zeros(sizes["layers"], 1, sizes["groups"], tokens, size, device=device)
        values = torch.zeros_like(keys)

        @torch.inference_mode()
        def run():
            token = 1
            for position in range(tokens):
                logits = archives.llama.one(token, position, weights["model.embed_tokens.weight"], w, none, keys, values, sizes["heads"], sizes["groups"],
                                            table.cos, table.sin, sizes["eps"], False)
                token = int(logits.argmax())
        return run

    def peer(compiled):
        cache = [tuple(torch.zeros(1, sizes["groups"], tokens, size, device=device) for _ in range(2)) for _ in range(sizes["layers"])]
        forward = torch.compile(table.logits, mode="reduce-overhead") if compiled else table.logits

        @torch.no_grad()
        def run():
            token = 1
            for position in range(tokens):
                at = torch.tensor([position], device=device)
                token = int(forward(torch.tensor([[token]], device=device), cache, at).argmax())
        return run

    return beside(f"decoding, Llama of SmolLM2-135M's sizes, {tokens} tokens, batch 1, float32, drawn weights" if sizes["layers"] == 30 else "decoding, small",
                  {"kit": kit, "eager": lambda: peer(False), "compiled": lambda: peer(True)}, tokens, "tokens", 2, 1, device, compiling)


def lora(archives, sizes, batch, length, times, device, last, compiling):
    """A LoRA step on the last layers: examples a second, from which an epoch's time follows."""
    ids = torch.randint(sizes["vocabulary"], [batch, length], device=device)
    targets = torch.randint(sizes["vocabulary"], [batch, length], device=device)

    def prepared():
        weights = plain.drawn(sizes, device, 8, last)
        learned = {name: weight.requires_grad_() for name, weight in weights.items() if ".lora_" in name}
        return weights, learned

    def kit():
        weights, learned = prepared()
        model = Llama(archives, weights, {**sizes, "scale": 2.0}, BF16)
        rule = AdamW(archives, learned, {}, ADAMW)
        return lambda: train_step(archives, model, learned, rule, ids, targets)

    def peer(compiled):
        weights, learned = prepared()
        model = plain.Llama(sizes, weights, length)
        rule = torch.optim.AdamW(learned.values(), lr=1e-3, fused=True)
        forward = torch.compile(model.loss) if compiled else model.loss

        def step():
            with torch.autocast(device.type, torch.bfloat16):
                loss = forward(ids, targets)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned.values(), 1.0)
            rule.step()
            rule.zero_grad(set_to_none=True)
        return step

    found = beside(f"LoRA of rank 8 on the last {last} layers, Llama of {sizes['layers']} layers, batches of {batch} x {length}, bfloat16, drawn weights",
                   {"kit": kit, "eager": lambda: peer(False), "compiled": lambda: peer(True)}, batch, "examples", times, 3, device, compiling)
    found["kit, an epoch of 1,500 examples, s"] = 1500 / found["kit"] if "kit" in found else None
    return found


def modern_weights(sizes, vocabulary, device):
    """ModernGpt's weights with every part replaced, drawn as the kit draws them."""
    torch.manual_seed(1)
    width, inside, weights, roles = sizes["width"], 0.5 / math.sqrt(sizes["width"]), {}, {}

    def add(name, tensor, role):
        weights[name], roles[name] = tensor.to(device).requires_grad_(), role

    add("transformer.wte.weight", 0.02 * torch.randn(vocabulary, width), "decays")
    for i in range(sizes["layers"]):
        for name, rows, columns in (("attn.c_attn", width, 3 * width), ("attn.c_proj", width, width), ("mlp.c_fc", width, 4 * width), ("mlp.c_proj", 4 * width, width)):
            matrix = torch.zeros(rows, columns) if name.endswith("proj") else inside * torch.randn(rows, columns)
            add(f"transformer.h.{i}.{name}.weight", matrix, "QUERY_KEY_VALUE" if name == "attn.c_attn" else "HIDDEN_MATRIX")
    add("transformer.shift.weight", torch.full([width], 0.5), "plain")
    add("lm_head.weight", torch.zeros(vocabulary, width), "decays")
    return weights, roles


def characters(archives, text, sizes, batch, plan, every, until, device, held_from=0.9, held_to=1.0):
    """Trains ModernGpt with Muon on the first part of a text's characters, judged on the whole part held out after it. Ends at `until` seconds of the clock."""
    known = {letter: number for number, letter in enumerate(sorted(set(text)))}
    data = torch.tensor([known[letter] for letter in text], device=device)
    border, context, steps = int(held_from * len(data)), sizes["context"], plan["steps"]
    train, held = data[:border], data[border:int(held_to * len(data))]
    weights, roles = modern_weights(sizes, len(known), device)
    model = Modern(archives, weights, {**sizes, "dropout": plan["dropout"]}, BF16 if device.type == "cuda" else 0)
    rule = Muon(archives, weights, roles, {"rate": plan["rate"], "momentum": 0.95, "decay": plan["decay"], "others": {**ADAMW, "rate": 0.01}})
    draw = torch.Generator().manual_seed(1)
    windows = (len(held) - 1) // context
    held_ids, held_targets = (held[shift:shift + windows * context].view(windows, context) for shift in (0, 1))
    course, began, counted, loss = [], time.perf_counter(), 0, None
    training = 0.0
    for step in range(steps):
        wait(device)
        since = time.perf_counter()
        at = torch.randint(border - context - 1, [batch], generator=draw)
        rows = (at[:, None] + torch.arange(context)).to(device)
        factor = min(1.0, (step + 1) / 50) * min(1.0, (steps - step) / (0.6 * steps))
        loss, _ = train_step(archives, model, weights, rule, train[rows], train[rows + 1], factor)
        wait(device)
        training += time.perf_counter() - since
        counted = step + 1
        if counted % every == 0 or counted == steps:
            model.training = False
            nats = sum(model.score(held_ids[i:i + 64], held_targets[i:i + 64]).item() for i in range(0, windows, 64)) / (windows * context)
            model.training = True
            course.append({"step": counted, "validation": nats, "train": loss.item(), "seconds": round(time.perf_counter() - began, 1)})
            print(course[-1], flush=True)
        if time.monotonic() > until:
            break
    last = course[-1] if course and counted == steps else None
    return {"what": f"Tiny Shakespeare by characters, {sizes['layers']}/{sizes['heads']}/{sizes['width']}, context {context}, batch {batch}, the kit's archives",
            "steps": counted, "planned": steps, "last": last, "aim": AIM, "reached": last is not None and last["validation"] <= AIM,
            "tokens/s": counted * batch * context / training, "course": course}


def measure(archives, folder, quick, began):
    """All of it; `quick` on small sizes and without the compiler, which takes minutes on a processor. On a CPU nothing is trained to the aim: that takes hours there."""
    device = archives.device
    if "llama" in archives.lacking:
        return [{"what": "speed", "skipped": archives.lacking["llama"]}]
    text = (folder / "input.txt").read_text(encoding="utf-8") if (folder / "input.txt").exists() else None
    small = {"layers": 2, "heads": 2, "groups": 1, "width": 64, "wide": 128, "vocabulary": 96, "context": 32, "base": 10_000.0, "eps": 1e-5}
    sizes = {"layers": 6, "heads": 6, "width": 384, "vocabulary": 65, "context": 256}
    times = 3 if quick else 30 if device.type == "cuda" else 5
    found = []
    if text is None:
        found.append({"what": "Tiny Shakespeare", "skipped": "the text was not there when the folder was written"})
    elif quick:
        found.append(characters(archives, text[:20_000], small, 4, {**PLAN, "steps": 10}, 5, began + TRAINED, device))
    if device.type != "cuda" or quick:
        found.append({"what": "Tiny Shakespeare to the aim", "skipped": "small and short" if quick else "only on a GPU: on a processor it takes hours"})
    elif text is not None:
        found.append(characters(archives, text, sizes, 64, PLAN, 125, began + TRAINED, device))
    compiling = None if quick else began + COMPILED if device.type == "cuda" else math.inf
    for bf16 in (True, False):
        found.append(gpt_step(archives, small if quick else sizes, 4 if quick else 64 if device.type == "cuda" else 8, bf16, times, device, compiling))
    llama = small if quick else plain.SMOLLM2
    found.append(decoding(archives, llama, 8 if quick else 128, device, compiling))
    found.append(lora(archives, llama, 2 if quick else 16, 16 if quick else 64, times, device, 1 if quick else 12, compiling))
    return found
