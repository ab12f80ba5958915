"""The peer of Eight.java: transformers' generate on eight texts at once, padded on the left, greedy, float32.  use: eight.py DATA THREADS full|quick"""
import sys
import time

import torch

from smollm2 import load
from tokens import Tokens

PAD = 2
data, threads, size = sys.argv[1:]
torch.set_num_threads(int(threads))
text = Tokens(f"{data}/scored.tokens")
model = load(data)
LONGEST = 128
prompts = torch.full((8, LONGEST), PAD)
mask = torch.zeros((8, LONGEST), dtype=torch.long)
for i in range(8):
    own = text.read(512 * i, 100 + 4 * i)
    prompts[i, LONGEST - len(own):] = own
    mask[i, LONGEST - len(own):] = 1
settings = {"attention_mask": mask, "do_sample": False, "use_cache": True, "pad_token_id": PAD}
with torch.inference_mode():
    model.generate(prompts, max_new_tokens=16, **settings)
    start = time.perf_counter()
    out = model.generate(prompts, max_new_tokens=32 if size == "quick" else 128, **settings)[:, LONGEST:]
    seconds = time.perf_counter() - start
print("result tokens/s", int((out != PAD).sum()) / seconds)
print("result ids", ",".join(str(id) for id in out[0, :32].tolist()))
