"""Opens the GGUF files that Exports.java wrote with llama.cpp (llama-cpp-python).  use: exports_llama.py DATA THREADS full|quick"""
import sys

try:
    import llama_cpp
except ImportError:
    sys.exit(print("skipped llama-cpp-python is not in runs/bench/venv; environment/bench --llama-cpp builds it there (some minutes, with a C++ compiler)"))
import torch
from safetensors.torch import load_file

place = f"{sys.argv[1]}/export"
ours = load_file(f"{place}/logits.safetensors")
ids = ours["ids"][0].tolist()
print("note llama-cpp-python", llama_cpp.__version__)
for kind in ("F16", "Q8_0"):
    model = llama_cpp.Llama(f"{place}/tuned-{kind}.gguf", n_ctx=512, n_threads=int(sys.argv[2]), logits_all=True, verbose=False)
    model.eval(ids)
    said = torch.tensor(model.scores[:len(ids)])
    print(f"result {kind}_difference", (said - ours["tuned"][0]).abs().max().item())
    print(f"result {kind}_difference_from_the_file", (said - ours[kind][0]).abs().max().item())
    print(f"result {kind}_mean_difference", (said - ours["tuned"][0]).abs().mean().item())
    print(f"result {kind}_same_first_choice", (said.argmax(-1) == ours["tuned"][0].argmax(-1)).double().mean().item())
    if kind == "F16":
        question = [{"role": "user", "content": open(f"{place}/question.txt", encoding="utf-8").read()}]
        write = llama_cpp.llama_chat_format.Jinja2ChatFormatter(model.metadata["tokenizer.chat_template"], "<|im_end|>", "<|im_start|>")
        prompt = model.tokenize(write(messages=question).prompt.encode("utf-8"), add_bos=False, special=True)
        print("result prompt_ids", ",".join(map(str, prompt)))
        said = []
        for token in model.generate(prompt, top_k=1, temp=0.0):
            said.append(token)
            if len(said) == 32 or token == model.token_eos():
                break
        print("result answer_ids", ",".join(map(str, said)))
