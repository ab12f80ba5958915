"""Which plan of training `speed.py` takes for Tiny Shakespeare: `python3 choose.py [--seconds 130] [--out FILE]`, on a GPU, beside check.py.

Plans are trained side by side on the first eight tenths of the text and judged on the ninth. The last tenth, which `speed.py` reports, is not read here.
"""
import argparse
import json
import multiprocessing
import pathlib
import time

HERE = pathlib.Path(__file__).resolve().parent
PLANS = [{"steps": steps, "rate": 0.01, "decay": decay, "dropout": dropout} for steps, decay, dropout in (
    (1500, 1.0, 0.2), (1500, 1.0, 0.3), (1500, 2.0, 0.2))]    # with 0.1 all overfitted on an H100, at dropout 0.3 too
SIZES = {"layers": 6, "heads": 6, "width": 384, "vocabulary": 65, "context": 256}
SMALL = {"layers": 2, "heads": 2, "width": 64, "context": 32}


def one(plan, seconds, device, quick):
    import torch
    import speed
    from archives import Archives
    archives = Archives(HERE, torch.device(device))
    text = (HERE / "input.txt").read_text(encoding="utf-8")
    if quick:
        return speed.characters(archives, text[:20_000], SMALL, 4, {**plan, "steps": 6}, 3, time.monotonic() + seconds, archives.device, 0.8, 0.9)
    return speed.characters(archives, text, SIZES, 64, plan, 100, time.monotonic() + seconds, archives.device, 0.8, 0.9)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=130, help="after which a training ends, whatever it has reached")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true", help="a small model and six steps: shows that it runs")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "choice.json")
    words = parser.parse_args()
    with multiprocessing.get_context("spawn").Pool(1 if words.quick else len(PLANS)) as pool:
        found = pool.starmap(one, [(plan, words.seconds, words.device, words.quick) for plan in PLANS], chunksize=1)
    rows = sorted(({"plan": plan, "steps": each["steps"], "course": each["course"]} for plan, each in zip(PLANS, found)), key=lambda row: row["course"][-1]["validation"])
    words.out.write_text(json.dumps(rows, indent=1) + "\n")
    for row in rows:
        print(f"{row['course'][-1]['validation']:.4f} at step {row['course'][-1]['step']:5d}: {row['plan']}")


if __name__ == "__main__":
    main()
