"""environment/lab opens working copies: the clone's notebooks stay as they are, a reader's own cells are never lost, and --reset brings a notebook back."""
import json
import sys
import unittest

from clone import Clone

ONE, TWO = "01-data-collection.ipynb", "02-preprocessing.ipynb"


def notebook(*sources, output=None):
    cells = [{"cell_type": "code", "metadata": {}, "execution_count": None, "source": source, "outputs": [output] if output else []} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


class LabTest(unittest.TestCase):
    def setUp(self):
        self.clone = Clone(self)
        (self.clone.home / "environment/setup").write_text("#!/bin/sh\n")
        self.clone.script("../environment/venv/bin/jupyter-lab", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
        (self.clone.home / "environment/venv/bin/python").symlink_to(sys.executable)
        self.kits, self.copies = self.clone.home / "notebooks", self.clone.home / "runs/lab/notebooks"
        self.kits.mkdir()
        for name in (ONE, TWO):
            (self.kits / name).write_text(notebook("a = 1", name), encoding="utf-8")

    def lab(self, *words):
        status, said = self.clone.call(self.clone.home / "environment/lab", *words)
        return status, said.splitlines()

    def names(self):
        return sorted(each.name for each in self.copies.iterdir())

    def test_jupyterlab_is_told_where_the_copies_and_the_pages_are_and_of_its_callers_options(self):
        status, said = self.lab("--port", "1234", "--a-word with spaces")
        self.assertEqual((0, ["--port", "1234", "--a-word with spaces"]), (status, [each for each in said if each != "--allow-root"][-3:]))
        self.assertIn(f"--ServerApp.extra_static_paths={self.clone.home}/runs/docs", said)
        self.assertIn(f"--ServerApp.root_dir={self.clone.home}", said)
        self.assertIn("--LabApp.default_url=/lab/tree/runs/lab/notebooks", said)
        self.assertEqual((self.kits / ONE).read_bytes(), (self.copies / ONE).read_bytes())
        self.assertEqual((self.clone.home / "lib").resolve(), (self.copies / "../lib").resolve())

    def test_exercises_are_copied_too_and_reset_by_their_own_number_and_solutions_are_not(self):
        for name in (f"exercises/{ONE}", f"exercises/solutions/{ONE}"):
            (self.kits / name).parent.mkdir(exist_ok=True)
            (self.kits / name).write_text(notebook("b = 1"), encoding="utf-8")
        self.lab()
        self.assertEqual(["exercises", ONE, TWO], sorted(self.names(), key=lambda name: (name != "exercises", name)))
        self.assertEqual([ONE], [each.name for each in (self.copies / "exercises").iterdir()])
        (self.copies / "exercises" / ONE).write_text(notebook("b = 2"), encoding="utf-8")
        (self.copies / ONE).write_text(notebook("a = 2"), encoding="utf-8")
        self.lab("--reset", "exercises/01")
        self.assertEqual((notebook("b = 1"), notebook("a = 2")), ((self.copies / "exercises" / ONE).read_text(encoding="utf-8"), (self.copies / ONE).read_text(encoding="utf-8")))

    def test_who_writes_the_notebooks_opens_the_clones_own(self):
        status, said = self.lab("--committed")
        self.assertEqual(0, status)
        self.assertIn("--LabApp.default_url=/lab/tree/notebooks", said)
        self.assertFalse(self.copies.exists())

    def test_what_is_run_and_written_in_a_copy_stays_there(self):
        self.lab()
        mine = notebook("a = 2", ONE, output={"output_type": "stream", "name": "stdout", "text": "2"})
        (self.copies / ONE).write_text(mine, encoding="utf-8")
        before = (self.kits / ONE).read_bytes()
        self.assertEqual(0, self.lab()[0])
        self.assertEqual((mine, before), ((self.copies / ONE).read_text(encoding="utf-8"), (self.kits / ONE).read_bytes()))

    def test_a_copy_that_was_only_run_follows_the_kits_notebook(self):
        self.lab()
        (self.copies / ONE).write_text(notebook("a = 1", ONE, output={"output_type": "stream", "name": "stdout", "text": "1"}), encoding="utf-8")
        (self.kits / ONE).write_text(notebook("a = 3", ONE), encoding="utf-8")
        self.lab()
        self.assertEqual((self.kits / ONE).read_bytes(), (self.copies / ONE).read_bytes())

    def test_a_copy_with_cells_of_ones_own_is_kept_and_the_newer_notebook_is_said(self):
        self.lab()
        mine = notebook("a = 2", ONE)
        (self.copies / ONE).write_text(mine, encoding="utf-8")
        (self.kits / ONE).write_text(notebook("a = 3", ONE), encoding="utf-8")
        for _ in range(2):
            status, said = self.lab()
            self.assertEqual((0, mine), (status, (self.copies / ONE).read_text(encoding="utf-8")))
            self.assertIn(f"runs/lab/notebooks/{ONE} has cells of your own, and the kit a newer notebook: "
                          "environment/lab --reset 01 takes that one and keeps yours beside it.", said)

    def test_reset_brings_back_what_it_names_and_keeps_what_was_there(self):
        self.lab()
        for text in ("first", "second"):
            (self.copies / ONE).write_text(text, encoding="utf-8")
            (self.copies / TWO).write_text(notebook("a = 2"), encoding="utf-8")
            status, said = self.lab("--reset", "01")
            self.assertEqual((0, (self.kits / ONE).read_bytes()), (status, (self.copies / ONE).read_bytes()))
            self.assertEqual(notebook("a = 2"), (self.copies / TWO).read_text(encoding="utf-8"))
        self.assertEqual(["first", "second"], [(self.copies / f"01-data-collection.before-{i}.ipynb").read_text(encoding="utf-8") for i in (1, 2)])
        self.assertIn(f"runs/lab/notebooks/{ONE} is as the kit has it again; yours is runs/lab/notebooks/01-data-collection.before-2.ipynb.", said)
        self.lab("--reset=all")
        self.assertEqual((self.kits / TWO).read_bytes(), (self.copies / TWO).read_bytes())

    def test_a_notebook_that_is_not_there_and_words_that_contradict_are_refused_in_a_sentence(self):
        self.assertEqual((1, ["There is no notebook '9' to reset: name them by number, as in --reset 04,05, or say all."]), self.lab("--reset", "9"))
        self.assertEqual((2, "--reset wants the notebooks to put back: numbers, as in --reset 04,05, or all."), (lambda end: (end[0], end[1][0]))(self.lab("--reset")))
        self.assertEqual(2, self.lab("--committed", "--reset", "01")[0])

    def test_a_file_that_is_no_notebook_any_more_and_a_broken_ledger_lose_nothing(self):
        self.lab()
        (self.copies / ONE).write_text("not a notebook", encoding="utf-8")
        (self.clone.home / "runs/lab/copied.json").write_text("{", encoding="utf-8")
        status, said = self.lab()
        self.assertEqual((0, "not a notebook"), (status, (self.copies / ONE).read_text(encoding="utf-8")))
        self.assertTrue(any(ONE in each and "--reset 01" in each for each in said), said)


if __name__ == "__main__":
    unittest.main()
