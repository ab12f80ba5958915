"""The peer of LoraEpoch.java: transformers and peft, batches of 8 padded to their longest, all layers run at each step.

use: lora_epoch.py DATA THREADS full|quick steps|whole
`steps` times a fixed number of steps and says what the epoch's 188 would take; `whole` takes them all, then the accuracy on the test sentences.
"""
import random
import sys
import time

import torch
from peft import LoraConfig, get_peft_model

from gpt import cosine, fused_adamw
from smollm2 import load

MATRICES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
BATCH, RATE, TIMED = 8, 1e-3, 24
data, threads, size, much = sys.argv[1:]
torch.set_num_threads(int(threads))
torch.manual_seed(1)
random.seed(1)

lines = [line.rstrip("\n").split("\t") for line in open(f"{data}/sentiment.tsv", encoding="utf-8")]
answers = [int(id) for id in lines[0][1:]]
examples = {part: [([int(id) for id in ids.split()], int(answer)) for which, answer, ids in lines[1:] if which == part] for part in ("train", "test")}
if size == "quick":
    examples = {part: some[:48] for part, some in examples.items()}


def padded(batch, with_answer):
    """Ids, mask and labels, filled up at the end to the longest; the loss is taken on the answer only."""
    rows = [ids + [answer] if with_answer else ids for ids, answer in batch]
    longest = max(map(len, rows))
    ids = torch.tensor([row + [2] * (longest - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    labels = torch.full_like(ids, -100)
    for row, (_, answer) in enumerate(batch):
        labels[row, len(rows[row]) - 1] = answer
    return ids, mask, labels


model = load(data)
last = model.config.num_hidden_layers
settings = LoraConfig(r=8, lora_alpha=16, lora_dropout=0.0, target_modules=MATRICES, layers_to_transform=list(range(last - 12, last)), task_type="CAUSAL_LM")
model = get_peft_model(model, settings)
optimizer = fused_adamw(model, RATE, 0.95)
order = examples["train"][:]
random.shuffle(order)
batches = [order[at:at + BATCH] for at in range(0, len(order), BATCH)]
warmup = round(0.06 * len(batches))
model.train()


def step(number, batch):
    for group in optimizer.param_groups:
        group["lr"] = RATE * cosine(number, warmup, len(batches))
    ids, mask, labels = padded(batch, True)
    model(input_ids=ids, attention_mask=mask, labels=labels, use_cache=False).loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


if much == "whole":
    start = time.perf_counter()
    for number, batch in enumerate(batches):
        step(number, batch)
    print("result seconds", time.perf_counter() - start)
    model.eval()
    right = 0
    with torch.inference_mode():
        for at in range(0, len(examples["test"]), BATCH):
            batch = examples["test"][at:at + BATCH]
            ids, mask, _ = padded(batch, False)
            logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
            for row, (prompt, answer) in enumerate(batch):
                right += answers[logits[row, len(prompt) - 1, answers].argmax().item()] == answer
    print("result accuracy", right / len(examples["test"]))
else:
    timed = batches[:2] if size == "quick" else batches[2:2 + TIMED]
    for number, batch in enumerate(batches[:2]):
        step(number, batch)
    start = time.perf_counter()
    for number, batch in enumerate(timed):
        step(2 + number, batch)
    print("result seconds", (time.perf_counter() - start) / len(timed) * len(batches))
    print(f"note the peer's time is that of {len(timed)} of its {len(batches)} steps, times {len(batches) / len(timed):.1f}; its accuracy is not measured (--whole does both)")
