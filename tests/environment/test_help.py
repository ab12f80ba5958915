"""Every command answers --help with what it is and its options, wherever it is called from, and does nothing else."""
import os
import re
import subprocess
import unittest

from clone import HOME, Clone

COMMANDS = sorted(path.name for path in (HOME / "environment").iterdir() if path.is_file() and os.access(path, os.X_OK))


class HelpTest(unittest.TestCase):
    def test_it_is_printed_with_status_0_by_every_command_and_nothing_is_set_up(self):
        clone = Clone(self)
        self.assertEqual(["bench", "book", "chat", "course", "docs", "gpu", "lab", "mutants", "publish", "remove", "run", "setup", "share", "test", "verify"], COMMANDS)
        for name in COMMANDS:
            for words in (["--help"], ["-h"], ["--anything", "--help"]):
                done = subprocess.run([f"./{name}", *words], cwd=clone.home / "environment", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
                self.assertEqual((0, ""), (done.returncode, done.stderr), (name, words))
                lines = done.stdout.splitlines()
                self.assertRegex(lines[0], r"^[A-Z].{30,}", name)
                self.assertTrue(any(line.startswith(f"usage: environment/{name}") for line in lines), (name, done.stdout))
                usage = next(line for line in lines if line.startswith("usage: "))
                for option in re.findall(r"--[a-z-]+", usage):
                    self.assertRegex(done.stdout, rf"(?m)^  .*{option}[ :]", f"{name} does not say what {option} means")
        self.assertFalse(clone.state.exists() or (clone.home / "runs").exists())

    def test_an_unknown_option_is_refused_with_the_same_words_on_the_other_stream(self):
        clone = Clone(self)
        for name in [each for each in COMMANDS if each not in ("lab", "bench")]:    # those hand their options on
            done = subprocess.run([clone.home / "environment" / name, "--nonsense"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
            self.assertEqual((2, ""), (done.returncode, done.stdout), name)
            self.assertIn("--nonsense", done.stderr.splitlines()[0])
            self.assertIn(f"usage: environment/{name}", done.stderr)
        self.assertFalse(clone.state.exists())

    def test_the_benchmarks_help_names_every_option_that_it_hands_on(self):
        programs = (HOME / "tests/bench/measure.py").read_text(encoding="utf-8")
        told = (HOME / "environment/bench").read_text(encoding="utf-8").partition("set -eu")[0]
        options = re.findall(r'add_argument\("(--[a-z-]+)"', programs)
        self.assertGreater(len(options), 5)
        for option in options:
            self.assertRegex(told, rf"(?m)^#   {option} ", option)

    def test_the_readme_names_every_command(self):
        readme = (HOME / "README.md").read_text(encoding="utf-8")
        for name in COMMANDS:
            self.assertIn(f"environment/{name}", readme)


class RoomsOfMutantsTest(unittest.TestCase):
    def test_a_room_that_is_not_there_is_refused(self):
        for room in ("cellar", "../evil", ""):
            done = subprocess.run([HOME / "environment/mutants", room], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
            self.assertEqual((2, f"There is no room '{room}' in the library."), (done.returncode, done.stderr.splitlines()[0]))

    def test_a_class_that_is_not_there_is_refused(self):
        for name in ("stats.Cellar", "Power", "stats.", "stats..Power", ".stats"):
            done = subprocess.run([HOME / "environment/mutants", name], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
            self.assertEqual((2, f"There is no {'class' if '.' in name else 'room'} '{name}' in the library."), (done.returncode, done.stderr.splitlines()[0]))


if __name__ == "__main__":
    unittest.main()
