"""environment/run executes notebooks in order, keeps them, stops cleanly, and says of a failure where it was and how to go on.
The clone that is used here is a folder with spaces and other letters than English ones in its name, the kit's own scripts, kernel and library, and small notebooks."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import nbformat

HOME = pathlib.Path(__file__).resolve().parents[2]
JAVA = os.path.join(os.environ["JAVA_HOME"], "bin/java") if os.environ.get("JAVA_HOME") else "java"


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="kawi rün ")
        self.addCleanup(folder.cleanup)
        self.clone = pathlib.Path(folder.name) / "a clone"
        for each in ("environment/.state", "notebooks", "datasets", "lib/target"):
            (self.clone / each).mkdir(parents=True)
        for script in (HOME / "environment").iterdir():
            if script.is_file():
                shutil.copy(script, self.clone / "environment" / script.name)
        (self.clone / "environment/setup").write_text("#!/bin/sh\n")    # all is set up: below are links to the real clone
        shutil.copy(HOME / "environment/.state/tools", self.clone / "environment/.state/tools")
        shutil.copy(HOME / "datasets/catalog.json", self.clone / "datasets/catalog.json")
        os.symlink(HOME / "environment/venv", self.clone / "environment/venv")
        os.symlink(HOME / "lib/target/kawi", self.clone / "lib/target/kawi")

    def notebook(self, name, *cells):
        first = f"%classpath ../lib/target/kawi/*.jar\nimport kawi.*;\nKit kit = Kit.open(\"{name}\");"
        book = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "java", "display_name": "Java", "language": "java"}})
        book.cells = [nbformat.v4.new_markdown_cell("# A title")] + [nbformat.v4.new_code_cell(cell) for cell in (first, *cells)]
        nbformat.write(book, self.clone / "notebooks" / f"{name}.ipynb")

    def start(self, *options, **variables):
        return subprocess.Popen([str(self.clone / "environment/run"), *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, env={**os.environ, **variables})

    def run_kit(self, *options, **variables):
        running = self.start(*options, **variables)
        said, _ = running.communicate(timeout=120)
        return running.returncode, said

    def outputs(self, run, name):
        return nbformat.read(self.clone / "runs" / run / "notebooks" / f"{name}.ipynb", as_version=4).cells

    def test_notebooks_run_in_order_from_a_path_with_spaces_and_other_letters_in_any_locale_with_the_runs_settings(self):
        self.notebook("01-first", 'System.out.println(System.getenv("KAWI_RUN") + " " + kit.budget().name() + " " + kit.seed());')
        self.notebook("02-second", 'System.out.println(new java.awt.Font("SansSerif", 0, 12).canDisplay(65));')
        status, said = self.run_kit("--budget", "smoke", "--run", "mine", "--seed", "7", LC_ALL="C", PYTHONUTF8="0")
        self.assertLess(said.index("[1/2] 01-first: 2 cells in"), said.index("[2/2] 02-second: 2 cells in"))
        cells = self.outputs("mine", "01-first")
        self.assertEqual("mine smoke 7\n", cells[2].outputs[0].text)
        self.assertEqual([1, 2], [cell.execution_count for cell in cells if cell.cell_type == "code"])
        self.assertEqual("true\n", self.outputs("mine", "02-second")[2].outputs[0].text)
        page = (self.clone / "runs/mine/notebooks/01-first.html").read_text()
        self.assertNotIn("<script", page)
        self.assertEqual(1, status, said)    # no artifact was made, so there is no report
        self.assertIn("The report could not be drawn", said)

    def test_a_budget_of_ones_own_is_a_file_beside_the_caller(self):
        mine = self.clone / "plans of mine"
        mine.mkdir()
        self.notebook("01-first", 'System.out.println(kit.budget().name() + " " + kit.budget().tuning().heldOut() + " " + System.getenv("KAWI_RUN"));')
        classes = str(self.clone / "lib/target/kawi/*")
        written = subprocess.run([JAVA, "-cp", classes, self.write("Own.java", "class Own { public static void main(String[] a) { System.out.print(kawi.Budget.of(\"smoke\").json()); } }")],
                                 capture_output=True, text=True, check=True).stdout
        own = json.loads(written)
        own["name"] = "mine"
        (mine / "short.json").write_text(json.dumps(own))
        running = subprocess.run([str(self.clone / "environment/run"), "--budget", "short.json"], cwd=mine, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, timeout=120)
        self.assertIn("01-first: 2 cells in", running.stdout)
        self.assertRegex(self.outputs("short", "01-first")[2].outputs[0].text, r"^mine \d+ short\n$")

    def write(self, name, text):
        path = self.clone / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def test_a_failed_cell_is_told_with_its_number_line_error_and_the_way_on(self):
        self.notebook("01-first", "int a = 1;")
        self.notebook("02-second", '// what fails is below\nint b = 1;\nkit.artifact("collected");\nint c = 2;', "int d = 3;")
        self.notebook("03-third", "int e = 1;")
        status, said = self.run_kit("--budget", "smoke")
        self.assertEqual(1, status)
        self.assertIn('02-second failed in cell 2 of 3, line 3:\n    kit.artifact("collected");\nArtifact \'collected\' is not in run \'smoke\'', said)
        self.assertTrue(said.endswith("go on with: environment/run --budget smoke --run smoke --from 02\n"), said)
        self.assertNotIn("\tat ", said)
        self.assertNotIn("03-third", said)

    def test_errors_of_the_compiler_and_of_others_are_told_with_their_line(self):
        self.notebook("01-first", "int a = 1;\nint b = nowhere + 1;")
        self.notebook("02-second", 'for (int i = 0; i < 3; i++) {\n  Integer.parseInt("z" + i);\n}')
        self.assertIn("line 2:\n    int b = nowhere + 1;\nIt does not compile: cannot find symbol", self.run_kit("--only", "01")[1])
        self.assertIn('line 2:\n    Integer.parseInt("z" + i);\nNumberFormatException: For input string: "z0"', self.run_kit("--only", "2")[1])

    def test_a_kernel_that_dies_is_one_sentence(self):
        self.notebook("01-first", "Runtime.getRuntime().halt(9);")
        status, said = self.run_kit()
        self.assertEqual(1, status)
        self.assertIn("01-first ended in cell 2 of 2: the Java kernel is gone", said)

    def test_a_missing_kernel_is_one_sentence(self):
        self.notebook("01-first")
        status, said = self.run_kit(KAWI_KERNEL="ijava-of-old")
        self.assertEqual(1, status)
        self.assertIn("The Java kernel 'ijava-of-old' is not installed: run environment/setup.", said)

    def test_a_notebook_that_is_not_there_is_one_sentence(self):
        self.notebook("01-first")
        status, said = self.run_kit("--only", "9")
        self.assertEqual((1, "There is no notebook '9': the notebooks are 01-first.\n"), (status, said))

    def test_an_interrupt_ends_the_cell_keeps_the_notebook_and_says_how_to_go_on(self):
        self.notebook("01-first", 'System.out.println("before");', "while (true) Thread.sleep(50);", 'System.out.println("after");')
        running = self.start("--run", "mine")
        place = self.clone / "runs/mine/notebooks/01-first.ipynb"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (place.exists() and "before\\n" in json.dumps(self.outputs("mine", "01-first")[2].outputs)):
            time.sleep(0.2)
        second, refused = self.run_kit("--run", "mine")
        self.assertEqual((1, "Another environment/run is at work on the run 'mine': wait for it to end, or name another run with --run.\n"), (second, refused))
        time.sleep(1)
        os.kill(running.pid, signal.SIGINT)
        said, _ = running.communicate(timeout=60)
        self.assertEqual(130, running.returncode, said)
        self.assertIn("Stopped in 01-first, cell 3 of 4. Go on with: environment/run --budget lesson --run mine --from 01", said)
        self.assertEqual("before\n", self.outputs("mine", "01-first")[2].outputs[0].text)


if __name__ == "__main__":
    unittest.main()
