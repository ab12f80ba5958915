"""The peer of Load.java: transformers' from_pretrained of the same GGUF file.  use: load.py DATA THREADS full|quick"""
import sys
import time

import torch

from smollm2 import from_gguf

torch.set_num_threads(int(sys.argv[2]))
start = time.perf_counter()
model, tokenizer = from_gguf(sys.argv[1])
print("result seconds", time.perf_counter() - start)
print("result weights_megabytes", sum(weight.numel() for weight in model.parameters()) * 4 / 1048576)
