"""Runs PIT over rooms of the library and prints, class by class, which of its changes no test noticed. Called by environment/mutants."""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

import disk

HOME = pathlib.Path(os.environ.get("KAWI_HOME") or pathlib.Path(__file__).resolve().parent.parent)
RUNS = HOME / "runs/mutants"
TESTS = HOME / "tests/src/test/java"
# What a test speaks of that starts PyTorch, or needs a whole kit: run once for each change, such tests take hours.
ENGINE = re.compile(r"\bkawi\.(torch|model|train|tune|notebook|Kit|\*)|\bai\.djl\b")
# How a change ended. PIT's other words (KILLED, TIMED_OUT, MEMORY_ERROR, RUN_ERROR, NON_VIABLE) mean that it was noticed, or was no program any more.
UNNOTICED, UNREACHED = "SURVIVED", "NO_COVERAGE"


def classes(folder=TESTS):
    """The test classes by name, and those among them that start the engine, by themselves or through another class of the tests."""
    sources = {path.relative_to(folder).with_suffix("").as_posix().replace("/", "."): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.java"))}
    heavy = {name for name, text in sources.items() if ENGINE.search(text) or re.match(r"kawi\.(torch|model|train|tune|notebook)\.|kawi\.KitTest", name)}
    while True:
        more = {name for name, text in sources.items() if name not in heavy and any(uses(name, text, other) for other in heavy)}
        if not more:
            return sorted(sources), sorted(heavy)
        heavy |= more


def uses(name, text, other):
    """Whether a test class speaks of another one: by its short name in the same package, by its long name elsewhere."""
    package, _, short = other.rpartition(".")
    return re.search(rf"\b{short if name.rpartition('.')[0] == package else other}\b", text) is not None


def survivors(report):
    """For each class the changes that were made, and those that no test noticed: (line, method, what was changed, whether a test runs that line)."""
    made, left = {}, {}
    for mutation in xml.parse(report).getroot().iter("mutation"):
        name = mutation.findtext("mutatedClass").partition("$")[0]
        made[name] = made.get(name, 0) + 1
        if mutation.get("status") in (UNNOTICED, UNREACHED):
            said = (int(mutation.findtext("lineNumber")), mutation.findtext("mutatedMethod"), mutation.findtext("description"), mutation.get("status") == UNNOTICED)
            left.setdefault(name, []).append(said)
    return made, {name: sorted(each) for name, each in left.items()}


def page(made, left, engine=True):
    """What is printed and kept in survivors.txt."""
    lines, no_test = [], "no test" if engine else "no test without PyTorch"
    for name in sorted(made):
        mine = left.get(name, [])
        lines.append(f"{name}: {made[name] - len(mine)} of {made[name]} changes noticed")
        lines += [f"    line {line}, {method}: {what}" for line, method, what, reached in mine if reached]
        unreached = sorted({line for line, _, _, reached in mine if not reached})
        if unreached:
            lines.append(f"    {no_test} runs line{'s' if len(unreached) > 1 else ''} {', '.join(map(str, unreached))}")
    total, unnoticed = sum(made.values()), sum(map(len, left.values()))
    unreached = sum(not each[3] for mine in left.values() for each in mine)
    return "\n".join([*lines, "", f"{total - unnoticed} of {total} changes were noticed; {unnoticed - unreached} survived the tests that run them, {unreached} are in lines that {no_test} runs."])


def main(words):
    options = argparse.ArgumentParser(prog="environment/mutants")
    options.add_argument("--engine", action="store_true")
    options.add_argument("rooms", nargs="+")
    options = options.parse_args(words)
    every, heavy = classes()
    tests = [name for name in every if name.endswith("Test") and (options.engine or name not in heavy)]
    print(f"Changing {', '.join('kawi.' + room for room in options.rooms)}; {len(tests)} test classes judge"
          + ("." if options.engine else f", {sum(name.endswith('Test') for name in heavy)} that start PyTorch do not (--engine takes them too)."), flush=True)
    RUNS.mkdir(parents=True, exist_ok=True)
    report, log = RUNS / "mutations.xml", RUNS / "maven.log"
    report.unlink(missing_ok=True)
    command = [os.environ["KAWI_MAVEN"], "-B", "-ntp", os.environ.get("KAWI_MAVEN_OPTIONS", "-ntp"), "-Pmutants", "package",
               f"-DtargetClasses={','.join(f'kawi.{room}.*' for room in options.rooms)}", f"-DtargetTests={','.join(tests)}"]
    with open(log, "w", encoding="utf-8") as out:
        done = subprocess.run(command, cwd=HOME, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    if done.returncode or not report.exists():
        text = log.read_text(encoding="utf-8", errors="replace")
        red = sorted(set(re.findall(r"^Description \[testClass=([\w.]+), name=.*\[method:(\w+)", text, re.MULTILINE)))
        said = [line.removeprefix("[ERROR] ") for line in text.splitlines() if line.startswith(("[ERROR]", "Exception"))]
        why = f"these tests fail without any change: {', '.join('.'.join(each) for each in red)}." if red else said[0] if said else "Maven gave no reason."
        sys.exit(f"The mutation run ended with status {done.returncode}: {why}{disk.nearly_full(RUNS)} The whole log is runs/mutants/maven.log.")
    text = page(*survivors(report), options.engine)
    (RUNS / "survivors.txt").write_text(text + "\n", encoding="utf-8")
    print(text)
    print("Line by line: runs/mutants/index.html; this list: runs/mutants/survivors.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
