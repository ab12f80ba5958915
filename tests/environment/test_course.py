"""The student edition holds no solution, and what students hand in is run behind walls and graded by what it answers."""
import json
import os
import pathlib
import sys
import tarfile
import tempfile
import unittest

from clone import HOME, Clone

sys.path.insert(0, str(HOME / "environment"))
import course  # noqa: E402
import exercises  # noqa: E402
import sandbox  # noqa: E402

WALLS = sandbox.lacking()


class StudentsNotebookTest(unittest.TestCase):
    def test_each_solution_has_a_students_notebook_that_is_the_same_without_the_answers(self):
        names = [path.name for path in exercises.solutions()]
        self.assertEqual([path.name for path in sorted((HOME / "notebooks").glob("0*.ipynb"))], names)
        for path in exercises.solutions():
            given = (HOME / "notebooks/exercises" / path.name).read_text(encoding="utf-8")
            self.assertEqual(exercises.text(exercises.student(json.loads(path.read_text(encoding="utf-8")))), given, f"{path.name}: python3 environment/exercises.py writes it")
            self.assertNotIn(exercises.BEGIN, given)
            self.assertEqual(5, given.count(exercises.STUB))

    def test_what_stands_between_the_marks_gives_way_to_one_line(self):
        self.assertEqual("int f() {\n    // YOUR CODE HERE\n    return x;\n}", exercises.stub("int f() {\n    // BEGIN SOLUTION\n    x = 1;\n    // END SOLUTION\n    return x;\n}"))

    def test_five_tasks_have_a_question_an_answer_and_a_check_each_with_nbgraders_words(self):
        for path in exercises.solutions():
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            marks = {cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"] for cell in cells if cell["cell_type"] == "code"}
            for place in range(1, 6):
                answer, check = marks[f"answer-{path.name[:2]}-{place}"], marks[f"check-{path.name[:2]}-{place}"]
                self.assertEqual((3, True, False, place == 5), (answer["schema_version"], answer["solution"], answer["locked"], answer["grade"]))
                self.assertEqual((False, True, place != 5), (check["solution"], check["locked"], check["grade"]))
                self.assertEqual(1, (answer if place == 5 else check)["points"])
                self.assertEqual(1, sum(cell["cell_type"] == "markdown" and f"## {path.name[:2]}.{place} " in exercises.source(cell) for cell in cells))

    def test_every_task_has_hidden_checks(self):
        hidden = json.loads((HOME / course.WITHHELD / "hidden.json").read_text(encoding="utf-8"))
        self.assertEqual([f"{notebook:02}.{task}" for notebook in range(1, 9) for task in range(1, 6)], list(hidden))
        for task, what in hidden.items():
            self.assertTrue(what["ask"], task)


class EditionTest(unittest.TestCase):
    def setUp(self):
        self.clone = Clone(self)
        for name in ("notebooks/exercises/03-architecture.ipynb", "notebooks/exercises/solutions/03-architecture.ipynb", "notebooks/exercises/solutions/hidden.json",
                     "runs/mine/secret", "environment/.state/tools.md"):
            (self.clone.home / name).parent.mkdir(parents=True, exist_ok=True)
            (self.clone.home / name).write_text("{}")

    def edition(self, place):
        return self.clone.call(self.clone.home / "environment/course", "edition", place)

    def test_a_folder_or_an_archive_has_the_kit_without_solutions_hidden_checks_and_runs(self):
        folder, archive = self.clone.home.parent / "für students", self.clone.home.parent / "für students.tar.gz"
        for place in (folder, archive):
            status, said = self.edition(place)
            self.assertEqual(0, status, said)
        inside = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        with tarfile.open(archive) as packed:
            self.assertEqual([f"kawi/{each}" for each in inside], sorted(packed.getnames()))
        self.assertIn("notebooks/exercises/03-architecture.ipynb", inside)
        self.assertIn("environment/run", inside)
        self.assertTrue(os.access(folder / "environment/run", os.X_OK))
        self.assertEqual([], [each for each in inside if "solutions" in each or each.startswith("runs") or ".state" in each])

    def test_what_is_there_already_is_not_written_over(self):
        (self.clone.home.parent / "there").mkdir()
        status, said = self.edition(self.clone.home.parent / "there")
        self.assertEqual(1, status)
        self.assertRegex(said, r"^there is there already: [^\n]*\n$")


class HandedInTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_a_link_a_pipe_a_giant_and_what_is_no_notebook_are_refused_each_in_a_sentence(self):
        (self.folder / "link").symlink_to("/etc/passwd")
        os.mkfifo(self.folder / "pipe")
        (self.folder / "text").write_text("hello")
        (self.folder / "odd").write_text('{"cells": [{"cell_type": "code", "source": 3}]}')
        (self.folder / "deep").write_text("[" * 200_000)
        with open(self.folder / "giant", "wb") as giant:
            giant.truncate(course.LARGEST + 1)
        for name, pattern in (("link", "link"), ("pipe", "not a file"), ("text", "no notebook"), ("odd", "no notebook"), ("deep", "no notebook"), ("giant", "larger")):
            with self.assertRaisesRegex(ValueError, pattern):
                course.read(self.folder / name)

    def test_cells_of_the_kit_are_run_as_the_kit_has_them_and_checks_are_not(self):
        marked = lambda name, source, solution=False: {"cell_type": "code", "source": source, "metadata": {"nbgrader": {"grade_id": name, "solution": solution}}}    # noqa: E731
        solution = {"cells": [marked("open-03", "open"), marked("answer-03-1", "secret", True), marked("check-03-1", "check(1)")]}
        mine = [("code", "evil", "open-03"), ("code", "helper", ""), ("code", "mine", "answer-03-1"), ("code", "evil", "check-03-1"), ("markdown", "text", "")]
        self.assertEqual(["open", "helper", "mine"], course.code(solution, mine))
        self.assertEqual(["open", "mine"], course.code(solution, [("code", "mine", "answer-03-1")]))

    def test_only_plain_values_reach_the_kits_own_kernel(self):
        self.assertEqual(["12", "-0.5", "1.0E-4", '"no detectable difference"'], [course.literal(each) for each in ("12", "-0.5", "1.0E-4", "no detectable difference")])
        for evil in (None, "null", '"); System.exit(0); ("', "1; evil()", "a\nb", "$1", "x" * 200, "1e", 'a"b', "a\\u0022b"):
            self.assertIsNone(course.literal(evil), evil)

    def test_numbers_are_the_same_to_a_millionth_and_texts_to_the_letter(self):
        self.assertTrue(course.same("[1.0, 2.0]", "[1.0, 2.0000001]"))
        self.assertTrue(course.same("1.0E-4", "1.00000001E-4"))
        for own, right in (("[1.0]", "[1.0, 2.0]"), ("1.1", "1.0"), ("a b", "b a"), (None, "1"), ("x", None)):
            self.assertFalse(course.same(own, right), own)

    def test_no_name_is_a_formula_to_a_spreadsheet(self):
        self.assertEqual(["'=1+1", "'@x", "Ada", ""], [course.plain(each) for each in ("=1+1", "@x", "Ada", "")])

    def test_options_and_places_that_cannot_be_are_refused(self):
        clone = Clone(self)
        (clone.home / "environment/setup").write_text("#!/bin/sh\n")
        for words, status, pattern in ((["grade", "nowhere"], 1, "no folder 'nowhere'"), (["grade"], 2, "wants the folder"), (["mark"], 2, "does not know 'mark'"),
                                       ([], 2, "Say what to do"), (["grade", "x", "--loud"], 2, "'--loud'"), (["grade", clone.home], 1, "student edition")):
            got, said = clone.call(clone.home / "environment/course", *words)
            self.assertEqual(status, got, (words, said))
            self.assertRegex(said.splitlines()[0], pattern)


@unittest.skipIf(WALLS, f"this machine cannot wall a place off: {WALLS}")
class PlaceTest(unittest.TestCase):
    def inside(self, code, **limits):
        return sandbox.run([sys.executable, "-I", "-c", code], "", [sys.prefix, sys.base_prefix], {}, **limits)

    def test_it_has_no_network_no_file_of_the_machine_and_no_rights(self):
        said, wrong = self.inside(f"""
import os, socket, pathlib
README = {str(HOME / "README.md")!r}
for what in ('socket.create_connection(("192.0.2.1", 80), 3)', 'open("/etc/shadow")', 'open(README)', 'open("/usr/x", "w")',
             'open("/proc/sys/kernel/core_pattern", "w")', 'os.mount', 'os.kill({os.getpid()}, 0)', 'os.setuid(1234)'):
    try: print("DONE", what, eval(what))
    except (OSError, AttributeError): pass
print(sorted(os.listdir("/proc"), key=lambda n: not n.isdigit())[:1], [l.split()[1] for l in open("/proc/self/status") if l.startswith("CapEff")])
pathlib.Path("/tmp/mine").write_text("fine"); print(pathlib.Path("/tmp/mine").read_text())
""")
        self.assertEqual("['1'] ['0000000000000000']\nfine\n", said, wrong)
        self.assertFalse(pathlib.Path("/tmp/mine").exists())

    def test_too_much_time_memory_processes_and_disk_end_it(self):
        for code, pattern, limits in (("while True: pass", "2 s", {"seconds": 2}),
                                      ("import os, time\nfor i in range(8):\n  if os.fork() == 0: x = bytearray(60_000_000); time.sleep(20)\ntime.sleep(20)", "memory", {"megabytes": 200}),
                                      ("import os, time\nwhile True:\n  try: os.fork()\n  except OSError: time.sleep(1)", "processes", {"tasks": 60})):
            with self.assertRaisesRegex(sandbox.Excess, pattern):
                self.inside(code, **limits)
        self.assertIn("MemoryError", self.inside("bytearray(900_000_000)", megabytes=300)[1])
        self.assertRegex(self.inside("f = open('/tmp/x', 'wb')\nfor i in range(99): f.write(bytes(9_000_000))", disk=50)[1], "OSError")

    def test_nothing_of_it_is_left_running(self):
        word = f"left-{os.getpid()}"
        with self.assertRaises(sandbox.Excess):
            self.inside(f"import os, time\nos.fork(); os.setsid() if os.getpid() > 1 else 0\ntime.sleep(60)  # {word}", seconds=2)
        left = [path for path in pathlib.Path("/proc").glob("[0-9]*/cmdline") if word.encode() in read(path)]
        self.assertEqual([], left)


def read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


if __name__ == "__main__":
    unittest.main()
