"""The peer of Decode.java: transformers' generate with its cache, greedy, float32.  use: decode.py DATA THREADS full|quick"""
import sys
import time

import torch

from smollm2 import load
from tokens import Tokens

data, threads, size = sys.argv[1:]
torch.set_num_threads(int(threads))
text = Tokens(f"{data}/prompt.tokens")
model = load(data)
prompt = text.read(0, len(text)).unsqueeze(0)
settings = {"attention_mask": torch.ones_like(prompt), "do_sample": False, "use_cache": True, "pad_token_id": 2}
with torch.inference_mode():
    model.generate(prompt, max_new_tokens=16, **settings)
    start = time.perf_counter()
    out = model.generate(prompt, max_new_tokens=64 if size == "quick" else 128, **settings)[0, prompt.shape[1]:]
    seconds = time.perf_counter() - start
print("result tokens/s", len(out) / seconds)
print("result ids", ",".join(str(id) for id in out[:64].tolist()))
