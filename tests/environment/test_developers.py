"""environment/docs and environment/mutants: the Javadoc is built with the network off and JupyterLab is told of it; survivors are named by class and line."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import mutants
from clone import HOME, Clone

DETECTED = '<mutation status="KILLED"><mutatedClass>kawi.a.One</mutatedClass><mutatedMethod>m</mutatedMethod><lineNumber>3</lineNumber><description>d</description></mutation>'


def mutation(name, line, status):
    return (f'<mutation status="{status}"><mutatedClass>{name}</mutatedClass><mutatedMethod>count</mutatedMethod><lineNumber>{line}</lineNumber>'
            f"<description>negated conditional</description></mutation>")


class DocsTest(unittest.TestCase):
    def test_the_javadoc_is_built_without_a_network_once_and_says_where_it_is(self):
        cut = []
        if os.getuid() == 0 and shutil.which("unshare") and subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode == 0:
            cut = ["unshare", "-n"]
        said = subprocess.run([*cut, HOME / "environment/docs"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        self.assertEqual(0, said.returncode, said.stdout)
        self.assertIn("The library's Javadoc is runs/docs/api/index.html", said.stdout)
        page = HOME / "runs/docs/api/kawi/stats/Interval.html"
        self.assertIn("kawi.stats", page.read_text(encoding="utf-8"))
        self.assertNotIn("https://", "".join(line for line in page.read_text(encoding="utf-8").splitlines() if "<script" in line or "<link" in line))
        made = page.stat().st_mtime_ns
        self.assertEqual(0, subprocess.run([HOME / "environment/docs"], stdin=subprocess.DEVNULL, capture_output=True, timeout=300).returncode)
        self.assertEqual(made, page.stat().st_mtime_ns)

    def test_a_javadoc_that_fails_is_one_sentence_and_leaves_the_earlier_pages(self):
        clone = Clone(self)
        (clone.home / "environment/setup").write_text("#!/bin/sh\n")
        clone.state.mkdir()
        (clone.state / "library").write_text("a hash")
        jdk = clone.jdk()
        (clone.home / "runs/docs/api").mkdir(parents=True)
        self.assertEqual((1, f"The JDK in {jdk} has no javadoc: install a whole JDK, or name one with JAVA_HOME, then run this again.\n"),
                         clone.call(clone.home / "environment/docs", JAVA_HOME=jdk, KAWI_MAVEN=clone.tools / "maven"))
        clone.script("jdk/bin/javadoc", "#!/bin/sh\nexit 2\n")
        status, said = clone.call(clone.home / "environment/docs", JAVA_HOME=jdk, KAWI_MAVEN=clone.tools / "maven")
        self.assertEqual((1, "The Javadoc could not be built: it said nothing (runs/docs/javadoc.log is empty). The whole log is runs/docs/javadoc.log."), (status, said.splitlines()[-1]))
        self.assertTrue((clone.home / "runs/docs/api").is_dir())


class MutantsTest(unittest.TestCase):
    def library(self, **sources):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name, text in sources.items():
            (folder / "kawi/a").mkdir(parents=True, exist_ok=True)
            (folder / f"kawi/a/{name}.java").write_text(text, encoding="utf-8")
        return folder

    def explained(self, *lines):
        path = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "mutants.tsv"
        path.write_text("# said of changes\n" + "".join(line + "\n" for line in lines), encoding="utf-8")
        return path

    def test_survivors_are_named_by_class_and_line_and_counted_apart_from_those_that_are_explained(self):
        library = self.library(One="class One {\n  int count() {\n    a();\n    b();\n    return c;\n  }\n}\n")
        report = library / "mutations.xml"
        report.write_text("<mutations>" + DETECTED + mutation("kawi.a.One$Inner", 4, "SURVIVED") + mutation("kawi.a.One", 7, "NO_COVERAGE")
                          + mutation("kawi.a.One", 5, "NO_COVERAGE") + mutation("kawi.a.One", 3, "SURVIVED") + mutation("kawi.a.Two", 1, "TIMED_OUT") + "</mutations>",
                          encoding="utf-8")
        made = mutants.survivors(report, library)
        text, unexplained = mutants.page(*made)
        self.assertEqual(4, unexplained)
        self.assertEqual(["kawi.a.One: 1 of 5 changes noticed", "    line 3, count: negated conditional", "    line 4, count: negated conditional", "    no test runs lines 5, 7",
                          "kawi.a.Two: 1 of 1 changes noticed", "", "6 changes, 2 noticed, 0 explained in tests/mutants.tsv, 4 unexplained."], text.splitlines())
        said = mutants.explanations(self.explained("kawi.a.One\tcount\tnegated conditional\ta();\tIt is so.", "kawi.a.One\tcount\t*\treturn c;\tIt is never read.",
                                                   "kawi.a.One\tcount\tanother change\tb();\tNobody sees it."), library)
        text, unexplained = mutants.page(*made, said, {"a"})
        self.assertEqual(1, unexplained)
        self.assertEqual(["kawi.a.One: 1 of 5 changes noticed, 2 explained", "    line 4, count: negated conditional", "    no quick test runs line 7",
                          "kawi.a.Two: 1 of 1 changes noticed", "", "Explained in tests/mutants.tsv, and no change that went unnoticed: line 4.", "",
                          "6 changes, 2 noticed, 2 explained in tests/mutants.tsv, 1 unexplained, 1 in lines that only slower tests may run (--engine)."], text.splitlines())

    def test_a_lambda_is_explained_by_the_method_that_it_stands_in(self):
        self.assertEqual(["begin", "<init>", "count"], [mutants.plain(name) for name in ("lambda$begin$12", "lambda$new$0", "count")])

    def test_what_explains_no_code_of_today_is_refused_by_its_line(self):
        library = self.library(One="class One {\n  int count() {\n    return c;\n  }\n}\n")
        for line, words in (("kawi.a.One\tcount\t*\treturn c;", "is no explanation"), ("kawi.a.One\tcount\t*\treturn c;\t", "is no explanation"),
                            ("kawi.a.Two\tcount\t*\treturn c;\tr", "explains a class that is not there, kawi.a.Two"),
                            ("kawi.a.One\tcounts\t*\treturn c;\tr", "explains a method that kawi.a.One does not have, counts"),
                            ("kawi.a.One\tcount\t*\treturn d;\tr", "explains code that kawi.a.One does not have, 'return d;'")):
            with self.assertRaises(SystemExit) as refused:
                mutants.explanations(self.explained("kawi.a.One\t<init>\t*\tclass One\tr", line), library)
            self.assertTrue(str(refused.exception).startswith("Line 3 of tests/mutants.tsv " + words), refused.exception)

    def test_the_kits_own_explanations_are_of_code_of_today_and_each_stands_once(self):
        said = mutants.explanations()
        self.assertTrue(said)
        self.assertEqual(len(said), len({each[:4] for each in said}))

    def test_tests_that_start_the_engine_are_known_also_where_they_do_it_through_another_class(self):
        with tempfile.TemporaryDirectory() as folder:
            home = pathlib.Path(folder)
            for name, text in (("a/PlainTest", "import kawi.stats.Interval;"), ("a/EngineTest", "import kawi.torch.Torch;"), ("a/Fixture", "ai.djl.ndarray.NDArray x;"),
                               ("a/ThroughTest", "Fixture.make();"), ("b/FarTest", "import kawi.a.Fixture;"), ("b/OtherTest", "Fixture of another package")):
                (home / "kawi" / name).parent.mkdir(parents=True, exist_ok=True)
                (home / f"kawi/{name}.java").write_text(text, encoding="utf-8")
            every, heavy = mutants.classes(home)
        self.assertEqual(6, len(every))
        self.assertEqual(["kawi.a.EngineTest", "kawi.a.Fixture", "kawi.a.ThroughTest", "kawi.b.FarTest"], heavy)

    def test_no_test_keeps_an_object_of_a_room_that_was_made_under_an_earlier_change(self):
        library = self.library(One="public final class One {\n  record Two(int a) {}\n  interface Three {}\n}\n")
        with tempfile.TemporaryDirectory() as folder:
            tests = pathlib.Path(folder)
            (tests / "kawi/a").mkdir(parents=True)
            (tests / "kawi/a/OneTest.java").write_text("class OneTest {\n  static final One ONE =\n    One.of(1);\n  private static final List<Two> TWO = List.of(new Two(1));\n"
                                                "  static final Three THREE = new Three() {};\n  final One own = One.of(2);\n  static One one() {\n"
                                                "    One local = One.of(3);\n    return local;\n  }\n}\n", encoding="utf-8")
            self.assertEqual(["kawi.a.OneTest 2", "kawi.a.OneTest 4"], mutants.kept(["a"], tests, library))
        self.assertEqual([], mutants.kept(["stats", "search", "clean", "text", "evidence"]))

    def test_a_room_that_trains_for_seconds_is_judged_by_its_own_quick_tests_and_the_others_without_pytorch(self):
        every = ["kawi.eval.TaskTest", "kawi.search.Fixture", "kawi.search.PilotRunsTest", "kawi.search.LawTest", "kawi.search.PlanTest", "kawi.stats.PowerTest"]
        heavy = ["kawi.eval.TaskTest", "kawi.search.Fixture", "kawi.search.PilotRunsTest", "kawi.search.PlanTest"]
        light = ["kawi.search.LawTest", "kawi.stats.PowerTest"]
        own = ["kawi.search.LawTest", "kawi.search.PlanTest", "kawi.stats.PowerTest"]
        self.assertEqual([(["stats", "text"], light), (["search"], own)], mutants.judged(["stats", "search", "text"], every, heavy, False))
        self.assertEqual([(["search"], own)], mutants.judged(["search"], every, heavy, False))
        self.assertEqual([(["stats"], light)], mutants.judged(["stats"], every, heavy, False))
        self.assertEqual([(["stats.Power", "text"], light), (["search.Law", "search.Plan"], own)], mutants.judged(["search.Law", "stats.Power", "search.Plan", "text"], every, heavy, False))
        self.assertEqual([(["stats", "search"], ["kawi.eval.TaskTest", "kawi.search.PilotRunsTest"] + own)], mutants.judged(["stats", "search"], every, heavy, True))

    def test_a_test_that_is_left_out_for_its_time_is_there_and_has_a_reason(self):
        every, _ = mutants.classes()
        self.assertEqual(set(), set(mutants.SLOW) - set(every))
        self.assertTrue(all(mutants.SLOW.values()))

    def test_a_run_that_fails_names_the_tests_that_are_red_or_says_that_maven_gave_no_reason(self):
        clone = Clone(self)
        shutil.copytree(HOME / "tests/src", clone.home / "tests/src")
        for text, words in (("exit 1", "The mutation run ended with status 1: Maven gave no reason."),
                            ("echo 'Description [testClass=kawi.a.OneTest, name=[engine:x]/[class:kawi.a.OneTest]/[method:holds()]]'; exit 1",
                             "these tests fail without any change: kawi.a.OneTest.holds.")):
            status, said = clone.call(clone.python(), clone.home / "environment/mutants.py", "stats", KAWI_HOME=clone.home, KAWI_MAVEN=clone.maven(text))
            self.assertEqual(1, status)
            self.assertIn(words, said.splitlines()[-1])

    def test_one_class_is_changed_with_the_classes_inside_it_and_no_other(self):
        clone = Clone(self)
        shutil.copytree(HOME / "tests/src", clone.home / "tests/src")
        clone.call(clone.python(), clone.home / "environment/mutants.py", "stats.Power", "clean", KAWI_HOME=clone.home, KAWI_MAVEN=clone.maven('echo "$@"; exit 1'))
        self.assertIn("-DtargetClasses=kawi.stats.Power,kawi.stats.Power$*,kawi.clean.* ", (clone.home / "runs/mutants/maven.log").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
