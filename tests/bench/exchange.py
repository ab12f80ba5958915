"""Opens what Exchange.java saved with transformers and compares the logits.  use: exchange.py DATA THREADS full|quick"""
import os
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

ids = torch.tensor([(i * 37 + 11) % 211 for i in range(80)]).view(2, 40)
for name in ("gpt", "llama"):
    folder = f"{sys.argv[1]}/exchange/{name}"
    model, report = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    with torch.inference_mode():
        theirs = model.eval()(ids).logits
    ours = load_file(f"{folder}/logits.safetensors")["logits"]
    print(f"result {name}_difference", (theirs - ours).abs().max().item())
    print(f"result {name}_largest", theirs.abs().max().item())
    print(f"result {name}_unmatched", sum(len(names) for names in report.values()))
