"""The exercises: every solution passes its own checks, and what students hand in gets what it deserves and does no harm."""
import argparse
import concurrent.futures
import csv
import json
import os
import pathlib
import sys
import tempfile
import unittest

HOME = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOME / "environment"))

import course  # noqa: E402
import exercises  # noqa: E402
import sandbox  # noqa: E402

WALLS = sandbox.lacking()
NAME = "03-architecture.ipynb"


def options(**more):
    return argparse.Namespace(**{"seconds": 120, "memory": 4000, "bare": bool(WALLS), "out": "", "only": "", **more})


class SolutionsTest(unittest.TestCase):
    def test_every_solution_passes_its_checks_from_no_run_at_all(self):
        def errors(path):
            cells = [exercises.source(cell) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
            return course.asked(cells, [], options(), 240)["errors"]

        with concurrent.futures.ThreadPoolExecutor(2) as two:
            for path, found in zip(exercises.solutions(), two.map(errors, exercises.solutions())):
                with self.subTest(path.name):
                    self.assertEqual([], [each for each in found if each])

    def test_they_were_executed_from_top_to_bottom(self):
        for path in exercises.solutions():
            cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
            self.assertEqual(list(range(1, len(cells) + 1)), [cell["execution_count"] for cell in cells], path.name)
            shown = [output.get("data", {}).get("text/markdown", [""]) for cell in cells for output in cell["outputs"]]
            self.assertEqual(4, sum("is right." in "".join(each) for each in shown), path.name)
            self.assertEqual([], [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error" or output.get("name") == "stderr"], path.name)


@unittest.skipIf(WALLS, f"this machine cannot wall a place off: {WALLS}")
class GradingTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="handed in é ")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.solution = json.loads((HOME / course.WITHHELD / NAME).read_text(encoding="utf-8"))

    def hand_in(self, student, changes):
        """The solution with some answers exchanged, as a student's notebook."""
        book = json.loads(json.dumps(self.solution))
        for cell in book["cells"]:
            name = (cell["metadata"].get("nbgrader") or {}).get("grade_id")
            if name in changes:
                cell["source"] = changes[name]
        (self.folder / student).mkdir()
        (self.folder / student / NAME).write_text(json.dumps(book), encoding="utf-8")

    def graded(self):
        course.grade(options(folder=str(self.folder), only="03", seconds=120))
        with open(self.folder / "grades.csv", newline="", encoding="utf-8") as file:
            return {row["student"]: row for row in csv.DictReader(file)}

    def test_one_right_and_two_wrong_ones_get_their_points_and_who_cheats_or_crashes_gets_none(self):
        self.hand_in("right", {})
        # right for what the notebook asks and for nothing else; a wrong number; a comparison that is left out
        self.hand_in("by heart", {"answer-03-2": "double[] softmax(double[] s) { return s.length == 3 ? new double[] {0.09003057, 0.24472847, 0.66524096} : new double[] {0.5, 0.5}; }",
                                  "answer-03-1": "Long parameters = 1L;", "answer-03-4": "double[] gates = {0.9, 0.99}; List<Integer> steps = null;"})
        self.hand_in("stubs", {f"answer-03-{task}": exercises.stub(exercises.source(next(
            cell for cell in self.solution["cells"] if (cell["metadata"].get("nbgrader") or {}).get("grade_id") == f"answer-03-{task}"))) for task in range(1, 6)})
        self.hand_in("crash", {"answer-03-3": "System.exit(0);"})
        solution = HOME / course.WITHHELD / NAME
        self.hand_in("cheat", {"answer-03-1": f'Long parameters = java.nio.file.Files.size(java.nio.file.Path.of({json.dumps(str(solution))}));',
                               "answer-03-2": 'double[] softmax(double[] s) { return null; }\nkawi.course.Exercises.verdict("03.1", 1); class Exercises {}',
                               "answer-03-3": 'Integer width = 1; new java.net.Socket("192.0.2.1", 80); String because0 = "x";',
                               "answer-03-4": 'double[] gates = {0.5, 0.5}; List<Object> steps = List.of("1), gates) + evil(", 1);',
                               "answer-03-5": f'String because = "a ".repeat(30);\njava.nio.file.Files.writeString(java.nio.file.Path.of({json.dumps(str(self.folder / "evil"))}), "x");'})
        rows = self.graded()
        self.assertEqual(("5", ""), (rows["right"]["points"], rows["right"]["remarks"]))
        self.assertEqual(["0", "0", "1", "0", "1"], [rows["by heart"][f"03.{task}"] for task in range(1, 6)], rows["by heart"])
        self.assertRegex(rows["by heart"]["remarks"], "03.1: the model has more.*03.2: .*inputs that the notebook does not show.*03.4: ")
        for student in ("stubs", "crash", "cheat"):
            self.assertEqual("0", rows[student]["points"], rows[student])
        self.assertRegex(rows["stubs"]["remarks"], "03.1: it is not answered")
        self.assertRegex(rows["crash"]["remarks"], "03.1: its kernel ended|03.1: it did not end")
        self.assertFalse((self.folder / "evil").exists())
        self.assertEqual({"right", "by heart", "stubs", "crash", "cheat", "grades.csv", "explanations.txt"}, set(os.listdir(self.folder)))


if __name__ == "__main__":
    unittest.main()
