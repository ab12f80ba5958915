"""The student's notebook of a solution: the same cells, without what stands between // BEGIN SOLUTION and // END SOLUTION and without outputs.

A solution is notebooks/exercises/solutions/NN-name.ipynb, a student's notebook notebooks/exercises/NN-name.ipynb. The marks, the words that take a
solution's place and the cells' metadata are those of nbgrader, for whoever has it. Called by itself, this writes the students' notebooks anew.
"""
import copy
import json
import os
import pathlib

HOME = pathlib.Path(os.environ.get("KAWI_HOME") or pathlib.Path(__file__).resolve().parent.parent)
BEGIN, END, STUB = "BEGIN SOLUTION", "END SOLUTION", "// YOUR CODE HERE"


def source(cell):
    return "".join(cell["source"])


def stub(text):
    """A cell's source with every solution in it replaced."""
    kept, inside = [], False
    for line in text.split("\n"):
        if BEGIN in line:
            inside = True
            kept.append(line[: len(line) - len(line.lstrip())] + STUB)
        elif END in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def student(solution):
    """What a student is given for a solution."""
    book = copy.deepcopy(solution)
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            lines = stub(source(cell)).replace("%classpath ../../../lib/", "%classpath ../../lib/").split("\n")
            cell["source"] = [f"{line}\n" for line in lines[:-1]] + lines[-1:]
            cell["outputs"], cell["execution_count"] = [], None
        else:
            cell["source"] = [line.replace("](../../", "](../") for line in cell["source"]]
    return book


def solutions(home=HOME):
    return sorted((home / "notebooks/exercises/solutions").glob("[0-9][0-9]-*.ipynb"))


def text(book):
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def write(home=HOME):
    for path in solutions(home):
        book = student(json.loads(path.read_text(encoding="utf-8")))
        (home / "notebooks/exercises" / path.name).write_text(text(book), encoding="utf-8")


if __name__ == "__main__":
    write()
