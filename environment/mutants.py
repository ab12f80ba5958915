"""Runs PIT over rooms or classes of the library and prints, class by class, which of its changes no test noticed and nobody explained. Called by environment/mutants."""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as xml
from collections import namedtuple

import disk

HOME = pathlib.Path(os.environ.get("KAWI_HOME") or pathlib.Path(__file__).resolve().parent.parent)
RUNS = HOME / "runs/mutants"
TESTS = HOME / "tests/src/test/java"
LIBRARY = HOME / "lib/src/main/java"
EXPLAINED = HOME / "tests/mutants.tsv"
# What a test speaks of that starts PyTorch, or needs a whole kit: run once for each change, such tests take hours.
ENGINE = re.compile(r"\bkawi\.(torch|model|train|tune|notebook|Kit|\*)|\bai\.djl\b")
# Rooms whose own tests start PyTorch and train, but for a second or two: they judge the room all the same, in a run of its own.
TRAINED = {"search"}
# Tests that take half a minute and more for each change, and why: others judge the same lines in a second, so these are left out unless all are asked for.
SLOW = {"kawi.eval.CalibrationTest": "it counts over thousands of samples how often an interval holds the truth",
        "kawi.search.ArchitectureComparisonTest": "it trains by the clock of the machine, kawi.search.ArchitectureComparisonByStepsTest by one that is written",
        "kawi.search.PilotRunsTest": "it trains many models by the clock of the machine, kawi.search.WrittenPilotsTest has their losses written"}
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


def kept(rooms, folder=TESTS, library=LIBRARY):
    """Objects of the rooms that a test class keeps in a static field, as "class line": PIT tries one change after another in one JVM, so whatever is kept was
    made under an earlier change. It judges the later ones by that, and where making it failed, each of them counts as noticed."""
    made = {(room, name) for room in rooms for path in sorted((library / "kawi" / room).rglob("*.java"))
            for name in re.findall(r"^\s*(?:[\w@]+ )*(?:class|record|enum) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)}
    found = []
    for path in sorted(folder.rglob("*.java")):
        test, text = path.relative_to(folder).with_suffix("").as_posix().replace("/", "."), path.read_text(encoding="utf-8")
        known = {name for room, name in made if test.startswith(f"kawi.{room}.") or re.search(rf"^import (?:static )?kawi\.{room}\.[\w.]*\b{name}\b", text, re.MULTILINE)}
        for field in re.finditer(r"^ +(?:\w+ )*static (?:\w+ )*[\w<>,.\[\] ?]+\s\w+\s*=\s*([^;]*);", text, re.MULTILINE):
            called = re.findall(r"\bnew (\w+)[(<]", field[1]) + re.findall(r"(?<![.\w])(\w+)\.\w+\(", field[1])
            if known.intersection(called) and not re.match(r"new \w+\(\) \{", field[1]):  # a class of the test's own, such as a step
                found.append(f"{test} {text.count(chr(10), 0, field.start()) + 1}")
    return found


# A change that no test noticed: where, what was changed, the source's line, and whether a test runs that line.
Survivor = namedtuple("Survivor", "line method what code reached")
# Why a change need not be noticed: a line of tests/mutants.tsv.
Explanation = namedtuple("Explanation", "name method what code reason at")


def source(name, library=LIBRARY):
    """The lines of a class's source, empty where there is none."""
    path = library / (name.replace(".", "/") + ".java")
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def plain(method):
    """A method's name; of a lambda the method that it stands in, for the compiler counts lambdas through."""
    found = re.fullmatch(r"lambda\$(.+)\$\d+", method)
    return {"new": "<init>", "static": "<clinit>"}.get(found[1], found[1]) if found else method


def survivors(report, library=LIBRARY):
    """For each class the changes that were made, and those that no test noticed."""
    made, left = {}, {}
    for mutation in xml.parse(report).getroot().iter("mutation"):
        name = mutation.findtext("mutatedClass").partition("$")[0]
        made[name] = made.get(name, 0) + 1
        if mutation.get("status") in (UNNOTICED, UNREACHED):
            line, lines = int(mutation.findtext("lineNumber")), source(name, library)
            code = lines[line - 1].strip() if 0 < line <= len(lines) else ""
            left.setdefault(name, []).append(Survivor(line, mutation.findtext("mutatedMethod"), mutation.findtext("description"), code, mutation.get("status") == UNNOTICED))
    return made, {name: sorted(each) for name, each in left.items()}


def explanations(path=EXPLAINED, library=LIBRARY):
    """What is said of changes that need not be noticed. Whatever in the file fits no code of today is refused by its line."""
    read = []
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else [], 1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        where = f"Line {at} of tests/{path.name}"
        if len(fields) != 5 or not all(field and field == field.strip() for field in fields):
            sys.exit(f"{where} is no explanation: give class, method, change, code and reason with one tab between them.")
        name, method, _, code, _ = fields
        lines = source(name, library)
        if not lines:
            sys.exit(f"{where} explains a class that is not there, {name}: correct the name or remove the line.")
        word = name.rpartition(".")[2] if method == "<init>" else "static" if method == "<clinit>" else method
        if not any(re.search(rf"\b{re.escape(word)}\b", each) for each in lines):
            sys.exit(f"{where} explains a method that {name} does not have, {method}: correct the name or remove the line.")
        if not any(code in each for each in lines):
            sys.exit(f"{where} explains code that {name} does not have, '{code}': correct it or remove the line.")
        read.append(Explanation(*fields, at))
    return read


def explains(explanation, name, survivor):
    """Whether an explanation is of this change; a change "*" is each change of the code, code is a part of the line."""
    return (explanation.name == name and explanation.method == plain(survivor.method) and explanation.what in ("*", survivor.what)
            and explanation.code in survivor.code)


def page(made, left, explained=(), elsewhere=()):
    """What is printed and kept in survivors.txt, and how many changes nobody noticed or explained. Of the rooms in elsewhere, tests that start PyTorch were
    left out: a line that no test ran may be theirs, and is counted apart."""
    lines, counts, used = [], dict.fromkeys(("explained", "open", "apart"), 0), set()
    for name in sorted(made):
        mine = left.get(name, [])
        reasons = [[each for each in explained if explains(each, name, survivor)] for survivor in mine]
        used.update(each for found in reasons for each in found)
        unexplained = [survivor for survivor, found in zip(mine, reasons) if not found]
        apart = name.split(".")[1] in elsewhere
        counts["explained"] += len(mine) - len(unexplained)
        unreached = [survivor for survivor in unexplained if not survivor.reached]
        counts["apart" if apart else "open"] += len(unreached)
        counts["open"] += len(unexplained) - len(unreached)
        said = f", {len(mine) - len(unexplained)} explained" if len(mine) > len(unexplained) else ""
        lines.append(f"{name}: {made[name] - len(mine)} of {made[name]} changes noticed{said}")
        lines += [f"    line {each.line}, {each.method}: {each.what}" for each in unexplained if each.reached]
        numbers = sorted({each.line for each in unreached})
        if numbers:
            lines.append(f"    no {'quick ' if apart else ''}test runs line{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}")
    idle = [each for each in explained if each.name in made and each not in used]
    if idle:
        lines += ["", f"Explained in tests/{EXPLAINED.name}, and no change that went unnoticed: line{'s' if len(idle) > 1 else ''} {', '.join(str(each.at) for each in idle)}."]
    total, unnoticed = sum(made.values()), sum(map(len, left.values()))
    end = f"{total} changes, {total - unnoticed} noticed, {counts['explained']} explained in tests/{EXPLAINED.name}, {counts['open']} unexplained"
    if counts["apart"]:
        end += f", {counts['apart']} in lines that only slower tests may run (--engine)"
    return "\n".join([*lines, "", end + "."]), counts["open"]


def room(part):
    """The room of what is changed: of "stats" or "stats.Power" it is stats."""
    return part.partition(".")[0]


def judged(parts, every, heavy, engine):
    """The runs of PIT: which parts each changes - rooms, or classes such as stats.Power -, and the test classes that judge them. Tests that start PyTorch
    judge nothing unless asked to (engine), but for those of a trained room, which judge that room alone, nor do those that are SLOW."""
    tests = [name for name in every if name.endswith("Test")]
    if engine:
        return [(parts, tests)]
    tests = [name for name in tests if name not in SLOW]
    together = [part for part in parts if room(part) not in TRAINED]
    runs = [(together, [name for name in tests if name not in heavy])] if together else []
    return runs + [([part for part in parts if room(part) == trained], [name for name in tests if name not in heavy or name.startswith(f"kawi.{trained}.")])
                   for trained in sorted(TRAINED.intersection(map(room, parts)))]


def changed(parts, tests, starting):
    """Runs PIT over rooms or classes, and returns its report; starting is how many of the tests start PyTorch."""
    folder = RUNS / room(parts[0]) if set(map(room, parts)) <= TRAINED else RUNS
    targets = [f"kawi.{part},kawi.{part}$*" if "." in part else f"kawi.{part}.*" for part in parts]
    print(f"{', '.join(parts)}: {len(tests)} test classes judge" + (f", {starting} of which start PyTorch." if starting else "."), flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    report, log = folder / "mutations.xml", folder / "maven.log"
    report.unlink(missing_ok=True)
    command = [os.environ["KAWI_MAVEN"], "-B", "-ntp", os.environ.get("KAWI_MAVEN_OPTIONS", "-ntp"), "-Pmutants", "package", f"-Dmutants.report={folder}",
               f"-DtargetClasses={','.join(targets)}", f"-DtargetTests={','.join(tests)}"]
    with open(log, "w", encoding="utf-8") as out:
        done = subprocess.run(command, cwd=HOME, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    if done.returncode or not report.exists():
        text = log.read_text(encoding="utf-8", errors="replace")
        red = sorted(set(re.findall(r"^Description \[testClass=([\w.]+), name=.*\[method:(\w+)", text, re.MULTILINE)))
        said = [line.removeprefix("[ERROR] ") for line in text.splitlines() if line.startswith(("[ERROR]", "Exception"))]
        why = f"these tests fail without any change: {', '.join('.'.join(each) for each in red)}." if red else said[0] if said else "Maven gave no reason."
        sys.exit(f"The mutation run ended with status {done.returncode}: {why}{disk.nearly_full(RUNS)} The whole log is {log.relative_to(HOME).as_posix()}.")
    return report


def main(words):
    options = argparse.ArgumentParser(prog="environment/mutants")
    options.add_argument("--engine", action="store_true")
    options.add_argument("parts", nargs="+")
    options = options.parse_args(words)
    explained = explanations()
    every, heavy = classes()
    print(f"Changing {', '.join('kawi.' + part for part in options.parts)}"
          + ("." if options.engine else "; of the tests that start PyTorch only the quick ones of kawi.search judge, and that room alone (--engine takes all)."), flush=True)
    if not options.engine:
        print("\n".join(f"Left out for its time: {name}: {why}." for name, why in SLOW.items()), flush=True)
    RUNS.mkdir(parents=True, exist_ok=True)
    made, left, reports = {}, {}, []
    for parts, tests in judged(options.parts, every, heavy, options.engine):
        report = changed(parts, tests, len(set(tests) & set(heavy)))
        for whole, part in zip((made, left), survivors(report)):
            whole.update(part)
        reports.append(report.with_name("index.html").relative_to(HOME).as_posix())
    elsewhere = set() if options.engine else {name.split(".")[1] for name in heavy}
    text, unexplained = page(made, left, explained, elsewhere)
    (RUNS / "survivors.txt").write_text(text + "\n", encoding="utf-8")
    print(text)
    print(f"Line by line: {', '.join(reports)}; this list: runs/mutants/survivors.txt")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
