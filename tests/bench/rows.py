"""The rows of the benchmark: what each side runs, what is compared, and what is aimed at.

A row without a peer has (); a program in another folder is on Spark. A row of one's own: a Java program and a Python program in this folder, each called with DATA THREADS full|quick and the words given here, each printing
lines `result NAME VALUE` (also `note TEXT` for the table, or `skipped WHY` and nothing else); then one Row below.
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Target:
    """What is aimed at: `value` (ratio, memory, the name of a result of ours, or that name and " - the peer's" for the difference) is at most, at least, or within `slack` of `bound`."""
    value: str
    relation: str
    bound: float
    slack: float = 0.0


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table.

    title      what the README calls it in a few words
    measure    the result that is compared: seconds (less is better) or tokens/s (more is better); the ratio is ours / the peer's
    same       results that must agree between the sides: (name, largest difference), of numbers or of texts of numbers with commas between, one by one; a difference of
               None asks for the same text
    show       further results that the table prints for both sides
    needs      file of the data folder that both sides read
    cores      whether ours takes all cores that Java sees, so that Java is told of as many as there are threads
    """
    name: str
    work: str
    ours: tuple
    peer: tuple
    measure: str = "seconds"
    targets: tuple = ()
    same: tuple = ()
    show: tuple = ()
    repeats: int = 3
    needs: str = ""
    title: str = ""
    cores: bool = False


CLUSTER = "../cluster/bench/ClusterRows"


def rows(whole=False):
    text, apart = "characters", "characters-apart"
    smollm2, transformers = "smollm2.gguf", "transformers float32"
    return [
        Row("gpt-step", "GPT of 12.3 M parameters, one training step, float32, against eager PyTorch", ("GptStep", "fp32"), ("gpt_step.py", "fp32"),
            targets=(Target("ratio", "at most", 1.0), Target("memory", "at most", 0.65)), same=(("parameters", 0),), needs="pairs.train.tokens", title="GPT training step, float32"),
        Row("gpt-step-bf16", "the same with bfloat16 products of ours, against eager PyTorch in float32", ("GptStep", "bf16"), ("gpt_step.py", "fp32"),
            targets=(Target("ratio", "at most", 0.6),), same=(("parameters", 0),), needs="pairs.train.tokens", title="GPT training step, bfloat16 beside float32"),
        Row("gpt-step-autocast", "the same, both in bfloat16, PyTorch by autocast", ("GptStep", "bf16"), ("gpt_step.py", "bf16"),
            same=(("parameters", 0),), needs="pairs.train.tokens", title="GPT training step, both bfloat16"),
        Row("characters", "nanoGPT's recipe for a CPU on Tiny Shakespeare, 2,000 steps, against plain PyTorch", ("Characters", "1", text), ("characters.py", "1", text),
            targets=(Target("ratio", "at most", 1.0), Target("loss", "within", 1.88, 0.03)), same=(("steps", 0),), show=("loss",), repeats=2,
            needs="characters.train.tokens", title="Tiny Shakespeare by the same recipe"),
        Row("characters-fast", "the same text to the same loss by the kit's fastest recipe, mean of three seeds, against nanoGPT's recipe in plain PyTorch",
            ("Ladder", "260", "3", "fastest", text), ("characters.py", "1", text), targets=(Target("ratio", "at most", 0.2), Target("loss", "at most", 1.88)),
            show=("steps", "loss"), repeats=2, needs="characters.train.tokens", title="Tiny Shakespeare to the same loss by the fastest recipe"),
        Row("characters-best", "the same text for about the same time by the kit's fastest recipe, one seed, against nanoGPT's recipe in plain PyTorch",
            ("Ladder", "1500", "1", "fastest", text), ("characters.py", "1", text), targets=(Target("ratio", "at most", 1.0), Target("loss", "at most", 1.66)),
            show=("steps", "loss"), repeats=1, needs="characters.train.tokens", title="Tiny Shakespeare for the same time by the fastest recipe"),
        Row("characters-apart", "the fastest recipe's number of steps, judged on a tenth of the text on which it was not sought, against nanoGPT's recipe there",
            ("Ladder", "260", "3", "fastest", apart), ("characters.py", "1", apart), targets=(Target("loss - the peer's", "at most", 0.0),),
            show=("steps", "loss"), repeats=1, needs="characters-apart.train.tokens", title="the fastest recipe on a tenth of Tiny Shakespeare kept apart"),
        Row("lstm", "LSTM of 2 layers, width 256, one training step, against torch.nn.LSTM", ("Lstm",), ("lstm.py",),
            targets=(Target("ratio", "at most", 1.0),), needs="characters.train.tokens", title="LSTM training step"),
        Row("decode", f"SmolLM2-135M, greedy decoding, batch 1, float32, against {transformers}", ("Decode", "FP32"), ("decode.py",), "tokens/s",
            (Target("ratio", "at least", 1.5),), same=(("ids", None),), needs=smollm2, title="SmolLM2 decoding, float32"),
        Row("decode-int8", f"the same with int8 weights of ours, against {transformers}", ("Decode", "INT8"), ("decode.py",), "tokens/s",
            (Target("ratio", "at least", 5.0),), needs=smollm2, title="SmolLM2 decoding, int8 beside float32"),
        Row("eight", f"SmolLM2-135M goes on with eight texts of different lengths at once, greedily, float32, against {transformers}, padded", ("Eight", "FP32"), ("eight.py",),
            "tokens/s", (Target("times_one", "at least", 2.5),), same=(("ids", None),), needs="scored.tokens", title="eight conversations at once, float32"),
        Row("eight-int8", f"the same with int8 weights of ours, against {transformers}", ("Eight", "INT8"), ("eight.py",), "tokens/s",
            (Target("times_one", "at least", 2.5),), needs="scored.tokens", title="eight conversations at once, int8 beside float32"),
        Row("forward", f"SmolLM2-135M, forward pass over windows of 512 tokens, float32, against {transformers}", ("Forward", "FP32"), ("forward.py",),
            "tokens/s", (Target("ratio", "at least", 1.3),), same=(("nats", 1e-3),), show=("bits_per_byte",), repeats=2, needs="scored.tokens", title="SmolLM2 forward pass, float32"),
        Row("forward-int8", f"the same with int8 weights of ours, against {transformers}", ("Forward", "INT8"), ("forward.py",), "tokens/s",
            (Target("ratio", "at least", 3.0),), show=("bits_per_byte",), repeats=2, needs="scored.tokens", title="SmolLM2 forward pass, int8 beside float32"),
        Row("choices", "SmolLM2-135M answers 200 questions each of PIQA and OpenBookQA by log-likelihood, float32, against lm-evaluation-harness on the same weights",
            ("Choices",), ("choices.py",), targets=(Target("ratio", "at most", 0.5),),
            same=tuple((f"{task}_{what}", slack) for task in ("piqa", "openbookqa") for what, slack in (("log_likelihoods", 1e-3), ("choices", None), ("acc", 0), ("acc_norm", 0))),
            show=("piqa_acc_norm", "openbookqa_acc_norm"),
            repeats=2, needs=smollm2, title="multiple-choice scoring beside lm-evaluation-harness"),
        Row("load", "SmolLM2-135M read from its GGUF file, warm, against transformers", ("Load",), ("load.py",),
            targets=(Target("seconds", "at most", 3.0), Target("memory / weights", "at most", 1.5)), repeats=2, needs=smollm2, title="SmolLM2 read from its file"),
        Row("lora", "SmolLM2-135M tuned to sentiment on 1,500 sentences, one epoch of its last 12 layers, against transformers + peft", ("LoraEpoch",),
            ("lora_epoch.py", "whole" if whole else "steps"), targets=(Target("ratio", "at most", 1 / 3), Target("accuracy", "at least", 0.86)),
            show=("accuracy",), repeats=1, needs="sentiment.tsv", title="SmolLM2 tuned by LoRA, one epoch"),
        Row("exchange", "a GPT and a Llama saved by the kit, opened by transformers: largest difference of a logit", ("Exchange",), ("exchange.py",),
            measure="", targets=(Target("gpt_difference", "at most", 1e-4), Target("llama_difference", "at most", 1e-4),
                                 Target("gpt_unmatched", "at most", 0), Target("llama_unmatched", "at most", 0)), repeats=1, title="models exchanged with transformers"),
        Row("export", "SmolLM2 with an adapter of the kit's: base, adapter and merged model opened by transformers and peft, the GGUF files' bytes by ggml's own package", ("Exports",),
            ("exports.py",), measure="", targets=tuple(Target(f"{each}_difference", "at most", 1e-3) for each in ("base", "peft", "auto_peft", "merged"))
            + tuple(Target(each, "at most", 0) for each in ("unmatched", "F16_other_tensors", "Q8_0_other_tensors")),
            same=(("prompt_ids", None), ("answer_ids", None)), show=("F16_megabytes", "Q8_0_megabytes", "tuning_changed"), repeats=1, needs=smollm2, title="a tuned model exported to transformers and peft"),
        Row("export-llama-cpp", "the same model's GGUF files opened by llama.cpp: differences of a logit, and of the loss of a text in nats per token", ("Exports",),
            ("exports_llama.py",), measure="", targets=(Target("F16_mean_difference", "at most", 0.01), Target("F16_nats_difference", "at most", 0.001),
                                                        Target("Q8_0_nats_difference", "at most", 0.03), Target("Q8_0_same_first_choice", "at least", 0.95)),
            same=(("prompt_ids", None), ("answer_ids", None)), show=("F16_largest_difference", "Q8_0_mean_difference", "Q8_0_largest_difference"), repeats=1, needs=smollm2, title="a tuned model exported to llama.cpp"),
        Row("pages", "text of the kit's 60 marked pages, one thread, against trafilatura 2.3.1", ("Pages",), ("pages_row.py",),
            targets=(Target("ratio", "at most", 1 / 3), Target("f1 - the peer's", "at least", 0.0)), same=(("pages", 0),), show=("f1", "precision", "recall"),
            title="text of pages beside trafilatura"),
        Row("cleaning", "the catalog's texts cleaned by Gopher's, C4's and FineWeb's rules, rid of near-duplicates and masked, from the start of the program on, against datatrove 0.10.1",
            ("Cleaning",), ("cleaning.py",), targets=(Target("ratio", "at most", 1 / 3),), same=(("documents", 0),), show=("documents", "kept", "again_seconds"), repeats=2,
            needs="cleaning.jsonl.gz", title="cleaning beside datatrove", cores=True),
        Row("personal", "personal data found in 6,520 drawn and real texts of 15 languages, one thread, against the patterns of presidio-analyzer 2.2.366",
            ("Personal",), ("personal.py",), targets=tuple(Target(f"{each}f1 - the peer's", "at least", 0.0) for each in ("", "card_", "email_", "iban_", "ip_", "phone_")),
            same=(("texts", 0), ("labels", 0)), show=("labels", "f1", "precision", "recall", "exact_f1", "phone_f1"), repeats=2, needs="personal.jsonl",
            title="personal data beside Presidio"),
        Row("cluster-exchange", "49 MB of gradients added up between two workers on Spark, encrypted, against gloo of PyTorch in the clear", (CLUSTER, "exchange"),
            ("ddp.py", "exchange"), targets=(Target("seconds", "at most", 0.15),), show=("megabytes_sent",), repeats=2, title="exchange of 49 MB between two workers"),
        Row("cluster-step", "GPT of 12.3 M parameters, a step of two workers on Spark, against two processes of DistributedDataParallel with gloo", (CLUSTER, "step"),
            ("ddp.py", "step"), targets=(Target("ratio", "at most", 1.0),), same=(("parameters", 0),), show=("exchange_seconds",), repeats=2,
            needs="pairs.train.tokens", title="training step of two workers"),
        Row("cluster-kill", "the same training with a worker killed: seconds that it cost", (CLUSTER, "kill"), (),
            targets=(Target("beyond_a_round", "at most", 5.0), Target("other_bytes", "at most", 0)), show=("round", "begun_again"), repeats=1,
            needs="pairs.train.tokens", title="a killed worker"),
        Row("cluster-cleaning", "the cleaning pipeline over the catalog's texts on two workers, beside one worker", (CLUSTER, "cleaning"), (),
            targets=(Target("times_one", "at least", 1.6),), show=("times_one",), repeats=1, title="cleaning on two workers"),
    ]
