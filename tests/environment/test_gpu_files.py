"""What a GPU is checked with, run here on the processor: the archives, every operator and one step of every family beside the kit's own, and the table made of it."""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

HOME = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOME / "tests/gpu"))
sys.dont_write_bytecode = True

import export  # noqa: E402
import outcome as outcome_page  # noqa: E402

PEERS = HOME / "runs/bench/venv/bin/python"
LIBRARY = sorted((HOME / "lib/target/kawi").glob("kawi-*.jar"))
OUTCOME = {"card": "A Card", "pytorch": "2.11", "quick": False, "failed": [], "checks": [{"what": "a", "passed": True}, {"what": "b", "skipped": "why"}],
           "measured": [{"what": "step", "unit": "tokens/s", "kit": 200.0, "eager": 100.0, "compiled": 400.0, "kit / compiled": 0.5},
                        {"what": "Tiny Shakespeare", "reached": False, "last": {"validation": 1.5, "step": 100, "seconds": 9.0}, "aim": 1.47, "tokens/s": 1234.5}]}


class GpuFilesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="kawi gpu "))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.size = export.export(cls.folder) if LIBRARY else None

    def check(self):
        """Runs check.py of the exported folder: status and outcome."""
        out = self.folder / "outcome.json"
        done = subprocess.run([PEERS, self.folder / "check.py", "--quick", "--device", "cpu", "--out", out], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600,
                              env={**os.environ, "OMP_NUM_THREADS": "1"})
        self.assertTrue(out.exists(), done.stderr)
        return done.returncode, json.loads(out.read_text()), done.stdout

    @unittest.skipUnless(LIBRARY, "the library is not built; environment/setup builds it")
    def test_what_travels_takes_less_than_60_megabytes_and_every_operator_of_the_training_archive_is_called(self):
        self.assertLess(self.size, 60_000_000)
        called = {each["method"] for each in json.loads((self.folder / "operators.json").read_text()) if each["archive"] == "ops"}
        source = (HOME / "lib/src/main/resources/kawi/torch/ops.py").read_text()
        methods = {line.split("(")[0].split()[1] for line in source.splitlines() if line.startswith("  def ")}
        # `one_dnn` and `products` are for CPUs; `attend` and `gradients_of` are called by the others and by every step; `none` and `widen` hold no
        # arithmetic, and `rounded` what a product in bfloat16 does first
        self.assertEqual({"one_dnn", "products", "attend", "gradients_of", "none", "widen", "rounded"}, methods - called)

    @unittest.skipUnless(LIBRARY and PEERS.exists(), "PyTorch for Python is not here; environment/bench brings it into runs/bench/venv")
    def test_the_archives_give_in_another_pytorch_what_they_give_in_the_kit_and_a_changed_fixture_is_noticed(self):
        status, outcome, said = self.check()
        self.assertEqual((0, []), (status, outcome["failed"]), said)
        families = {each["what"].split()[2].strip(",:") for each in outcome["checks"] if each["what"].startswith("step of ")}
        self.assertEqual({"gpt", "modern", "rnn", "gru", "lstm", "llama", "lora"}, families)
        self.assertIn("small and short", [each.get("skipped") for each in outcome["measured"]])
        self.assertEqual(4, sum("kit" in each and "eager" in each for each in outcome["measured"]), outcome["measured"])

        file = self.folder / "step-gpt.safetensors"
        raw = bytearray(file.read_bytes())
        begin = 8 + struct.unpack("<Q", raw[:8])[0]
        at = json.loads(raw[8:begin])["after transformer.ln_f.bias"]["data_offsets"][0] + begin
        raw[at:at + 4] = struct.pack("<f", struct.unpack("<f", raw[at:at + 4])[0] + 0.001)
        file.write_bytes(raw)
        status, outcome, _ = self.check()
        self.assertEqual((1, ["step of gpt, float32: weights after it"]), (status, outcome["failed"]))

    def test_the_readme_gets_the_outcome_of_a_gpu_only(self):
        text = outcome_page.lines(OUTCOME)
        self.assertEqual("A Card, PyTorch 2.11: 1 of 1 checks passed.", text[0])
        self.assertIn("| step | 200 tokens/s | 100 tokens/s | 400 tokens/s | 0.5 |", text)
        self.assertIn("Tiny Shakespeare: loss 1.5000 after 100 steps and 9 s, aim 1.47: MISSED; 1,234 tokens/s.", text)
        readme = (HOME / "README.md").read_text(encoding="utf-8")
        self.assertIn("\n".join([outcome_page.MARKS[0], "a line", outcome_page.MARKS[1]]), outcome_page.put(readme, ["a line"]))
        for change in ({"card": None}, {"quick": True}):
            with self.assertRaises(SystemExit):
                outcome_page.lines({**OUTCOME, **change})


if __name__ == "__main__":
    unittest.main()
