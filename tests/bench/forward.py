"""The peer of Forward.java: transformers' logits and PyTorch's cross-entropy, float32.  use: forward.py DATA THREADS full|quick"""
import math
import sys
import time

import torch
from torch.nn import functional as F

from smollm2 import load
from tokens import Tokens

WINDOW = 512
data, threads, size = sys.argv[1:]
torch.set_num_threads(int(threads))
text = Tokens(f"{data}/scored.tokens")
model = load(data)
windows = 2 if size == "quick" else (len(text) - 1) // WINDOW


def nats(window):
    ids, targets = text.windows([window * WINDOW], WINDOW)
    return F.cross_entropy(model(ids, use_cache=False).logits[0], targets[0]).item()


with torch.inference_mode():
    nats(0)
    start = time.perf_counter()
    mean = sum(nats(window) for window in range(windows)) / windows
    seconds = time.perf_counter() - start
print("result tokens/s", windows * WINDOW / seconds)
print("result nats", mean)
print("result bits_per_byte", mean / math.log(2) / (text.bytes / (len(text) - 1)))
