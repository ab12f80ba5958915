"""Checks an archive of share.py: its hashes, and its numbers against a run of the same budget and seed. Called by environment/verify."""
import argparse
import hashlib
import json
import pathlib
import re
import stat
import subprocess
import sys
import zipfile

import share

HOME = share.HOME
LARGEST = 500_000_000    # bytes that an archive may unfold to
# What another machine, or the same at another hour, does otherwise.
OF_THE_MACHINE = re.compile(r"second|memory|resident|speed|times one process|efficiency|energy|joule|watt|faster|share of (?:the )?peak", re.IGNORECASE)
SAME, WITHIN, DIFFERENT, MACHINE = "same", "within its interval", "different", "of the machine"


def contents(path):
    """The files of an archive, nothing of which touches the disk; a sentence where it is none, or not sound."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            if sum(each.file_size for each in entries) > LARGEST:
                sys.exit(f"{path.name} unfolds to more than {LARGEST // 1_000_000} MB, which no archive of environment/share does: it is not opened.")
            data = {}
            for each in entries:
                parts = pathlib.PurePosixPath(each.filename).parts
                if each.filename.startswith(("/", "\\")) or ".." in parts or "\\" in each.filename or ":" in each.filename:
                    sys.exit(f"{path.name} holds '{each.filename}', a path that leads out of it: it was not made by environment/share, and nothing of it was written.")
                if stat.S_ISLNK(each.external_attr >> 16) or each.filename in data:
                    sys.exit(f"{path.name} holds '{each.filename}' as a link or twice: it was not made by environment/share, and nothing of it was written.")
                data[each.filename] = archive.read(each)
            return data
    except FileNotFoundError:
        sys.exit(f"There is no archive '{path.name}': give the file that environment/share wrote.")
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zipfile.zlib.error) as error:
        sys.exit(f"{path.name} cannot be read as an archive ({str(error)[:120]}): ask for it again.")


def hashes(path, data):
    """Ends with a sentence at the first file that is missing, changed or not named."""
    if share.SUMS not in data:
        sys.exit(f"{path.name} has no {share.SUMS}, the list of its hashes: it was not made by environment/share, or a part of it is missing.")
    named = {}
    for line in data[share.SUMS].decode("utf-8", "replace").splitlines():
        digest, _, name = line.partition("  ")
        named[name] = digest
    for name, digest in named.items():
        if name not in data:
            sys.exit(f"{name} is missing in {path.name}: ask for the archive again.")
        if hashlib.sha256(data[name]).hexdigest() != digest:
            sys.exit(f"{name} in {path.name} is not what its hash says: it was changed after the archive was made.")
    if more := sorted(set(data) - set(named) - {share.SUMS}):
        sys.exit(f"{more[0]} in {path.name} is in no list of hashes: it was put in after the archive was made.")
    try:
        graph = {each["@id"]: each for each in json.loads(data[share.METADATA])["@graph"]}
        made = {name: json.loads(data[name]) for name in named if name.endswith("/manifest.json") and not name.startswith("locks/")}
        for name, manifest in made.items():
            manifest["inputs"], manifest["outputs"], manifest["metrics"], manifest["stage"], manifest["name"]
        about = json.loads(data[share.ORIGIN])
        about["budget"], about["seed"], about["library"]
    except (KeyError, ValueError, TypeError) as error:
        sys.exit(f"{path.name} lacks a part that environment/share writes ({type(error).__name__}: {str(error)[:80]}): ask for the archive again.")
    if wrong := [name for name, digest in named.items() if name in graph and graph[name].get("sha256") not in (None, digest)]:
        sys.exit(f"{wrong[0]} has another hash in {share.METADATA} than in {share.SUMS}: the archive was changed after it was made.")
    return about, share.ordered(made)


def again(archive, about, made, options):
    """Runs the same budget and seed in a run of its own, and gives its name."""
    if len(about["budget"]) != 1 or len(about["seed"]) != 1:
        sys.exit("The run's artifacts have several budgets or seeds, so there is none to run again: compare with --against, or check --hashes alone.")
    budget = options.budget or about["budget"][0]
    if budget not in ("smoke", "lesson", "full") and not budget.endswith(".json"):
        sys.exit(f"The run had a budget of its own, '{budget}': give its file with --budget.")
    name = "verify-" + hashlib.sha256(archive.read_bytes()).hexdigest()[:12]
    numbers = sorted({manifest["stage"][:2] for manifest in made.values()})
    done = subprocess.run([str(HOME / "environment/run"), "--budget", budget, "--run", name, "--seed", about["seed"][0], "--only", ",".join(numbers)], stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"The run could not be made again: what environment/run says above tells why; runs/{name} keeps what is done.")
    return name


def judged(name, was, now):
    if now is None:
        return "missing"
    if was["value"] == now["value"]:
        return SAME
    if OF_THE_MACHINE.search(name):
        return MACHINE
    low, high = was.get("low"), was.get("high")
    return WITHIN if low is not None and high is not None and low <= now["value"] <= high else DIFFERENT


def compare(made, here):
    """Prints every number, and gives what differs: numbers, and the first artifact whose files are others."""
    by_name = {manifest["name"]: manifest for manifest in here.values()}
    counts, first = {}, None
    for manifest in made.values():
        name, other = manifest["name"], by_name.get(manifest["name"])
        if other is None:
            print(f"{manifest['stage']}, {name}: it is not made here")
            first = first or name
            counts["missing"] = counts.get("missing", 0) + max(1, len(manifest["metrics"]))
            continue
        files = lambda each: {key: value["sha256"] for key, value in each["outputs"].items() if not key.startswith("figures/")}    # noqa: E731
        apart = sorted(key for key in files(manifest) | files(other) if files(manifest).get(key) != files(other).get(key))
        print(f"{manifest['stage']}, {name}: " + (f"other bytes in {', '.join(apart)}" if apart else "the same bytes"))
        if apart and first is None:
            first = name
        for metric, was in manifest["metrics"].items():
            now = other["metrics"].get(metric)
            verdict = judged(metric, was, now)
            counts[verdict] = counts.get(verdict, 0) + 1
            interval = f" [{was['low']:.4g}, {was['high']:.4g}]" if was.get("low") is not None and was.get("high") is not None else ""
            print(f"    {verdict:<20} {metric}: {was['value']:.6g}{interval}" + ("" if verdict == SAME or now is None else f", here {now['value']:.6g}"))
    return counts, first


def main(words):
    options = argparse.ArgumentParser(prog="environment/verify")
    options.add_argument("archive")
    options.add_argument("--hashes", action="store_true")
    options.add_argument("--against", default="")
    options.add_argument("--budget", default="")
    options = options.parse_args(words)
    archive = pathlib.Path(options.archive)
    data = contents(archive)
    about, made = hashes(archive, data)
    print(f"{archive.name}: {len(data)} files, each as its hash says. Fingerprint: {hashlib.sha256(data[share.SUMS]).hexdigest()}")
    print(f"Run '{about['run']}', budget {', '.join(about['budget'])}, seed {', '.join(about['seed'])}, commit {about['commit']}"
          + (f", {len(about['changed since that commit'])} files changed since" if isinstance(about["changed since that commit"], list) and about["changed since that commit"] else ""))
    if options.hashes:
        return 0
    run = options.against or again(archive, about, made, options)
    here = share.manifests(HOME / "runs" / run) if (HOME / "runs" / run).is_dir() else {}
    if not here:
        sys.exit(f"There is no run '{run}' here to compare with: name one that is in runs.")
    library = sorted({manifest["code"].get("library", "unknown") for manifest in here.values()})
    if library != about["library"]:
        print("The library is not the same bytes here: what follows may differ for that reason alone.")
    counts, first = compare(made, here)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()) + f". Compared with runs/{run}.")
    print(f"The first artifact that differs is '{first}'." if first else "All artifacts have the same bytes.")
    return 1 if counts.get(DIFFERENT) or counts.get("missing") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
