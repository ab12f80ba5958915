"""SmolLM2 in transformers, for the peers. As a program it turns the GGUF file into a folder once, so that only load.py waits for that.  use: smollm2.py DATA"""
import os
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, logging

logging.set_verbosity_error()
logging.disable_progress_bar()


def from_gguf(data):
    file = os.path.realpath(f"{data}/smollm2.gguf")
    folder, name = os.path.split(file)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
    return model, AutoTokenizer.from_pretrained(folder, gguf_file=name)


def load(data):
    return AutoModelForCausalLM.from_pretrained(f"{data}/smollm2", dtype=torch.float32, attn_implementation="sdpa").eval()


if __name__ == "__main__":
    made = sys.argv[1] + "/smollm2"
    if not os.path.exists(made):
        read = from_gguf(sys.argv[1])[0]
        if hasattr(read.config, "quantization_config"):     # it is float32 by now; transformers refuses to save a model that was quantised once
            del read.config.quantization_config
        plain = AutoModelForCausalLM.from_config(read.config, dtype=torch.float32)
        plain.load_state_dict(read.state_dict())
        plain.save_pretrained(made + ".part")
        os.rename(made + ".part", made)
