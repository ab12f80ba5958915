"""Set-ups that cannot go on, on machines as they are found: another locale, a full disk, a log without a word, a JDK of the user's own."""
import os
import pathlib
import shutil
import subprocess
import unittest

import disk
import failure
from clone import HOME, Clone


class LocaleTest(unittest.TestCase):
    """Java and Maven cannot open a folder whose name is not English where the locale is C."""

    def test_what_the_scripts_start_has_a_utf8_locale_whatever_the_caller_has(self):
        clone = Clone(self)
        for variables in ({"LC_ALL": "C"}, {"LC_ALL": "", "LANG": "C"}, {"LC_ALL": "", "LC_CTYPE": "POSIX", "LANG": "C.UTF-8"}, {"LC_ALL": "", "LANG": ""}):
            status, said = clone.call("bash", "-c", "set -eu; . environment/settings; locale charmap", **variables)
            self.assertEqual((0, "UTF-8\n"), (status, said), variables)

    def test_a_locale_that_is_not_installed_is_replaced_by_one_that_is(self):
        status, said = Clone(self).call("bash", "-c", ". environment/settings; locale charmap", LC_ALL="xx_YY.UTF-8")
        self.assertEqual((0, "UTF-8"), (status, said.splitlines()[-1]))

    def test_the_users_own_utf8_locale_is_left_alone(self):
        self.assertEqual((0, "none C.UTF-8"), Clone(self).call("bash", "-c", "unset LC_ALL; export LANG=C.UTF-8; . environment/settings; printf '%s' \"${LC_ALL-none} $LANG\""))

    def test_of_the_locales_the_first_that_is_there_is_taken(self):
        clone = Clone(self)
        clone.script("locale", '#!/bin/sh\nif [ "$*" = -a ]; then echo C; echo xx_YY.utf8; exit; fi\n'
                               'if [ "${LC_ALL-}" = xx_YY.utf8 ]; then echo UTF-8; else echo US-ASCII; fi\n')
        status, said = clone.settings("$LC_ALL")
        self.assertEqual((0, "xx_YY.utf8"), (status, said.splitlines()[-1]))

    def test_maven_and_java_find_a_clone_whose_name_is_not_english(self):
        clone = Clone(self)
        shutil.copy(HOME / "environment/.state/tools", clone.state.mkdir() or clone.state / "tools")
        clone.script("Where.java", "class Where { public static void main(String[] a) throws Exception { System.out.println(new java.io.File(a[0]).exists()); } }")
        status, said = clone.call("bash", "-c", f'set -eu; . environment/settings; maven -q -o validate; java "{clone.tools}/Where.java" "$home/pom.xml"')
        self.assertEqual((0, True), (status, said.endswith("true\n")), said)


class SparkTest(unittest.TestCase):
    """Who has brought Spark once has the cluster library built from then on."""

    def test_a_cluster_library_that_could_not_be_built_is_built_by_the_next_set_up(self):
        clone = Clone(self)
        clone.maven('case "$*" in *-Pspark*) exit 1;; esac')
        for each in ("lib/cluster/pom.xml", "tests/cluster/pom.xml"):
            (clone.home / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HOME / each, clone.home / each)
        (clone.home / "lib/cluster/target/cluster").mkdir(parents=True)
        clone.state.mkdir()
        (clone.state / "spark").write_text("an earlier state of the sources", encoding="utf-8")
        for attempt in ("first", "second"):
            status, said = clone.setup()
            self.assertEqual((1, True), (status, "Maven could not build the cluster library" in said), f"{attempt}: {said}")
        clone.maven()
        status, said = clone.setup()
        self.assertEqual((0, True), (status, "building the cluster library" in said), said)
        self.assertTrue((clone.state / "spark").read_text(encoding="utf-8"))


class LastWordsTest(unittest.TestCase):
    """The sentence of a failure that is read from a log says something whatever the log holds."""

    def setUp(self):
        self.clone = Clone(self)
        self.clone.state.mkdir()
        self.log = self.clone.state / "some.log"

    def said(self, text=None, pattern="error"):
        if text is not None:
            self.log.write_text(text, encoding="utf-8")
        status, said = self.clone.call("bash", "-c", f'set -eu; . environment/settings; last_words "$state/some.log" "{pattern}"')
        self.assertEqual(0, status, said)
        return said

    def test_the_first_line_that_names_an_error_else_the_last_that_has_a_word(self):
        self.assertEqual("ERROR: no such package.", self.said("fetching\n\n  ERROR: no such package\nwhat follows\n"))
        self.assertEqual("what came last.", self.said("begun\nwhat came last\n\n   \n--\n"))
        self.assertEqual("broken!", self.said("[ERROR] broken!\n[ERROR] more\n"))
        self.assertEqual("Exception in thread main.", self.said("a\nException in thread main\n\tat b\n", "^[[]ERROR]|^Exception in"))

    def test_a_log_that_is_empty_or_not_there_is_named(self):
        self.assertEqual("it said nothing (environment/.state/some.log could not be written).", self.said())
        self.assertEqual("it said nothing (environment/.state/some.log is empty).", self.said("\n  \n"))

    def test_a_full_disk_is_said_with_what_is_left(self):
        self.clone.free(3)
        self.assertEqual(f"it said nothing (environment/.state/some.log is empty). Only 3 MB of disk are free where {self.clone.state} lies: make room first.", self.said(""))
        self.clone.free(3000)
        self.assertEqual("ERROR.", self.said("ERROR"))

    def test_the_python_scripts_say_it_too(self):
        self.assertEqual("", disk.nearly_full(HOME)) if (disk.free(HOME) or 0) > disk.NEARLY_FULL else None
        kept = disk.shutil.disk_usage
        disk.shutil.disk_usage = lambda folder: kept(HOME)._replace(free=7 << 20)
        self.addCleanup(lambda: setattr(disk.shutil, "disk_usage", kept))
        self.assertIn("Only 7 MB of disk are free", disk.nearly_full(pathlib.Path("/nowhere/at/all")))
        self.assertIn("needs 2.0 GB of free disk, and there are 7 MB free", disk.lacks_room("This", 2 * 10 ** 9, HOME))
        self.assertRegex(failure.dead("01-first", 2, 5, self.log), "the Java kernel is gone.*Only 7 MB of disk are free")


class SetupFailsTest(unittest.TestCase):
    """Each step of set-up that can fail, failing without a word."""

    def setUp(self):
        self.clone = Clone(self)

    def fails(self, *words):
        status, said = self.clone.setup()
        self.assertEqual(1, status, said)
        for each in words:
            self.assertIn(each, said.splitlines()[-1])

    def test_a_virtual_environment_that_cannot_be_made(self):
        self.clone.python(venv="exit 1")
        self.fails("The virtual environment could not be made: it said nothing (environment/.state/venv.log is empty).")

    def test_packages_that_cannot_be_installed(self):
        self.clone.python(pip="exit 1")
        self.fails("pip could not install the packages of environment/requirements.txt: it said nothing (environment/.state/pip.log is empty). Check the network")

    def test_a_maven_that_dies_without_a_word(self):
        self.clone.maven("exit 1")
        self.fails("Maven could not build the library: it said nothing (environment/.state/maven.log is empty). The whole log is environment/.state/maven.log.")

    def test_a_maven_that_falls_over_before_it_can_name_an_error(self):
        self.clone.maven("echo noise; echo 'Exception in thread \"main\" java.lang.Error: bad'; echo '\tat a.b(c)'; exit 1")
        self.fails('Maven could not build the library: Exception in thread "main" java.lang.Error: bad. The whole')

    def test_a_disk_that_fills_while_maven_works(self):
        self.clone.maven(f"printf '#!/bin/sh\\necho header\\necho disk 9 9 2048 99%% /\\n' >'{self.clone.tools}/df'; exit 1")
        self.clone.free(9000)
        self.fails("Maven could not build the library: it said nothing", "Only 2 MB of disk are free")

    def test_a_command_that_fails_where_nobody_thought_of_it_is_named_with_its_line(self):
        self.clone.script("cksum", "#!/bin/sh\nexit 3\n")
        (self.clone.home / "environment/requirements.txt").unlink()
        status, said = self.clone.setup()
        self.assertEqual(1, status)
        self.assertRegex(said.splitlines()[-1], r"environment/setup stopped at its line \d+ with status 1\.")

    @unittest.skipUnless(os.getuid() == 0 and shutil.which("unshare") and shutil.which("mount") and
                         subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0, "this user may not mount a small disk")
    def test_a_disk_that_is_really_full_is_one_sentence(self):
        scripts = self.clone.home / "environment"
        full = (f'mkdir /tmp/full.$$ && mount -t tmpfs -o size=2m none /tmp/full.$$ && cd /tmp/full.$$ && cp -r "{scripts}" . && '
                "mkdir environment/.state && { cat /dev/zero >fill 2>/dev/null; environment/setup; }; status=$?; cd /; umount /tmp/full.$$; rmdir /tmp/full.$$; exit $status")
        status, said = self.clone.call("unshare", "-m", "bash", "-c", full)
        self.assertEqual((1, 1), (status, said.count("\n")), said)
        self.assertRegex(said, r"Set-up could not write into environment/\.state\. Only 0 MB of disk are free where .* lies: make room first\.|The first set-up needs 3 GB")


class RoomTest(unittest.TestCase):
    """Before much is fetched it is asked whether the disk has room; nothing is begun where it has not."""

    def setUp(self):
        self.clone = Clone(self)

    def test_the_first_setup(self):
        self.clone.free(1500)
        self.clone.python(venv="touch begun", pip="touch begun")
        status, said = self.clone.setup()
        self.assertEqual((1, f"The first set-up needs 3 GB of free disk, and there are 1.5 GB free where {self.clone.home} lies: free some space, then run this again.\n"), (status, said))
        self.assertFalse((self.clone.home / "begun").exists() or (self.clone.state / "lock").exists())

    def test_mavens_packages(self):
        self.clone.maven("touch begun; exit 1")
        (self.clone.home / "lib/target/kawi").mkdir(parents=True)
        self.clone.free(1100)
        self.clone.python(pip=f"printf '#!/bin/sh\\necho header\\necho disk 9 9 512000 99%% /\\n' >'{self.clone.tools}/df'")
        status, said = self.clone.setup()
        self.assertEqual(1, status, said)
        self.assertIn("Maven, with PyTorch among its packages, needs 1 GB of free disk, and there are 0.5 GB free", said.splitlines()[-1])
        self.assertFalse((self.clone.home / "begun").exists())

    def test_the_peers_of_the_benchmark(self):
        shutil.copytree(HOME / "tests/bench", self.clone.home / "tests/bench")
        (self.clone.home / "environment/setup").write_text("#!/bin/sh\n")
        (self.clone.home / "environment/venv/bin").mkdir(parents=True)
        self.clone.script("../environment/venv/bin/python", "#!/bin/sh\necho measured\n")
        self.clone.free(5900)
        status, said = self.clone.call(self.clone.home / "environment/bench", KAWI_PYTHON=self.clone.python(venv="touch begun"))
        self.assertIn("PyTorch with transformers and peft, the peers, needs 6 GB of free disk, and there are 5.9 GB free", said.splitlines()[0])
        self.assertEqual((0, "measured", False), (status, said.splitlines()[-1], (self.clone.home / "begun").exists()))


class NamedToolsTest(unittest.TestCase):
    """What the user names outranks what set-up recorded."""

    def setUp(self):
        self.clone = Clone(self)
        self.clone.state.mkdir()
        self.recorded = self.clone.jdk(name="recorded")
        (self.clone.state / "tools").write_text(f"JAVA_HOME='{self.recorded}'\nKAWI_MAVEN='{self.clone.maven()}'\nKAWI_PYTHON='{self.clone.python()}'\n", encoding="utf-8")

    def test_a_java_home_that_the_user_exports_is_the_one_that_every_command_takes(self):
        mine = self.clone.jdk(name="my own")
        show = "$JAVA_HOME|$(command -v java)"
        self.assertEqual((0, f"{self.recorded}|{self.recorded}/bin/java"), self.clone.settings(show))
        self.assertEqual((0, f"{mine}|{mine}/bin/java"), self.clone.settings(show, JAVA_HOME=mine))

    def test_it_does_so_where_its_programs_stand_later_in_the_path_than_others(self):
        mine = self.clone.jdk(name="mine")
        other = self.clone.script("other/java", "#!/bin/sh\n").parent
        self.assertEqual((0, f"{mine}/bin/java"), self.clone.settings("$(command -v java)", JAVA_HOME=mine, PATH=f"{other}:{mine}/bin:{os.environ['PATH']}"))

    def test_a_java_home_that_does_not_serve_is_named_by_setup_and_passed_over(self):
        for bad in (self.clone.jdk("11.0.2", "old"), self.clone.tools / "nowhere"):
            self.assertEqual((0, str(self.recorded)), self.clone.settings("$JAVA_HOME", JAVA_HOME=bad))
            said = self.clone.setup(JAVA_HOME=bad)[1]
            self.assertIn(f"JAVA_HOME names {bad}, which is not a JDK of version 17 or later with javac and jshell: another one is looked for.", said)

    def test_the_kernel_and_maven_run_in_it(self):
        self.clone.script("maven", '#!/bin/sh\necho "$JAVA_HOME"\n')
        mine = self.clone.jdk("21.0.1", "mine")
        self.assertEqual((0, f"{mine}\n"), self.clone.call("bash", "-c", ". environment/settings; maven", JAVA_HOME=mine))

    def test_a_maven_that_the_user_names_is_taken_too(self):
        mine = self.clone.script("mine/mvn", "#!/bin/sh\n")
        self.assertEqual((0, str(mine)), self.clone.settings("$KAWI_MAVEN", KAWI_MAVEN=mine))
        self.assertEqual((0, str(self.clone.tools / "maven")), self.clone.settings("$KAWI_MAVEN", KAWI_MAVEN="/nowhere/mvn"))


if __name__ == "__main__":
    unittest.main()
