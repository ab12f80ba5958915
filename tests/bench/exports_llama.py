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
targets, expected = ours["ids"][0][1:, None], ours["tuned"][0]


def nats(logits):
    return -logits.log_softmax(-1)[:-1].gather(1, targets).mean().item()


for kind in ("F16", "Q8_0"):
    model = llama_cpp.Llama(f"{place}/tuned-{kind}.gguf", n_ctx=512, n_threads=int(sys.argv[2]), logits_all=True, verbose=False)
    model.eval(ids)
    said = torch.tensor(model.scores[:len(ids)])
    print(f"result {kind}_mean_difference", (said - expected).abs().mean().item())
    print(f"result {kind}_largest_difference", (said - expected).abs().max().item())
    print(f"result {kind}_nats_difference", abs(nats(said) - nats(expected)))
    print(f"result {kind}_same_first_choice", (said.argmax(-1) == expected.argmax(-1)).double().mean().item())
    if kind == "F16":
        question = [{"role": "user", "content": open(f"{place}/question.txt", encoding="utf-8").read()}]
        names = {word: model.detokenize([token], special=True).decode() for word, token in (("bos", model.token_bos()), ("eos", model.token_eos()))}
        write = llama_cpp.llama_chat_format.Jinja2ChatFormatter(model.metadata["tokenizer.chat_template"], names["eos"], names["bos"])
        prompt = model.tokenize(write(messages=question).prompt.encode("utf-8"), add_bos=False, special=True)
        print("result prompt_ids", ",".join(map(str, prompt)))
        answer = []
        for token in model.generate(prompt, top_k=1, temp=0.0):
            answer.append(token)
            if len(answer) == 32 or token == model.token_eos():
                break
        print("result answer_ids", ",".join(map(str, answer)))
    model.close()
