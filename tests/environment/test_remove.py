"""environment/remove shows what a source costs to remove, does it when told to, and keeps out of the way of a run that is at work."""
import fcntl
import glob
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from clone import HOME, Clone

REMOVE = HOME / "environment/remove.py"
JAVA = pathlib.Path(os.environ["JAVA_HOME"], "bin/java") if os.environ.get("JAVA_HOME") else shutil.which("java")


def artifact(home, stage, name, inputs, sources):
    """A folder with one file and its manifest. Its hash is returned."""
    folder = home / "runs/mine" / stage / name
    folder.mkdir(parents=True)
    (folder / "it.bin").write_text(name)
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps({
        "name": name, "stage": stage, "run": "mine", "budget": "smoke", "seed": 1, "inputs": inputs, "parameters": {}, "metrics": {}, "figures": [],
        "sources": [{"name": each, "licence": "CC0-1.0", "use": "corpus", "files": {}} for each in sources], "tables": [], "texts": [], "code": {},
        "outputs": {"it.bin": {"bytes": len(name), "sha256": sha256}}, "environment": {}, "seconds": 61.5, "finished": "2026-01-01T00:00:00Z"}))
    return hashlib.sha256(b"it.bin\0" + sha256.encode() + b"\n").hexdigest()


class RemoveTest(unittest.TestCase):
    def setUp(self):
        self.clone = Clone(self)
        self.home = self.clone.home
        (self.home / "notebooks").mkdir()

    def refused(self, sentence, *words, status=2):
        done, said = self.clone.call(self.home / "environment/remove", *words)
        self.assertEqual((status, sentence), (done, said.splitlines()[0]))

    def test_what_it_is_told_wrongly_it_refuses(self):
        self.refused("Say which source: an id of datasets/catalog.json, or one that a manifest of the run names.", "--yes")
        self.refused("One source at a time: 'one' or 'two'?", "one", "two")
        self.refused("The option --run needs a value.", "one", "--run")
        self.refused("The run's name '../up' cannot be a folder's: use letters, digits, '.', '_' and '-'.", "one", "--run=../up")
        self.refused("There is no run 'mine' to remove anything from; there is none.", "one", "--run", "mine", status=1)
        for run in ("a", "b"):
            (self.home / "runs" / run).mkdir(parents=True)
        self.refused("There is no run 'mine' to remove anything from; there are a b.", "one", "--run", "mine", status=1)

    def through(self, *command):
        return subprocess.run([sys.executable, REMOVE, "mine", *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, "KAWI_HOME": str(self.home), "KAWI_RUN": "mine"}, timeout=120)

    def test_a_run_that_is_at_work_is_left_alone(self):
        folder = self.home / "runs/mine"
        folder.mkdir(parents=True)
        self.assertEqual(7, self.through("sh", "-c", "exit 7").returncode)
        with open(folder / ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = self.through("touch", folder / "touched")
        self.assertEqual((1, "environment/run is at work on the run 'mine': wait for it to end, or stop it first.\n"), (done.returncode, done.stdout))
        self.assertFalse((folder / "touched").exists())
        shutil.rmtree(folder)
        self.assertIn("The folder runs/mine cannot be written", self.through("true").stdout)

    @unittest.skipUnless(JAVA and glob.glob(str(HOME / "lib/target/kawi/*.jar")), "the library is not built here; environment/setup builds it")
    def test_it_shows_first_and_removes_when_told_to(self):
        letters = artifact(self.home, "02-preprocessing", "tokens", {}, ["letters"])
        artifact(self.home, "04-training", "model", {"tokens": letters}, [])
        artifact(self.home, "05-fine-tuning", "poet", {}, ["poems"])
        java = (JAVA, "-Xmx200m", "-cp", HOME / "lib/target/kawi/*", "kawi.RemoveCommand")
        done = self.through(*java, "letter", "act", "")
        self.assertEqual(1, done.returncode, done.stdout)
        self.assertIn("There is no source 'letter': run 'mine' was made from letters, poems; name one of these", done.stdout)
        shown = self.through(*java, "letters", "show", "")
        self.assertEqual(0, shown.returncode, shown.stdout)
        self.assertIn("2 artifacts of the run hold letters: 11 bytes", shown.stdout)
        self.assertIn("Made again, they cost 123 seconds", shown.stdout)
        self.assertIn("Nothing was changed.", shown.stdout)
        self.assertTrue((self.home / "runs/mine/04-training/model/it.bin").exists())
        self.assertFalse((self.home / "runs/mine/removed.json").exists())
        done = self.through(*java, "letters", "act", "asked by letter")
        self.assertEqual(0, done.returncode, done.stdout)
        self.assertIn("Source letters is removed from the run 'mine'", done.stdout)
        self.assertEqual(["poet"], [each.parent.name for each in (self.home / "runs/mine").glob("*/*/manifest.json")])
        [row] = json.loads((self.home / "runs/mine/removed.json").read_text(encoding="utf-8"))
        self.assertEqual(("letters", "asked by letter", ["tokens", "model"]), (row["source"], row["why"], row["artifacts"]))
        again = self.through(*java, "letters", "show", "")
        self.assertIn("Source letters was removed from this run on ", again.stdout)
        self.assertIn("No artifact of the run 'mine' holds letters.", again.stdout)


if __name__ == "__main__":
    unittest.main()
