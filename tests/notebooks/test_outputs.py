"""What every notebook promises: those in the repository, and those of the run 'test' that environment/test has just made."""
import json
import pathlib
import re
import unittest

import nbformat

HOME = pathlib.Path(__file__).resolve().parents[2]
COMMITTED = sorted((HOME / "notebooks").glob("*.ipynb"))
EXECUTED = sorted((HOME / "runs/test/notebooks").glob("*.ipynb"))
HOST_PATH = re.compile(re.escape(str(HOME)) + r"|(?<![\w.:/])/(?:root|home|Users|tmp)/\w")


def read(path):
    return nbformat.read(path, as_version=4)


def code(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def shown(output):
    """All text of an output that a person would see; pictures are not text."""
    if output.output_type == "stream":
        return output.text
    return json.dumps({kind: data for kind, data in output.get("data", {}).items() if not kind.startswith("image/")})


class NotebooksTest(unittest.TestCase):
    def each(self, paths):
        for path in paths:
            with self.subTest(str(path.relative_to(HOME))):
                yield path

    def test_seven_notebooks_are_there_and_all_were_executed(self):
        self.assertEqual([f"{number:02}" for number in range(1, 8)], [path.stem[:2] for path in COMMITTED][:7])
        self.assertEqual([path.name for path in COMMITTED], [path.name for path in EXECUTED])

    def test_they_are_short_and_say_as_much_as_they_compute(self):
        for path in self.each(COMMITTED):
            nbformat.validate(read(path))
            self.assertLessEqual(len(read(path).cells), 40)
            for number, cell in enumerate(code(path), 1):
                self.assertLessEqual(len(cell.source.splitlines()), 15, f"code cell {number}")

    def test_the_first_cell_loads_the_library_and_holds_all_imports(self):
        for path in self.each(COMMITTED):
            first, *rest = code(path)
            self.assertTrue(first.source.startswith("%classpath ../lib/target/kawi/*.jar"))
            for number, cell in enumerate(rest, 2):
                self.assertIsNone(re.search(r"^import ", cell.source, re.MULTILINE), f"code cell {number}")

    def test_outputs_are_of_one_run_from_top_to_bottom_without_an_error(self):
        for path in self.each([path for path in COMMITTED if any(cell.outputs for cell in code(path))] + EXECUTED):
            cells = [cell for cell in code(path) if cell.source.strip()]
            self.assertEqual(list(range(1, len(cells) + 1)), [cell.execution_count for cell in cells])
            for cell in cells:
                self.assertEqual([], [output.get("evalue") for output in cell.outputs if output.output_type == "error"])

    def test_outputs_hold_no_log_line_and_no_host_path(self):
        for path in self.each(COMMITTED + EXECUTED):
            for number, cell in enumerate(code(path), 1):
                for output in cell.outputs:
                    self.assertNotEqual("stderr", output.get("name"), f"code cell {number}: {output.get('text', '')[:200]}")
                    found = HOST_PATH.search(shown(output))
                    self.assertIsNone(found, f"code cell {number} shows {found and shown(output)[max(found.start() - 40, 0):found.end() + 40]}")

    def test_outputs_look_the_same_with_the_network_off(self):
        for path in self.each(COMMITTED + EXECUTED):
            for number, cell in enumerate(code(path), 1):
                for output in cell.outputs:
                    html = output.get("data", {}).get("text/html", "")
                    self.assertIsNone(re.search(r"<script|<link|src=.?.?https?:", html), f"code cell {number}")

    def test_pictures_have_a_text_for_those_who_cannot_see_them(self):
        for path in self.each(COMMITTED + EXECUTED):
            for number, cell in enumerate(code(path), 1):
                for output in cell.outputs:
                    for picture in re.findall(r"<img\b[^>]*>", output.get("data", {}).get("text/html", "")):
                        self.assertRegex(picture, r'alt="[^"]+"', f"code cell {number}")


if __name__ == "__main__":
    unittest.main()
