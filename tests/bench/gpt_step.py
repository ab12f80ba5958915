"""The peer of GptStep.java: the same model and step in eager PyTorch.  use: gpt_step.py DATA THREADS full|quick fp32|bf16   (bf16 is autocast)"""
import statistics
import sys
import time

import torch

from gpt import Gpt, cosine, fused_adamw, train_step
from tokens import Tokens

data, threads, size, precision = sys.argv[1:]
torch.set_num_threads(int(threads))
torch.manual_seed(1)
text = Tokens(f"{data}/pairs.train.tokens")
model = Gpt(4096, 256, 6, 6, 384)
optimizer = fused_adamw(model, 1e-3, 0.95)
warm, timed = (2, 2) if size == "quick" else (5, 15)
seconds = []
for step in range(warm + timed):
    start = time.perf_counter()
    ids, targets = text.batch(8, 256)
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
        loss = train_step(model, optimizer, ids, targets, 1e-3 * cosine(step, 100, 2000))
    seconds.append(time.perf_counter() - start)
print("result parameters", sum(weight.numel() for weight in model.parameters()))
print("result seconds", statistics.median(seconds[warm:]))
print("result loss", loss.item())
