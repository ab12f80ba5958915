"""Writes what trl's own loss finds for pairs of answers: tests/src/test/resources/kawi/tune/dpo, which kawi.tune must equal.

Needs torch 2.7.1, transformers 5.23, peft 0.21.2 and trl 1.16.0 in an environment of its own: python preferences.py ../src/test/resources/kawi
The base is the small Llama that models.py wrote there; peft makes an adapter for it, and DPOTrainer's method computes the loss, with the adapter
switched off as the reference. A trainer itself is not made: it would want a tokenizer and a folder, and the method asks for neither.
"""
import collections
import json
import pathlib
import sys
import types

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaForCausalLM
from trl.trainer.dpo_trainer import DataCollatorForPreference, DPOTrainer
from trl.trainer.utils import add_fused_lm_head

PAIRS = [  # prompt, chosen, rejected: together at most the nine tokens whose first eight fit the base's context
    ([3, 1, 4], [1, 5, 9, 2], [6, 5]),
    ([5, 3], [5], [8, 9, 7, 9, 3, 2, 3]),
    ([8, 4, 6, 2], [6, 4, 3], [3, 8, 3, 2]),
    ([7, 9], [5, 0, 2, 8, 8], [4, 1, 9]),
]


class Alone:
    """What the method asks of accelerate, on one process."""

    device = torch.device("cpu")

    @staticmethod
    def unwrap_model(model):
        return model

    @staticmethod
    def gather(x):
        return x

    gather_for_metrics = gather


def trainer(model, beta, loss, smoothing):
    return types.SimpleNamespace(
        model=model, ref_model=None, accelerator=Alone(), aux_loss_enabled=False, ld_alpha=None, precompute_ref_logps=False, use_weighting=False,
        args=types.SimpleNamespace(gradient_checkpointing_kwargs=None), f_divergence_type="reverse_kl", loss_types=[loss], loss_weights=[1.0],
        beta=beta, label_smoothing=smoothing, _metrics={"train": collections.defaultdict(list)}, _total_train_tokens=0, _tp_size=1)


def batch(pairs):
    collate = DataCollatorForPreference(pad_token_id=0)
    return collate([{"prompt_ids": list(p), "chosen_ids": list(c), "rejected_ids": list(r)} for p, c, r in pairs])


def computed(model, pairs, beta, loss="sigmoid", smoothing=0.0):
    own = trainer(model, beta, loss, smoothing)
    value = DPOTrainer._compute_loss(own, model, batch(pairs), False)
    return value, {name: values[-1] for name, values in own._metrics["train"].items()}


def write(folder):
    torch.manual_seed(4)
    base = LlamaForCausalLM.from_pretrained(folder / "model/hf/llama-shards-bf16", dtype=torch.float32)
    add_fused_lm_head(base, outputs=("log_probs", "entropy", "log_sum_sq_probs", "mean_logits", "is_top1"))
    settings = LoraConfig(r=2, lora_alpha=4, target_modules=["q_proj", "down_proj"], layers_to_transform=[1], lora_dropout=0.25, task_type="CAUSAL_LM")
    model = get_peft_model(base, settings)
    learned = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    with torch.no_grad():
        for weight in learned.values():
            weight.copy_(torch.randn_like(weight) * 0.6)
    out = folder / "tune/dpo"
    model.save_pretrained(out)
    (out / "README.md").unlink()
    (out / "adapter_model.safetensors").chmod(0o644)
    written = out / "adapter_config.json"
    written.write_text(written.read_text().replace(str(folder / "model/hf/llama-shards-bf16"), "llama-shards-bf16") + "\n")
    model.train()
    for module in model.modules():  # the adapter is compared as it is, with nothing dropped
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    rows = []
    for beta in (0.1, 0.7):
        model.zero_grad()
        loss, metrics = computed(model, PAIRS, beta)
        loss.backward()
        # trl has the smoothed loss under "aot" only, which sorts the margins of a batch: of one pair there is nothing to sort
        smoothed = [computed(model, [pair], beta, "aot", 0.2)[0].item() for pair in PAIRS]
        rows.append({
            "beta": beta, "loss": loss.item(), "smoothing": 0.2, "smoothed": sum(smoothed) / len(smoothed),
            "chosen": metrics["rewards/chosen"], "rejected": metrics["rewards/rejected"], "margin": metrics["rewards/margins"],
            "accuracy": metrics["rewards/accuracies"],
            "gradients": {name.replace(".default", ""): [round(x, 8) for x in weight.grad.flatten().tolist()] for name, weight in learned.items()}})
    figures = {"pairs": [{"prompt": p, "chosen": c, "rejected": r} for p, c, r in PAIRS], "rows": rows}
    (out / "trl.json").write_text(json.dumps(figures) + "\n")


write(pathlib.Path(sys.argv[1]))
