"""Opens what Exports.java wrote with transformers and peft, and its GGUF files with ggml's Python package.  use: exports.py DATA THREADS full|quick"""
import os
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import gguf
import torch
from gguf.quants import quantize
from peft import AutoPeftModelForCausalLM, PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer, logging

logging.set_verbosity_error()
logging.disable_progress_bar()
torch.set_num_threads(int(sys.argv[2]))
place = f"{sys.argv[1]}/export"
ours = load_file(f"{place}/logits.safetensors")


def read(kind, where, **more):
    return kind.from_pretrained(where, dtype=torch.float32, **more)


def difference(model, name):
    with torch.inference_mode():
        return (model.eval()(ours["ids"]).logits - ours[name]).abs().max().item()


base, report = read(AutoModelForCausalLM, f"{place}/base", output_loading_info=True)
print("result base_difference", difference(base, "base"))
print("result unmatched", sum(len(names) for names in report.values()))
print("result peft_difference", difference(PeftModel.from_pretrained(base, f"{place}/adapter"), "tuned"))
print("result auto_peft_difference", difference(read(AutoPeftModelForCausalLM, f"{place}/adapter"), "tuned"))

tuned = read(AutoModelForCausalLM, f"{place}/tuned")
tokenizer = AutoTokenizer.from_pretrained(f"{place}/tuned")
print("result merged_difference", difference(tuned, "tuned"))
question = [{"role": "user", "content": open(f"{place}/question.txt", encoding="utf-8").read()}]
prompt = tokenizer.apply_chat_template(question, add_generation_prompt=True, return_tensors="pt", return_dict=True)
said = tuned.generate(**prompt, max_new_tokens=32, do_sample=False)[0, prompt["input_ids"].shape[1]:].tolist()
print("result prompt_ids", ",".join(map(str, prompt["input_ids"][0].tolist())))
print("result answer_ids", ",".join(map(str, said)))

# The bytes of each matrix are those that ggml's own package makes of the folder's, in the order of llama.cpp's converter.
weights, heads = load_file(f"{place}/tuned/model.safetensors"), tuned.config
names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, heads.num_hidden_layers)
for kind in (gguf.GGMLQuantizationType.F16, gguf.GGMLQuantizationType.Q8_0):
    file, other = gguf.GGUFReader(f"{place}/tuned-{kind.name}.gguf"), 0
    found = {each.name: each for each in file.tensors}
    for name, weight in weights.items():
        count = {"q_proj": heads.num_attention_heads, "k_proj": heads.num_key_value_heads}.get(name.split(".")[-2])
        if count:
            weight = weight.view(count, 2, -1, weight.shape[1]).transpose(1, 2).reshape(weight.shape)
        made = found.pop(names.get_name(name, try_suffixes=(".weight",)))
        other += (quantize(weight.numpy(), made.tensor_type).tobytes() != made.data.tobytes()) + (weight.dim() > 1 and made.tensor_type != kind)
    print(f"result {kind.name}_other_tensors", other + len(found))
