"""The peer of Characters.java: nanoGPT's recipe for a CPU as a plain PyTorch program.  use: characters.py DATA THREADS full|quick SEED TEXT"""
import sys
import time

import torch
from torch.nn import functional as F

from gpt import Gpt, cosine, fused_adamw, train_step
from tokens import Tokens

data, threads, size, seed, text = sys.argv[1:]
torch.set_num_threads(int(threads))
torch.manual_seed(int(seed))
steps = 100 if size == "quick" else 2000
warmup = min(100, steps // 2)
train, validation = Tokens(f"{data}/{text}.train.tokens"), Tokens(f"{data}/{text}.validation.tokens")
model = Gpt(train.vocabulary, 64, 4, 4, 128)
start = time.perf_counter()
optimizer = fused_adamw(model, 1e-3, 0.99)
for step in range(steps):
    ids, targets = train.batch(12, 64)
    train_step(model, optimizer, ids, targets, 1e-3 * cosine(step, warmup, steps))
print("result seconds", time.perf_counter() - start)
print("result steps", steps)

# The whole validation split, in windows side by side.
starts = range(0, (len(validation) - 1) // 64 * 64, 64)
total = 0.0
with torch.inference_mode():
    for at in range(0, len(starts), 64):
        ids, targets = validation.windows(starts[at:at + 64], 64)
        total += F.cross_entropy(model(ids).view(-1, train.vocabulary), targets.view(-1), reduction="sum").item()
print("result loss", total / (len(starts) * 64))
