"""environment/run, lab, test and setup answer bad options with one sentence, and set-up with nothing to do does nothing."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

HOME = pathlib.Path(__file__).resolve().parents[2]
ENVIRONMENT = HOME / "environment"


def call(*command, **variables):
    return subprocess.run([str(each) for each in command], cwd=HOME, env={**os.environ, **variables}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)


class TallyTest(unittest.TestCase):
    def test_a_test_that_was_skipped_is_named_with_its_reason_and_counts_as_neither(self):
        program = ("import sys, unittest; sys.path.insert(0, 'tests'); import all\n"
                   "class One(unittest.TestCase):\n"
                   "    def test_one(self): self.skipTest('no tape drive')\n"
                   "    def test_two(self): pass\n"
                   "tally = all.Tally()\n"
                   "unittest.TestLoader().loadTestsFromTestCase(One).run(all.Verdicts(tally))\n"
                   "print(tally.passed, tally.failed, tally.skipped)")
        self.assertEqual(["skipped __main__.One.test_one: no tape drive", "1 0 1"], call(sys.executable, "-c", program).stdout.splitlines())


class OptionsTest(unittest.TestCase):
    def refused(self, sentence, *command):
        done = call(*command)
        self.assertEqual(2, done.returncode, done.stdout)
        self.assertEqual(sentence, done.stdout.splitlines()[0])
        self.assertIn("usage: environment/", done.stdout)

    def test_an_unknown_budget_is_refused(self):
        self.refused("There is no budget 'lots': it is smoke, lesson or full, or a file that ends in .json.", ENVIRONMENT / "run", "--budget", "lots")

    def test_a_budget_of_ones_own_that_is_not_there_is_refused(self):
        self.refused("There is no file 'mine.json' with a budget.", ENVIRONMENT / "run", "--budget", "mine.json")

    def test_an_unknown_option_is_refused(self):
        self.refused("environment/run does not know the option '--bugdet'.", ENVIRONMENT / "run", "--bugdet", "smoke")
        self.refused("environment/setup does not know the option '--fast'.", ENVIRONMENT / "setup", "--fast")
        self.refused("There is no part 'everything' of the tests.", ENVIRONMENT / "test", "everything")

    def test_a_value_left_out_is_refused(self):
        self.refused("The option --seed needs a value.", ENVIRONMENT / "run", "--seed")

    def test_a_seed_that_is_no_number_is_refused(self):
        self.refused("The seed 'one' is not a whole number.", ENVIRONMENT / "run", "--seed=one")

    def test_a_run_whose_name_leaves_its_folder_is_refused(self):
        for name in ("../up", "a/b", ".hidden"):
            self.refused(f"The run's name '{name}' cannot be a folder's: use letters, digits, '.', '_' and '-'.", ENVIRONMENT / "run", "--run", name)

    def test_only_and_from_together_are_refused(self):
        self.refused("Of --only and --from, one is enough.", ENVIRONMENT / "run", "--only", "04", "--from", "05")


class SettingsTest(unittest.TestCase):
    """Commands start each other, so environment/settings is read several times over."""

    def options(self, script, **variables):
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("JJAVA_", "KAWI_"))}
        done = subprocess.run(["bash", "-c", script], cwd=HOME, env={**clean, **variables}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertEqual("", done.stderr)
        return done.stdout.split()

    def test_options_of_the_kernel_are_not_doubled_when_commands_nest(self):
        once = self.options(". environment/settings; echo $JJAVA_JVM_OPTS", JJAVA_JVM_OPTS="-Dmine=1")
        self.assertEqual("-Dmine=1", once[-1])
        self.assertEqual(1, sum(each.startswith("-Xmx") for each in once))
        self.assertEqual(once, self.options(". environment/settings; bash -c '. environment/settings; . environment/settings; echo $JJAVA_JVM_OPTS'", JJAVA_JVM_OPTS="-Dmine=1"))

    def test_an_inner_command_follows_what_was_changed_for_it(self):
        inner = self.options(". environment/settings; KAWI_MEMORY=123m JJAVA_JVM_OPTS=-Dmine=2 bash -c '. environment/settings; echo $JJAVA_JVM_OPTS'")
        self.assertEqual(("-Xmx123m", "-Dmine=2"), (inner[0], inner[-1]))
        self.assertEqual(1, sum(each.startswith("-Xmx") for each in inner))

    def test_what_java_writes_when_it_falls_over_is_kept_out_of_the_working_folder(self):
        java, *options = self.options(". environment/settings; echo $JAVA_HOME/bin/java $JJAVA_JVM_OPTS")
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "Wait.java").write_text('class Wait { public static void main(String[] a) throws Exception { System.out.println("ready"); Thread.sleep(60000); } }')
            child = subprocess.Popen([java, *options, "Wait.java"], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.assertEqual(b"ready", child.stdout.readline().strip())
            child.send_signal(signal.SIGSEGV)
            child.communicate(timeout=60)
            written = ENVIRONMENT / f".state/java-error-{child.pid}.log"
            self.assertEqual((["Wait.java"], True), (os.listdir(folder), written.exists()))
            written.unlink()

    def test_the_path_does_not_grow(self):
        paths = self.options(". environment/settings; echo $PATH; . environment/settings; echo $PATH")
        self.assertEqual(paths[0], paths[1])


class SetupTest(unittest.TestCase):
    def test_with_nothing_to_do_it_says_nothing_makes_nothing_and_needs_no_network(self):
        def made():
            places = [ENVIRONMENT / "venv/ready", *(ENVIRONMENT / ".state" / name for name in ("tools", "poms", "library", "maven.log", "pip.log")),
                      *(HOME / "lib/target/kawi").iterdir()]
            return {place: place.stat().st_mtime_ns for place in places if place.exists()}
        cut = []
        if os.getuid() == 0 and shutil.which("unshare") and subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode == 0:
            cut = ["unshare", "-n"]
        before = made()
        done = call(*cut, ENVIRONMENT / "setup", "--quick")
        self.assertEqual(0, done.returncode, done.stdout)
        self.assertEqual([], [line for line in done.stdout.splitlines() if not line.startswith(("Left out", "The kit works without"))])
        self.assertEqual(before, made())

    def test_a_second_setup_in_the_same_clone_waits_and_says_for_whom(self):
        lock = ENVIRONMENT / ".state/lock"
        lock.mkdir()
        holder = subprocess.Popen(["sleep", "1.5"])
        (lock / "process").write_text(str(holder.pid))
        waiting = subprocess.Popen([str(ENVIRONMENT / "setup"), "--quick"], stdout=subprocess.PIPE, text=True)
        holder.wait()
        said, _ = waiting.communicate(timeout=60)
        self.assertEqual(0, waiting.returncode)
        self.assertIn(f"Another set-up (process {holder.pid}) is at work in this clone: waiting for it to end.", said)
        self.assertFalse(lock.exists())

    def test_a_lock_left_by_a_killed_setup_is_taken_over(self):
        lock = ENVIRONMENT / ".state/lock"
        lock.mkdir()
        gone = subprocess.Popen(["true"])
        gone.wait()
        (lock / "process").write_text(str(gone.pid))
        self.assertEqual(0, call(ENVIRONMENT / "setup", "--quick").returncode)
        self.assertFalse(lock.exists())

    def test_missing_tools_are_named_in_one_line(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("bash", "sed", "uname", "readlink", "head", "id", "mkdir", "dirname", "cat", "env"):
                os.symlink(shutil.which(name), os.path.join(folder, name))
            script = (f"state={folder}/state; mkdir -p $state; unset JAVA_HOME KAWI_MAVEN KAWI_PYTHON; fail() {{ echo \"$*\"; exit 1; }}; "
                      f". '{ENVIRONMENT}/tools'; java_home() {{ return 1; }}; find_tools")
            done = call("bash", "-c", script, PATH=folder, JAVA_HOME="", KAWI_MAVEN="", KAWI_PYTHON="")
        self.assertEqual(1, done.returncode)
        self.assertEqual("Kawi needs a JDK of version 17 or later, Maven, Python 3.10 or later with venv, fontconfig and a font: "
                         "install that, then run this again.\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
