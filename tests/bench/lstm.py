"""The peer of Lstm.java: torch.nn.LSTM with a tied head.  use: lstm.py DATA THREADS full|quick"""
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

from gpt import cosine, fused_adamw, train_step
from tokens import Tokens


class Lstm(nn.Module):
    def __init__(self, vocabulary, width, layers):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.lstm = nn.LSTM(width, width, layers, batch_first=True)
        nn.init.normal_(self.tokens.weight, std=0.1)

    def loss(self, ids, targets):
        hidden, _ = self.lstm(self.tokens(ids))
        logits = F.linear(hidden, self.tokens.weight)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


data, threads, size = sys.argv[1:]
torch.set_num_threads(int(threads))
torch.manual_seed(1)
text = Tokens(f"{data}/characters.train.tokens")
model = Lstm(text.vocabulary, 256, 2)
optimizer = fused_adamw(model, 1e-3, 0.95)
warm, timed = (2, 3) if size == "quick" else (10, 40)
seconds = []
for step in range(warm + timed):
    start = time.perf_counter()
    ids, targets = text.batch(16, 128)
    loss = train_step(model, optimizer, ids, targets, 1e-3 * cosine(step, 100, 2000))
    seconds.append(time.perf_counter() - start)
print("result seconds", statistics.median(seconds[warm:]))
print("result loss", loss.item())
