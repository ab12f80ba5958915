"""The student edition of the kit, and the grades of what students hand in. Called by environment/course, which checks its options."""
import argparse
import concurrent.futures
import csv
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tarfile

import exercises
import sandbox

HOME = pathlib.Path(os.environ.get("KAWI_HOME") or pathlib.Path(__file__).resolve().parent.parent)
WITHHELD = "notebooks/exercises/solutions"
MADE = {"target", "venv", ".state", "cache", "__pycache__", ".ipynb_checkpoints", "runs", ".git"}
LARGEST = 20_000_000    # bytes of a notebook that is handed in
LITERAL = re.compile(r"-?\d+(?:\.\d+)?(?:[eE]-?\d+)?|[A-Za-z][\w .,-]{0,80}")
PASSED_ON = re.compile(r"KAWI_(?:HOME|JVM_OPTS)|JJAVA_JVM_OPTS|JAVA_HOME|DJL_\w+|ENGINE_CACHE_DIR|OPT_OUT_TRACKING|JUPYTER_PATH|LD_LIBRARY_PATH|PYTORCH_\w+")


# The edition.

def files(home):
    """What belongs to the kit: git's list, or what lies there that no command made."""
    listed = subprocess.run(["git", "-C", str(home), "ls-files", "-z"], capture_output=True, text=True) if (home / ".git").exists() and shutil.which("git") else None
    if listed and listed.returncode == 0:
        return [each for each in listed.stdout.split("\0") if each and (home / each).is_file()]
    found = []
    for place, folders, names in os.walk(home):
        folders[:] = [each for each in folders if each not in MADE]
        found += [(pathlib.Path(place) / name).relative_to(home).as_posix() for name in names]
    return sorted(found)


def edition(place, home=HOME):
    place = pathlib.Path(place).absolute()
    if place.exists():
        sys.exit(f"{place.name} is there already: name a place that is not, so that nothing of yours is lost.")
    chosen = [each for each in files(home) if not each.startswith(f"{WITHHELD}/")]
    if not any(each.startswith("notebooks/exercises/") for each in chosen):
        sys.exit("The clone has no notebooks/exercises to make an edition of: restore them.")
    try:
        if place.name.endswith((".tar.gz", ".tgz")):
            part = place.with_name(f".{place.name}.part")
            with tarfile.open(part, "w:gz") as archive:
                for each in chosen:
                    archive.add(home / each, f"kawi/{each}", recursive=False)
            part.replace(place)
        else:
            for each in chosen:
                (place / each).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(home / each, place / each)
    except OSError as error:
        sys.exit(f"The edition could not be written ({error.strerror}): make room or rights where {place.name} is to lie.")
    print(f"{place.name}: {len(chosen)} files, without solutions and hidden checks.")


# What was handed in.

def handed_in(folder):
    """Students' names, and for each the notebooks by their number; no link is followed."""
    found = {}
    for student in sorted(each for each in folder.iterdir() if each.is_dir() and not each.is_symlink() and not each.name.startswith(".")):
        mine = {}
        for place, folders, names in os.walk(student):
            folders[:] = sorted(each for each in folders if not each.startswith("."))
            for name in sorted(names):
                if re.match(r"0[1-8]\b.*\.ipynb$", name):
                    mine.setdefault(name[:2], pathlib.Path(place) / name)
        found[student.name] = mine
    return found


def read(path):
    """The cells of a notebook that is handed in; ValueError with a sentence where it is none."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ValueError("it is not a file")
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ValueError("it is a link to somewhere else" if path.is_symlink() else f"it cannot be read ({error.strerror})") from error
    if len(data) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST // 1_000_000} MB")
    try:
        cells = json.loads(data)["cells"]
        return [(cell["cell_type"], "".join(cell["source"]), str((cell.get("metadata", {}).get("nbgrader") or {}).get("grade_id", ""))) for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("it is no notebook") from error


def code(solution, mine):
    """What is run of a student's notebook: its cells, but those that the kit made as the kit made them, and no check."""
    kits = {cell["metadata"]["nbgrader"]["grade_id"]: exercises.source(cell) for cell in solution["cells"]
            if cell["cell_type"] == "code" and not cell["metadata"]["nbgrader"]["solution"]}
    runs, opened = [], set()
    for kind, source, name in mine:
        if kind == "code" and source.strip() and not re.match(r"\s*(check|hint)\(", source) and name not in kits:
            runs.append((name, source))
        elif name in kits and not name.startswith("check-") and name not in opened:
            opened.add(name)
            runs.append((name, kits[name]))
    first = [(name, source) for name, source in kits.items() if not name.startswith("check-") and name not in opened]
    return [source for _, source in first + runs]


def asked(cells, asks, options, seconds):
    """The kernel's answers to `asks` after `cells`, run where it can do no harm."""
    cells = [cell.replace("%classpath ../../../lib/", "%classpath ../../lib/") for cell in cells]    # a solution's, where the student's notebook lies
    job = json.dumps({"cells": cells, "asks": asks, "seconds": seconds})
    variables = {key: value for key, value in os.environ.items() if PASSED_ON.fullmatch(key)}
    variables.update(KAWI_RUN="exercises", KAWI_BUDGET="smoke", KAWI_SEED="1", JUPYTER_RUNTIME_DIR="/tmp/jupyter", JUPYTER_DATA_DIR="/tmp/jupyter",
                     JUPYTER_CONFIG_DIR="/tmp/jupyter", IPYTHONDIR="/tmp/jupyter", PATH=os.environ["PATH"])
    own = [word for word in variables.get("JJAVA_JVM_OPTS", "").split() if not word.startswith(("-Xmx", "-XX:ErrorFile="))]
    variables["JJAVA_JVM_OPTS"] = " ".join([*own, f"-Xmx{options.memory // 2}m"])
    place = HOME / "notebooks/exercises"
    java = os.path.realpath(os.environ["JAVA_HOME"])
    lent = [sys.prefix, sys.base_prefix, os.environ["JAVA_HOME"], java, HOME / "environment/asking.py", HOME / "lib/target/kawi", HOME / "datasets",
            os.path.realpath(HOME / "datasets/cache"), os.environ["DJL_CACHE_DIR"], *os.environ.get("JUPYTER_PATH", "").split(":"),
            *os.environ.get("LD_LIBRARY_PATH", "").split(":")]
    command = [sys.executable, "-s", str(HOME / "environment/asking.py")]
    limits = {"seconds": seconds, "megabytes": options.memory, "folder": str(place)}
    lent = [each for each in lent if str(each) and os.path.exists(each)]
    said = sandbox.bare(command, job, variables, **limits) if options.bare else sandbox.run(command, job, lent, variables, disk=512, **limits)
    try:
        answer = json.loads(said[0].rstrip().rpartition("\n")[2])
        if len(answer["answers"]) != len(asks):
            raise ValueError
        return answer
    except (ValueError, KeyError, TypeError) as error:
        words = [line for line in said[1].splitlines() if line.strip()]
        raise sandbox.Excess("its kernel ended before it was asked" + (f" ({words[-1].strip()[:160]})" if words else "")) from error


# Grades.

def same(own, right):
    """Whether two values are the same, numbers in them to a millionth."""
    number = re.compile(r"-?\d+(?:\.\d+)?(?:E-?\d+)?")
    if own == right:
        return True
    if own is None or right is None or number.sub("#", own) != number.sub("#", right):
        return False
    pairs = zip(number.findall(own), number.findall(right))
    return all(abs(float(a) - float(b)) <= 1e-9 + 1e-6 * abs(float(b)) for a, b in pairs)


def literal(text):
    """A student's value as Java would write it, so that the kit's own kernel can be asked about it; None where it is no plain value."""
    if text is None or not LITERAL.fullmatch(text) or text == "null":
        return None
    return text if re.match(r"-?\d", text) else json.dumps(text)


class Notebook:
    """One exercise notebook: its tasks, what is asked, and everybody's answers."""

    def __init__(self, number, hidden):
        [path] = (HOME / WITHHELD).glob(f"{number}-*.ipynb")
        self.number, self.solution = number, json.loads(path.read_text(encoding="utf-8"))
        self.tasks = {task: what for task, what in hidden.items() if task.startswith(f"{number}.")}
        self.asks = [ask for what in self.tasks.values() for ask in what["ask"]]

    def by_task(self, answers):
        answers, found = iter(answers), {}
        for task, what in self.tasks.items():
            found[task] = [next(answers) for _ in what["ask"]]
        return found

    def grade(self, students, options):
        """For each student and task the points and a sentence."""
        given, grades = {}, {}

        def answers_of(student):
            try:
                if students[student] is None:
                    raise ValueError("it was not handed in")
                given[student] = self.by_task(asked(code(self.solution, read(students[student])), self.asks, options, options.seconds)["answers"])
            except (ValueError, sandbox.Excess) as error:
                grades[student] = {task: (0, f"{error}.") for task in self.tasks}

        with concurrent.futures.ThreadPoolExecutor(max(1, (os.cpu_count() or 2) // 2)) as several:
            list(several.map(answers_of, students))
        judged = self.judges(given)
        cells = [exercises.source(cell) for cell in self.solution["cells"] if cell["cell_type"] == "code"]
        cells += [what["before"] for what in self.tasks.values() if "before" in what]
        try:
            kits = asked(cells, self.asks + list(judged.values()), options, max(options.seconds, 300))
        except sandbox.Excess as error:
            sys.exit(f"The solution of notebook {self.number} cannot be run, so nothing can be graded: {error}.")
        wrong = [error for error in kits["errors"] if error]
        if wrong:
            sys.exit(f"The solution of notebook {self.number} fails, so nothing can be graded: {wrong[0]}.")
        right = self.by_task(kits["answers"])
        verdicts = dict(zip(judged, kits["answers"][len(self.asks):]))
        for student, answers in given.items():
            grades[student] = {task: self.one(task, answers[task], right[task], verdicts.get((student, task))) for task in self.tasks}
        return grades, {student: answers.get(f"{self.number}.5", [("", "")])[0][0] for student, answers in given.items()}

    def judges(self, given):
        """Expressions that the kit's own kernel is asked: what the check says of a student's values."""
        found = {}
        for student, answers in given.items():
            for task, what in self.tasks.items():
                values = [literal(value) for value, _ in answers[task]]
                if "judge" in what and all(values):
                    filled = re.sub(r"\$(\d)", lambda place: values[int(place.group(1)) - 1], what["judge"])
                    found[student, task] = f'kawi.course.Exercises.verdict("{task}", {filled})'
        return found

    def one(self, task, answers, right, verdict):
        what = self.tasks[task]
        for value, error in answers:
            if error and "NullPointerException" in error:
                return 0, "it is not answered."
            if error:
                return 0, f"asked for its answer, it fails: {error.rstrip('.')}."
            if value in (None, "", "null"):
                return 0, "it is not answered."
        if "words" in what:
            words = re.findall(r"\w+", answers[0][0].lower())
            return (1, "to be read.") if len(words) >= what["words"] and len(set(words)) >= what["words"] // 2 else (0, "it says too little to be read.")
        if "judge" not in what:
            good = sum(same(own[0], kit[0]) for own, kit in zip(answers, right))
            return (1, "right.") if good == len(right) else (0, f"it is right for {good} of {len(right)} inputs that the notebook does not show.")
        if verdict is None:
            return 0, "its answer is no plain number or word."
        return (1, "right.") if verdict[0] == "right" else (0, verdict[0] or f"the check cannot be made: {verdict[1]}.")


def write(out, tasks, grades, explanations):
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "grades.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["student", *tasks, "points", "of", "remarks"])
        for student, mine in grades.items():
            remarks = " ".join(f"{task}: {mine[task][1]}" for task in tasks if mine[task][0] == 0)
            rows.writerow([plain(student), *(mine[task][0] for task in tasks), sum(mine[task][0] for task in tasks), len(tasks), plain(remarks)])
    with open(out / "explanations.txt", "w", encoding="utf-8") as file:
        for (student, number), text in explanations.items():
            file.write(f"{student}, {number}.5:\n{text or '(none)'}\n\n")


def plain(text):
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(tuple("=+-@\t\r")) else text


def grade(options):
    folder = pathlib.Path(options.folder).absolute()
    if not folder.is_dir():
        sys.exit(f"There is no folder '{options.folder}' with what was handed in.")
    if not (HOME / WITHHELD / "hidden.json").is_file():
        sys.exit("This is a student edition, which has no solutions: grade in the kit that it was made from.")
    students = handed_in(folder)
    if not students:
        sys.exit(f"'{options.folder}' holds no student's folder: make one for each, with the notebooks in it.")
    why = "" if options.bare else sandbox.lacking()
    if why:
        sys.exit(f"This machine cannot wall off what students hand in: {why}. Grade on a Linux that can, or say --no-isolation and trust them with your files and network.")
    hidden = json.loads((HOME / WITHHELD / "hidden.json").read_text(encoding="utf-8"))
    numbers = sorted({task[:2] for task in hidden})
    asked_for = [each.strip() for each in options.only.split(",") if each.strip()] or [each for each in numbers if any(each in mine for mine in students.values())]
    if unknown := [each for each in asked_for if each not in numbers]:
        sys.exit(f"There are no exercises '{unknown[0]}': they are numbered {numbers[0]} to {numbers[-1]}.")
    if not asked_for:
        sys.exit(f"No student handed in a notebook of the exercises: they are named as in notebooks/exercises, such as 03-architecture.ipynb.")
    grades, explanations = {student: {} for student in students}, {}
    for number in asked_for:
        mine, said = Notebook(number, hidden).grade({student: books.get(number) for student, books in students.items()}, options)
        for student, each in mine.items():
            grades[student].update(each)
            explanations[student, number] = said.get(student, "")
            print(f"{number} {student}: {sum(points for points, _ in each.values())} of {len(each)}", flush=True)
            for task, (points, sentence) in each.items():
                if not points:
                    print(f"    {task}: {sentence}", flush=True)
    tasks = [task for task in hidden if task[:2] in asked_for]
    out = pathlib.Path(options.out).absolute() if options.out else folder
    try:
        write(out, tasks, grades, explanations)
    except OSError as error:
        sys.exit(f"grades.csv could not be written ({error.strerror}): make room or rights where it is to lie.")
    print(f"{len(grades)} students, {len(tasks)} tasks: grades.csv and explanations.txt")


def main(words):
    options = argparse.ArgumentParser(prog="environment/course")
    kinds = options.add_subparsers(dest="what", required=True)
    kinds.add_parser("edition").add_argument("place")
    grading = kinds.add_parser("grade")
    grading.add_argument("folder")
    for name in ("out", "only"):
        grading.add_argument(f"--{name}", default="")
    grading.add_argument("--seconds", type=int, default=120)
    grading.add_argument("--memory", type=int, default=4000)
    grading.add_argument("--no-isolation", dest="bare", action="store_true")
    options = options.parse_args(words)
    if options.what == "edition":
        return edition(options.place)
    if options.seconds < 1 or options.memory < 500:
        sys.exit("A notebook needs at least a second and 500 MB: give --seconds and --memory more.")
    return grade(options)


if __name__ == "__main__":
    main(sys.argv[1:])
