"""Outputs are held against the code that ran: the pages, the book and publishing say where they are of other code or of another order."""
import json
import pathlib
import subprocess
import tempfile
import unittest

import executed
import nbformat
import pages
import publish
from clone import HOME, Clone

SITE_TOOLS = HOME / "runs/book/venv/ready"


def book(*sources):
    """A notebook with prose, then these cells, executed in order."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A notebook")] + [nbformat.v4.new_code_cell(source) for source in sources])
    for number, cell in enumerate(made.cells[1:], 1):
        cell.execution_count = number
        cell.outputs = [nbformat.v4.new_output("display_data", {"text/plain": f"output {number}"})]
        executed.mark(cell, number)
    return made


class DoubtsTest(unittest.TestCase):
    def test_a_notebook_that_ran_in_order_leaves_no_doubt_also_with_white_space_trimmed(self):
        made = book("int a = 1; ", "a + 1")
        self.assertEqual([], executed.doubts(made))
        made.cells[1].source = "int a = 1;\n"
        self.assertEqual([], executed.doubts(made))

    def test_code_that_changed_after_it_ran_is_named(self):
        made = book("int a = 1;", "a + 1", "a + 2")
        made.cells[2].source = "a + 3"
        self.assertEqual(["Code cell 2 changed after the outputs were made: they are of other code."], executed.doubts(made))

    def test_cells_that_ran_in_another_order_or_twice_are_named(self):
        made = book("int a = 1;", "a += 1", "a")
        made.cells[2].execution_count, made.cells[3].execution_count = 3, 2
        self.assertEqual(["Code cells 2 and 3 did not run right after the one above: cells ran in another order than they stand in, or more than once."], executed.doubts(made))
        made = book("int a = 1;", "a += 1", "a")
        made.cells[3].execution_count = 7
        self.assertEqual(1, len(executed.doubts(made)))

    def test_a_cell_run_again_by_hand_is_not_held_against_its_old_code(self):
        made = book("int a = 1;", "a + 1")
        made.cells[2].source, made.cells[2].execution_count = "a + 2", 3
        self.assertEqual(["Code cell 2 did not run right after the one above: cells ran in another order than they stand in, or more than once."], executed.doubts(made))

    def test_cells_that_did_not_run_or_failed_are_named(self):
        made = book("int a = 1;", "a + 1", "a + 2", "a + 3")
        made.cells[2].execution_count, made.cells[3].execution_count = None, None
        made.cells[4].outputs = [nbformat.v4.new_output("error", ename="E", evalue="no", traceback=[])]
        self.assertEqual(["Code cells 2 and 3 did not run.", "Code cell 4 failed."], executed.doubts(made))

    def test_the_page_beside_a_notebook_says_it_above_everything_else(self):
        place = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "04-mine.ipynb"
        made = book("int a = 1;", "a < 1 && a > 0")
        nbformat.write(made, place)
        pages.write(place)
        self.assertNotIn("Outputs in doubt", place.with_suffix(".html").read_text(encoding="utf-8"))
        made.cells[1].source = "int a = 2;"
        nbformat.write(made, place)
        pages.write(place)
        page = place.with_suffix(".html").read_text(encoding="utf-8")
        self.assertIn("Outputs in doubt.</strong> Code cell 1 changed after", page)
        self.assertLess(page.index("Outputs in doubt"), page.index("<h1 id=\"A-notebook"))


    def test_the_page_has_the_dark_colours_of_jupyterlab_where_the_system_asks_for_them(self):
        place = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "04-mine.ipynb"
        nbformat.write(book("int a = 1;"), place)
        pages.write(place)
        head = place.with_suffix(".html").read_text(encoding="utf-8").partition("</head>")[0]
        light, _, dark = head.rpartition("@media (prefers-color-scheme: dark)")
        self.assertIn("--jp-layout-color0: white", light)
        self.assertIn("--jp-layout-color0: #111;", dark)


class PublishTest(unittest.TestCase):
    def test_prose_written_after_the_run_is_kept_and_outputs_come_from_the_run(self):
        ours, theirs = book("int a = 1;", "a + 1"), book("int a = 1;", "a + 1")
        ours.cells[0].source, ours.cells[1].outputs = "# A better heading", []
        merged = publish.merged("04-training", ours, theirs, "lesson")
        self.assertEqual("# A better heading", merged["cells"][0]["source"])
        self.assertEqual("output 1", merged["cells"][1]["outputs"][0]["data"]["text/plain"])

    def test_code_that_the_run_did_not_run_is_refused_by_the_cells_number(self):
        with self.assertRaises(SystemExit) as refused:
            publish.merged("04-training", book("int a = 1;", "a + 2"), book("int a = 1;", "a + 1"), "lesson")
        self.assertEqual("Code cell 2 of notebook 04-training differs from what run 'lesson' ran: run environment/run --run lesson --only 04 first.", str(refused.exception))
        with self.assertRaises(SystemExit) as refused:
            publish.merged("04-training", book("int a = 1;"), book("int a = 1;", "a + 1"), "lesson")
        self.assertIn("Code cell 2 of notebook 04-training differs", str(refused.exception))

    def test_the_committed_notebooks_outputs_are_of_their_code(self):
        for each in sorted((HOME / "notebooks").glob("[0-9][0-9]-*.ipynb")):
            with self.subTest(each.name):
                self.assertEqual([], executed.doubts(json.loads(each.read_text(encoding="utf-8"))))


class BookTest(unittest.TestCase):
    def test_a_run_that_is_not_there_and_tools_that_cannot_be_fetched_are_one_sentence_each(self):
        clone = Clone(self)
        (clone.home / "environment/docs").write_text("#!/bin/sh\n")
        clone.free(90_000)
        status, said = clone.call(clone.home / "environment/book", KAWI_PYTHON=clone.python(pip="echo 'ERROR: no network'; exit 1"))
        self.assertEqual((1, "Sphinx could not be installed: ERROR: no network. The whole log is runs/book/pip.log."), (status, said.strip().splitlines()[-1]))
        status, said = clone.call(clone.home / "environment/book", "--run", "../out")
        self.assertEqual(2, status, said)
        self.assertIn("cannot be a folder's", said)

    def test_the_site_asks_no_other_machine_for_anything_and_describes_its_pictures(self):
        if not SITE_TOOLS.exists():
            self.skipTest("Sphinx is not there: environment/book brings it.")
        done = subprocess.run([HOME / "environment/book"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        self.assertEqual(0, done.returncode, done.stdout)
        site = HOME / "runs/book/site"
        for page in [site / "index.html", site / "search.html", site / "library.html", *sorted((site / "notebooks").glob("0*.html"))]:
            text = page.read_text(encoding="utf-8")
            self.assertNotRegex(text, r'<(script|link|img)\b[^>]*(src|href)="(https?:)?//', page.name)
        chapter = (site / "notebooks/03-architecture.html").read_text(encoding="utf-8")
        self.assertRegex(chapter, r'<img src="\.\./pictures/03-architecture-1\.png" alt="A family tree')
        self.assertTrue((site / "pictures/03-architecture-1.png").exists())
        self.assertTrue((site / "api/kawi/stats/Interval.html").exists())


if __name__ == "__main__":
    unittest.main()
