"""Working copies of the notebooks, runs/lab/notebooks: whoever opens and runs them leaves the clone as it was. Called by environment/lab.

A copy is its reader's. One in which no cell was changed follows the kit's notebook when that one changes; one with cells of the reader's own stays as it
is, and a sentence says that there is a newer one and how to have it. What --reset puts aside is kept under another name.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import sys

HOME = pathlib.Path(os.environ.get("KAWI_HOME") or pathlib.Path(__file__).resolve().parent.parent)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def cells(path):
    """A hash of what the cells say, without what they gave; None where the file is no notebook."""
    try:
        return digest(json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]).encode())
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path, data):
    """The whole file or none of it."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def aside(copy):
    """Renames a copy to the first free name beside it, and gives that name."""
    number = 1
    while (kept := copy.with_name(f"{copy.stem}.before-{number}{copy.suffix}")).exists():
        number += 1
    copy.rename(kept)
    return kept


def chosen(words, names):
    """The notebooks that --reset names: by number, separated by commas, exercises/NN for one of the exercises, or all."""
    if words == "all":
        return set(names)
    found = set()
    for word in words.split(","):
        mine = [name for name in names if name == word or word and name.startswith(f"{word}-")]
        if not mine:
            sys.exit(f"There is no notebook '{word}' to reset: name them by number, as in --reset 04,05, or say all.")
        found.update(mine)
    return found


def bring(home=HOME, reset=""):
    """Makes the copies that are missing, renews those that nobody changed, and gives the folder and what is to be said."""
    originals = sorted((home / "notebooks").glob("*.ipynb")) + sorted((home / "notebooks/exercises").glob("*.ipynb"))
    folder, ledger = home / "runs/lab/notebooks", home / "runs/lab/copied.json"
    back = chosen(reset, [each.relative_to(home / "notebooks").as_posix() for each in originals]) if reset else set()
    folder.mkdir(parents=True, exist_ok=True)
    library = folder.parent / "lib"      # the notebooks' first cell asks for ../lib
    if not library.exists():
        library.unlink(missing_ok=True)
        library.symlink_to(pathlib.Path("../../lib"), target_is_directory=True)
    try:
        copied = json.loads(ledger.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        copied = {}
    said = []
    for original in originals:
        name, data = original.relative_to(home / "notebooks").as_posix(), original.read_bytes()
        copy = folder / name
        copy.parent.mkdir(exist_ok=True)
        shown = copy.relative_to(home).as_posix()
        before = copied.get(name) or {}
        if copy.exists() and name in back:
            said.append(f"{shown} is as the kit has it again; yours is {aside(copy).relative_to(home).as_posix()}.")
        elif copy.exists():
            if before.get("file") == digest(data):
                continue
            mine = cells(copy)
            if mine is None or mine not in (before.get("cells"), cells(original)):
                said.append(f"{shown} has cells of your own, and the kit a newer notebook: environment/lab --reset {name.partition('-')[0]} takes that one and keeps yours beside it.")
                continue
        write(copy, data)
        copied[name] = {"file": digest(data), "cells": cells(original)}
    if (home / "notebooks/pictures").is_dir():
        shutil.copytree(home / "notebooks/pictures", folder / "pictures", dirs_exist_ok=True)
    write(ledger, json.dumps(copied, indent=1).encode())
    return folder, said


def main(words):
    options = argparse.ArgumentParser(prog="environment/lab")
    options.add_argument("--reset", default="")
    folder, said = bring(reset=options.parse_args(words).reset)
    for each in said:
        print(each, file=sys.stderr)
    print(folder.relative_to(HOME).as_posix())


if __name__ == "__main__":
    main(sys.argv[1:])
