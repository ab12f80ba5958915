"""environment/gpu, all of it that needs no GPU: a clone of its own, a fake driver, and a pip that only pretends."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

HOME = pathlib.Path(__file__).resolve().parents[2]
REAL_DRIVER = pathlib.Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi")
PIP = """#!/bin/sh
echo "$@" >"{clone}/asked"
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/torch/lib" "$2/torch/include" "$2/nvidia/cuda_runtime/lib"
: >"$2/nvidia/cuda_runtime/lib/libcudart.so.12"
"""


class GpuTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="kawi gpü ")
        self.addCleanup(folder.cleanup)
        self.clone = pathlib.Path(folder.name) / "a clone"
        self.state = self.clone / "environment/.state"
        self.tools = self.clone / "tools"
        self.tools.mkdir(parents=True)
        self.state.mkdir(parents=True)
        for script in (HOME / "environment").iterdir():
            if script.is_file():
                shutil.copy(script, self.clone / "environment" / script.name)
        (self.clone / "environment/setup").write_text("#!/bin/sh\n")
        self.pip(PIP.format(clone=self.clone))

    def script(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def pip(self, text):
        self.script(self.clone / "environment/venv/bin/python", text)

    def driver(self):
        self.script(self.tools / "nvidia-smi", "#!/bin/sh\necho 'GPU 0: pretended'\n")

    def call(self, *command):
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTORCH_", "LD_LIBRARY_PATH", "JJAVA_", "KAWI_"))}
        done = subprocess.run([str(each) for each in command], cwd=self.clone, env={**clean, "PATH": f"{self.tools}:{os.environ['PATH']}"},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
        return done.returncode, done.stdout

    def gpu(self, *options):
        return self.call(self.clone / "environment/gpu", *options)

    def settings(self, show):
        status, said = self.call("bash", "-c", f"set -eu; . environment/settings; . environment/settings; printf '%s' \"{show}\"")
        self.assertEqual(0, status, said)
        return said

    def test_help_and_unknown_options(self):
        status, said = self.gpu("--help")
        self.assertEqual((0, True), (status, "usage: environment/gpu [--from pip|maven] [--force] [--remove]" in said))
        status, said = self.gpu("--fast")
        self.assertEqual((2, "environment/gpu does not know the option '--fast'."), (status, said.splitlines()[0]))
        status, said = self.gpu("--from", "afar")
        self.assertEqual((2, "--from needs 'pip' or 'maven'."), (status, said.splitlines()[0]))
        self.assertEqual(2, self.gpu("--from")[0])

    @unittest.skipIf(REAL_DRIVER, "this machine has a driver")
    def test_without_a_driver_it_refuses_in_a_sentence_and_fetches_nothing(self):
        status, said = self.gpu()
        self.assertEqual(1, status)
        self.assertTrue(said.startswith("No NVIDIA driver was found") and said.count("\n") == 1, said)
        self.assertFalse((self.state / "gpu").exists() or (self.clone / "asked").exists())

    def test_a_disk_without_room_is_refused_in_a_sentence_that_says_how_much(self):
        self.driver()
        self.script(self.tools / "df", "#!/bin/sh\necho header\necho disk 90000000 1 3145728 97% /\n")
        status, said = self.gpu()
        self.assertEqual((1, 1), (status, said.count("\n")), said)
        self.assertIn("5 GB in the end and more while it is unpacked, needs 9 GB of free disk, and there are 3.0 GB free", said)
        self.assertFalse((self.clone / "asked").exists())

    def test_what_it_brought_is_used_by_every_command_once_and_taken_away_again(self):
        self.driver()
        self.script(self.tools / "df", "#!/bin/sh\necho header\necho disk 90000000 1 30000000 30% /\n")
        status, said = self.gpu()
        self.assertEqual(0, status, said)
        self.assertIn("--require-hashes", (self.clone / "asked").read_text())
        libraries = self.state.resolve() / "gpu"
        self.assertEqual(f"{libraries}/python/torch/lib 2.7.1 cu128", self.settings("$PYTORCH_LIBRARY_PATH $PYTORCH_VERSION $PYTORCH_FLAVOR"))
        self.assertEqual(f"{libraries}/cuda", self.settings("$LD_LIBRARY_PATH"))
        self.assertTrue((libraries / "cuda/libcudart.so").exists())
        self.assertIn("is here already", self.gpu()[1])
        if not REAL_DRIVER:
            (self.tools / "nvidia-smi").unlink()
            self.assertEqual("none", self.settings("${PYTORCH_LIBRARY_PATH-none}"), "a machine without a driver uses the processor's build")
        self.assertEqual(0, self.gpu("--remove")[0])
        self.assertFalse((self.state / "gpu").exists())

    def test_force_prepares_a_machine_that_has_no_driver(self):
        self.assertEqual(0, self.gpu("--force")[0])
        self.assertTrue((self.state / "gpu/settings").exists())

    def test_a_download_that_fails_is_a_sentence_and_leaves_nothing(self):
        self.pip("#!/bin/sh\necho 'ERROR: No matching distribution found for torch==2.7.1' >&2\nexit 1\n")
        status, said = self.gpu("--force")
        self.assertEqual(1, status)
        self.assertIn("pip could not bring the GPU build of PyTorch: ERROR: No matching distribution found", said.splitlines()[-1])
        self.pip("#!/bin/sh\nexit 1\n")
        status, said = self.gpu("--force")
        self.assertEqual(1, status)
        self.assertIn("pip could not bring the GPU build of PyTorch: it said nothing (environment/.state/gpu.log is empty). Check", said.splitlines()[-1])
        self.assertFalse((self.state / "gpu").exists())


if __name__ == "__main__":
    unittest.main()
