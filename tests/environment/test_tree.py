"""The tree is what the README says: its top level, no host's name or path in it, nothing left to do in it."""
import pathlib
import re
import unittest

HOME = pathlib.Path(__file__).resolve().parents[2]
TEXT = {".md", ".java", ".py", ".json", ".xml", ".txt", ".ipynb", ".html", ""}
MADE = {"target", "venv", ".state", "cache", "__pycache__", ".ipynb_checkpoints", "runs", ".git"}
REGISTRIES = ("pypi." + "org", "python" + "hosted.org", "registry.npm" + "js", "repo.maven.apache" + ".org", "repo1." + "maven", "deb." + "debian.org")


def texts():
    def walk(folder):
        for path in sorted(folder.iterdir()):
            if path.name not in MADE and not path.is_symlink():
                if path.is_dir():
                    yield from walk(path)
                elif path.suffix in TEXT:
                    yield path
    for path in walk(HOME):
        # A picture in a notebook is base64: any letters may come together in it, and they say nothing.
        yield path.relative_to(HOME), re.sub(r'("image/png": )"[^"]*"', r'\1""', path.read_text(encoding="utf-8", errors="replace"))


class TreeTest(unittest.TestCase):
    def test_the_top_level_is_the_one_the_readme_shows(self):
        names = {path.name for path in HOME.iterdir() if not path.name.startswith(".") and path.name != "runs"}
        self.assertEqual({"README.md", "LICENSE", "pom.xml", "notebooks", "lib", "datasets", "environment", "tests"}, names)

    def test_no_registry_is_named(self):
        for path, text in texts():
            for host in REGISTRIES:
                self.assertNotIn(host, text, path)

    def test_no_path_of_somebodys_machine_is_named(self):
        for path, text in texts():
            found = re.search(r"(?<![\w.])/(?:root|work|Users)/\w+|(?<![\w.:/])/home/(?!user\b)\w+", text)
            self.assertIsNone(found and (str(path), found.group()))

    def test_nothing_is_left_to_do(self):
        for path, text in texts():
            found = re.search(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b", text)
            self.assertIsNone(found and (str(path), found.group()))


if __name__ == "__main__":
    unittest.main()
