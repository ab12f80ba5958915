"""Checks the kit's operator archives on the PyTorch that is here, on a GPU where there is one: `python3 check.py [--quick] [--out FILE]`.

The folder of this file is what `environment/gpu --export FOLDER` wrote: archives, fixtures from a CPU, and these programs. Needs PyTorch 2 and nothing else, no
Java and no network, and takes at most six minutes. Ends with one JSON of what was found and the name of the card, beside this file. Exit status 1 where a
check failed. `--quick` measures with small models and few steps: it shows that everything runs.
"""
import argparse
import contextlib
import json
import pathlib
import platform
import sys
import time
import warnings

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from archives import FAMILIES, Archives, optimizer, tensors, train_step  # noqa: E402
import speed  # noqa: E402

FP32 = 1e-4     # largest difference of a number, beside the largest number of its tensor where that is above 1
BF16 = 2e-2     # the same where products are made in bfloat16, beside the fixture in float32: 8 bits of fraction, some products deep
FUSED = ("aten::_scaled_dot_product_flash_attention", "aten::_scaled_dot_product_efficient_attention", "aten::_scaled_dot_product_cudnn_attention")


def apart(found, expected):
    """The largest difference of two tensors, over the largest expected number where that is above 1."""
    if expected.numel() == 0:
        return 0.0
    return ((found.detach().float() - expected.float()).abs().max() / expected.float().abs().max().clamp(min=1.0)).item()


class Report:
    def __init__(self):
        self.checks, self.failed = [], []

    def add(self, what, value, most, note=""):
        passed = value <= most
        self.checks.append({"what": what, "value": value, "most": most, "passed": passed, **({"note": note} if note else {})})
        if not passed:
            self.failed.append(what)
            print(f"FAILED {what}: {value:.3g} where at most {most:.3g} was asked {note}")

    @contextlib.contextmanager
    def asked(self, what):
        """Where the work within cannot be done at all, that is a failed check, and the others go on."""
        try:
            yield
        except RuntimeError as error:
            self.checks.append({"what": what, "passed": False, "note": str(error).strip().splitlines()[0]})
            self.failed.append(what)
            print(f"FAILED {what}: {error}")

    def skip(self, what, why):
        self.checks.append({"what": what, "skipped": why})
        print(f"skipped {what}: {why}")


def arguments(call, stored, by):
    """The arguments of a recorded call, fresh copies, and those of them that take part in gradients."""
    values, leaves = [], []

    def fresh(name, learned):
        value = stored[name].clone()
        if learned:
            leaves.append(value.requires_grad_())
        return value

    for given in call["arguments"]:
        if "tensor" in given:
            values.append(fresh(given["tensor"], given["learned"]))
        elif "tensors" in given:
            values.append([fresh(name, given["learned"]) for name in given["tensors"]])
        elif "by" in given:
            values.append(bool(by) if given["by"] == "flag" else by)
        else:
            values.append(given["value"])
    return values, leaves


def operators(archives, folder, report):
    """Every recorded call: results, what it left in its arguments, gradients; once more in bfloat16 where it knows how."""
    stored = tensors(folder / "operators.safetensors", archives.device)
    for number, call in enumerate(json.loads((folder / "operators.json").read_text())):
        what = f"{call['archive']}.{call['method']} ({number})"
        if call["archive"] in archives.lacking:
            report.skip(what, archives.lacking[call["archive"]])
            continue
        knows = any("by" in given for given in call["arguments"])
        for by, name, most in ((0, "float32", FP32), (1, "bfloat16", BF16)) if knows else ((0, "float32", FP32),):
            with report.asked(f"operator {what}, {name}"):
                report.add(f"operator {what}, {name}", distance(archives, call, stored, by), most)


def distance(archives, call, stored, by):
    """How far a recorded call is from its fixture here, in everything that was recorded of it."""
    values, leaves = arguments(call, stored, by)
    with torch.set_grad_enabled(bool(leaves)):
        result = getattr(getattr(archives, call["archive"]), call["method"])(*values)
    results = [] if result is None else [result] if torch.is_tensor(result) else list(result)
    far = [apart(found, stored[key]) for found, key in zip(results, call["results"], strict=True)]
    for value, keys in zip(values, call["after"]):
        far += [apart(each, stored[key]) for each, key in zip(value if isinstance(value, list) else [value], keys)]
    if leaves:
        total = sum((each * stored[key]).sum() for each, key in zip(results, call["weighed by"]))
        far += [apart(found, stored[key]) for found, key in zip(torch.autograd.grad(total, leaves), call["gradients"], strict=True)]
    return max(far)


def family(archives, folder, told, by):
    """A family's model with the weights before its step: model, learned weights, all stored tensors."""
    stored = tensors(folder / f"step-{told['family']}.safetensors", archives.device)
    learned = {name: stored[f"before {name}"].clone().requires_grad_() for name in told["learned"]}
    weights = {key[len("before "):]: value for key, value in stored.items() if key.startswith("before ")} | learned
    return FAMILIES[told["family"]](archives, weights, {**told["sizes"], "cell": told["family"]}, by), learned, stored


def steps(archives, folder, report):
    """One whole training step of every family beside the same step of the kit on a CPU."""
    for told in json.loads((folder / "steps.json").read_text()):
        for by, name, most in ((0, "float32", FP32), (1, "bfloat16", BF16)):
            what = f"step of {told['family']}, {name}: "
            if by == 1 and told["family"] in ("rnn", "gru", "lstm"):
                report.skip(what + "all", "the kit's recurrent layers compute in float32")
                continue
            with report.asked(what + "all"):
                step(archives, folder, told, by, most, what, report)


def step(archives, folder, told, by, most, what, report):
    model, learned, stored = family(archives, folder, told, by)
    loss = model.loss(stored["ids"], stored["targets"])
    gradients = archives.ops.gradients_of(loss, list(learned.values()))
    report.add(what + "loss", abs(loss.item() - told["loss"]), most)
    whole = torch.cat([stored[f"gradient {key}"].flatten() for key in learned])
    far = torch.cat([found.flatten() for found in gradients]) - whole
    report.add(what + "gradients, beside the length of them all", (far.norm() / whole.norm()).item(), most if by == 0 else 2 * most)
    with torch.no_grad():
        norm = archives.ops.clip(gradients, 1.0)
    report.add(what + "norm of the gradients", abs(norm.item() / told["norm"] - 1), most)
    if by == 0:    # the optimizer, given the CPU's gradients: a first step of AdamW divides noise by noise where a gradient is nearly zero
        given = [stored[f"gradient {key}"].clone() for key in learned]
        with torch.no_grad():
            archives.ops.clip(given, 1.0)
        optimizer(archives, learned, told["roles"], told["optimizer"]).step(dict(zip(learned, given)), 1.0)
        report.add(what + "weights after it", max(apart(each, stored[f"after {key}"]) for key, each in learned.items()), most)
    model, learned, stored = family(archives, folder, told, by)
    train_step(archives, model, learned, optimizer(archives, learned, told["roles"], told["optimizer"]), stored["ids"], stored["targets"])
    with torch.no_grad():
        after = model.loss(stored["ids"], stored["targets"]).item()
    report.add(what + "loss after the whole step taken here", abs(after - told["loss after"]), most)


def kernels(archives, folder, report):
    """What the profiler sees in a step of GPT: attention by a fused kernel in both directions, and nothing that waits for the device."""
    told = next(each for each in json.loads((folder / "steps.json").read_text()) if each["family"] == "gpt")
    model, learned, stored = family(archives, folder, told, 1)
    rule = optimizer(archives, learned, told["roles"], told["optimizer"])
    ids, targets = stored["ids"], stored["targets"]
    cuda = archives.device.type == "cuda"
    train_step(archives, model, learned, rule, ids, targets)
    activities = [torch.profiler.ProfilerActivity.CPU] + ([torch.profiler.ProfilerActivity.CUDA] if cuda else [])
    if cuda:
        torch.cuda.synchronize()
    with torch.profiler.profile(activities=activities) as seen:
        train_step(archives, model, learned, rule, ids, targets)
    counts = {each.key: each.count for each in seen.key_averages()}
    fused = {key: count for key, count in counts.items() if key.startswith(FUSED) and "backward" not in key}
    back = {key: count for key, count in counts.items() if key.startswith(FUSED) and "backward" in key}
    layers = told["sizes"]["layers"]
    report.add("attention without a fused kernel, layers", layers - sum(fused.values()), 0, f"{fused}")
    report.add("attention's gradient without a fused kernel, layers", layers - sum(back.values()), 0, f"{back}")
    reads = sum(each.name == "aten::_local_scalar_dense" and not inside(each, "aten::_fused_adamw_") for each in seen.events())    # a CPU's AdamW reads its own
    report.add("numbers that a step reads back from the device before it ends", reads, 0)
    if cuda:
        torch.cuda.set_sync_debug_mode("error")
        try:
            train_step(archives, model, learned, rule, ids, targets)
            waited = 0
        except RuntimeError as error:
            waited, reads = 1, str(error).splitlines()[0]
        finally:
            torch.cuda.set_sync_debug_mode("default")
        report.add("a step that waits for the device", waited, 0, str(reads) if waited else "")


def inside(event, name):
    """Whether an event of the profiler happened within a call of an operator."""
    while event is not None and event.name != name:
        event = event.cpu_parent
    return event is not None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small models and few steps")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "outcome.json", help="where the outcome goes")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    words = parser.parse_args()
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    began = time.monotonic()
    device = torch.device(words.device)
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    card = torch.cuda.get_device_name(device) if device.type == "cuda" else None
    report, archives = Report(), Archives(HERE, device)
    for name, why in archives.lacking.items():
        report.add(f"archive {name}.pt loads", 1, 0, why)
    operators(archives, HERE, report)
    steps(archives, HERE, report)
    with report.asked("what the profiler sees"):
        kernels(archives, HERE, report)
    measured = speed.measure(archives, HERE, words.quick, began)
    outcome = {"card": card, "processor": platform.processor() or platform.machine(), "pytorch": torch.__version__, "cuda": torch.version.cuda,
               "quick": words.quick, "seconds": round(time.monotonic() - began, 1), "failed": report.failed, "measured": measured, "checks": report.checks}
    words.out.write_text(json.dumps(outcome, indent=1) + "\n")
    done = [each for each in report.checks if "passed" in each]
    print(f"{card or 'no GPU: the processor'}, PyTorch {torch.__version__}: {len(done) - len(report.failed)} of {len(done)} checks passed, "
          f"{len(report.checks) - len(done)} skipped, {outcome['seconds']} s; {words.out}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
