"""The benchmark's arithmetic, its table, and what it says of a row that failed. Nothing is timed here."""
import copy
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

HOME = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOME / "tests/bench"))

import measure  # noqa: E402
import personal  # noqa: E402
import personal_set  # noqa: E402
import rows  # noqa: E402
import table  # noqa: E402

ROW = rows.Row("step", "a step", ("Step",), ("step.py",), targets=(rows.Target("ratio", "at most", 1.0), rows.Target("memory", "at most", 0.5),
               rows.Target("loss", "within", 1.88, 0.03)), same=(("steps", 0),), show=("loss",))


def ran(seconds, megabytes, loss=1.9, steps=7.0, busy=0.1):
    return {"results": {"seconds": seconds, "loss": loss, "steps": steps}, "notes": [], "megabytes": megabytes, "busy": busy}


def compared(ours, peer):
    entry = {"name": ROW.name, "work": ROW.work, "measure": ROW.measure, "show": list(ROW.show), "targets": [vars(each).copy() for each in ROW.targets]}
    return {**entry, **measure.compared(ROW, {"ours": ours, "peer": peer}, [])}


def results(*entries, quick=False):
    return {"date": "2026-01-02", "machine": {"cores": 2, "processor": "a processor", "memory": "8 GB"}, "versions": {"torch": "2.7.1"}, "threads": 2,
            "quick": quick, "rows": list(entries)}


class BenchTest(unittest.TestCase):
    def test_a_side_is_its_median_its_lowest_and_its_highest(self):
        self.assertEqual({"values": [3.0, 1.0, 2.0], "median": 2.0, "low": 1.0, "high": 3.0}, table.summary([3.0, 1.0, 2.0]))

    def test_the_ratio_is_formed_round_by_round_so_a_machine_that_slows_down_does_not_change_it(self):
        self.assertAlmostEqual(0.5, table.ratio([1.0, 2.0, 10.0], [2.0, 4.0, 20.0]))
        self.assertAlmostEqual(0.9, table.ratio([9.0, 1.0, 8.0], [10.0, 2.0, 8.0]))

    def test_targets_are_judged_on_their_side_of_the_bound(self):
        for relation, bound, slack, good, bad in (("at most", 1.0, 0, 1.0, 1.01), ("at least", 1.5, 0, 1.5, 1.49), ("within", 1.88, 0.03, 1.855, 1.92)):
            target = {"value": "x", "relation": relation, "bound": bound, "slack": slack}
            self.assertTrue(table.met(good, target), target)
            self.assertFalse(table.met(bad, target), target)

    def test_a_result_is_judged_beside_the_peers_where_no_fixed_bound_is_known(self):
        row = compared([ran(1.0, 300, loss=1.8)], [ran(1.0, 500, loss=1.9)])
        row["targets"] = [{"value": "loss - the peer's", "relation": "at most", "bound": bound, "slack": 0.0} for bound in (0.0, -0.2)]
        table.judge(row)
        self.assertEqual([True, False], [each["met"] for each in row["targets"]])

    def test_the_table_shows_median_spread_ratio_memory_and_which_targets_were_met(self):
        row = compared([ran(0.8, 300), ran(0.9, 320), ran(1.0, 310)], [ran(1.0, 500), ran(1.1, 500), ran(1.25, 500)])
        text = table.markdown(results(row))
        self.assertIn("| step | a step<br>loss: ours 1.9, the peer's 1.9 | 900 ms (800 to 1,000) | 1.1 s (1 to 1.25) | 0.8 | 310 / 500 | "
                      "ratio ≤ 1: met, 0.8<br>memory ≤ 0.5: MISSED, 0.62<br>loss 1.88 ± 0.03: met, 1.9 | 2026-01-02 |", text)
        self.assertIn("2 cores (a processor), 8 GB, one side after the other", text)
        self.assertIn("2 threads on both sides, torch 2.7.1.", text)
        self.assertNotIn("others were at work", text)

    def test_a_row_measured_beside_other_work_is_named(self):
        row = compared([ran(1.0, 300, busy=0.9)], [ran(1.0, 500, busy=0.8)])
        self.assertIn("<br>others were at work on the machine meanwhile |", table.markdown(results(row)))
        self.assertNotIn("others were at work", table.markdown(results({**row, "name": "cluster-step"})))    # its workers are processes of their own

    def test_a_row_that_failed_says_why_and_leaves_the_others(self):
        failed = {**compared([ran(1.0, 300)], [ran(1.0, 500)]), "failed": "the CPU has no bfloat16 instructions"}
        lines = table.markdown(results(failed, compared([ran(2.0, 300)], [ran(4.0, 500)]))).splitlines()
        self.assertIn("not measured: the CPU has no bfloat16 instructions", lines[-2])
        self.assertIn("ratio ≤ 1: met, 0.5", lines[-1])

    def test_sides_that_disagree_on_what_must_be_the_same_are_no_comparison(self):
        row = compared([ran(1.0, 300, steps=7.0)], [ran(1.0, 500, steps=8.0)])
        self.assertEqual("the two sides do not agree on steps: ours 7.0, the peer's 8.0", row["failed"])

    def test_lists_of_results_are_compared_one_by_one(self):
        for ours, peer, slack, words in (("1.0,2.0", "1.0004,1.9996", 1e-3, ""), ("1.0,2.0", "1.0,2.002", 1e-3, "1 of 2 differ, the first of them number 2: ours 2.0, the peer's 2.002"),
                                         ("1.0,nan", "1.0,2.0", 1e-3, "1 of 2 differ"), ("0/1,1/1", "0/1,1/0", None, "number 2: ours 1/1, the peer's 1/0"),
                                         ("1,2,3", "1,2", None, "ours has 3 of them, the peer 2"), ("a", "b", None, "ours a, the peer's b"), ("a", "a", None, "")):
            self.assertIn(words, measure.differing(ours, peer, slack) or "")
            self.assertEqual(bool(words), bool(measure.differing(ours, peer, slack)), (ours, peer))

    def test_without_its_peer_ours_is_shown_and_the_ratio_is_not_known(self):
        row = compared([ran(0.5, 300)], [])
        line = table.markdown(results(row)).splitlines()[-1]
        self.assertIn("500 ms |  |  | 300 / ? | ratio ≤ 1: not known<br>memory ≤ 0.5: not known", line)

    def machine(self, processor, *rows, date="2026-01-02"):
        return {**results(*rows), "machine": {"cores": 2, "processor": processor, "memory": "8 GB"}, "date": date}

    def test_each_machine_keeps_its_own_table_and_the_latest_stands_first(self):
        def made(processor, seconds, commit):
            return self.machine(processor, {**compared([ran(seconds, 300)], [ran(2.0, 500)]), "commit": commit})
        page = ""
        for processor, seconds, commit in (("one", 1.0, "aaaaaaa"), ("other", 1.2, "bbbbbbb"), ("one", 1.4, "ccccccc+")):
            page = table.published(page, made(processor, seconds, commit))
        heads = [line for line in page.splitlines() if line.startswith("Measured on")]
        self.assertEqual(["(one)", "(other)"], [head.split(" cores ")[1].split(",")[0] for head in heads])
        self.assertIn("| 2026-01-02, ccccccc+ |", page)
        self.assertEqual((False, True, True), tuple(f"met, {ratio}" in page for ratio in (0.5, 0.6, 0.7)))
        self.assertEqual(page, table.published(page, made("one", 1.4, "ccccccc+")))
        with self.assertRaisesRegex(ValueError, "quick one"):
            table.published(page, results(quick=True))

    def test_rows_measured_one_by_one_stand_in_one_table_each_with_its_own_day_and_commit(self):
        def row(name, seconds, date, commit):
            return {**compared([ran(seconds, 300)], [ran(2.0, 500)]), "name": name, "date": date, "commit": commit}
        order = ["first", "second", "third"]
        page = table.published("", self.machine("one", row("third", 1.0, "2026-01-02", "aaaaaaa"), row("first", 1.2, "2026-01-02", "aaaaaaa")), order)
        page = table.published(page, self.machine("other", row("first", 1.9, "2026-01-03", "bbbbbbb"), date="2026-01-03"), order)
        page = table.published(page, self.machine("one", row("second", 1.4, "2026-01-04", "ccccccc"), date="2026-01-04"), order)
        tables = table.tables(page)
        self.assertEqual([3, 1], [len(table.lines_of(each)) for each in tables])
        self.assertEqual(order, list(table.lines_of(tables[0])))
        self.assertTrue(tables[0].startswith("Measured on 2026-01-04 on 2 cores (one)"), tables[0])
        said = table.lines_of(tables[0])
        self.assertRegex(said["first"], r"1\.2 s .* \| 2026-01-02, aaaaaaa \|$")
        self.assertRegex(said["second"], r"1\.4 s .* \| 2026-01-04, ccccccc \|$")
        again = table.published(page, self.machine("one", row("first", 1.3, "2026-01-05", "ddddddd"), date="2026-01-05"), order)
        self.assertRegex(table.lines_of(table.tables(again)[0])["first"], r"1\.3 s .* \| 2026-01-05, ddddddd \|$")
        self.assertEqual(said["third"], table.lines_of(table.tables(again)[0])["third"])
        late = table.published(again, self.machine("one", row("first", 1.7, "2026-01-04", "ccccccc"), row("new", 1.0, "2026-01-04", "ccccccc"), date="2026-01-04"), order)
        self.assertIn("Measured on 2026-01-05 on 2 cores (one)", late)
        self.assertRegex(table.lines_of(table.tables(late)[0])["first"], r"1\.3 s .* \| 2026-01-05, ddddddd \|$")     # an older file does not undo a newer row
        self.assertEqual([*order, "new"], list(table.lines_of(table.tables(late)[0])))
        self.assertIn("| 2026-01-02 to 2026-01-05, 2 cores, one | 8 of 12 |", table.digest(late, {}))

    def test_a_row_that_could_not_run_leaves_its_figures_and_one_whose_sides_disagree_does_not(self):
        good = {**compared([ran(1.2, 300)], [ran(2.0, 500)]), "date": "2026-01-02", "commit": "aaaaaaa"}
        page = table.published("", results(good))
        absent = {"name": good["name"], "work": good["work"], "measure": "seconds", "show": [], "targets": [], "failed": "Spark is not here", "date": "2026-01-03", "commit": "bbbbbbb"}
        self.assertEqual(page, table.published(page, {**results(absent), "date": "2026-01-02"}))
        apart = {**compared([ran(1.0, 300, steps=7.0)], [ran(1.0, 500, steps=8.0)]), "date": "2026-01-03", "commit": "bbbbbbb"}
        said = table.published(page, results(apart))
        self.assertIn("not measured: the two sides do not agree on steps: ours 7.0, the peer's 8.0 |  |  |  |  | 2026-01-03, bbbbbbb |", said)
        self.assertNotIn("aaaaaaa", said)
        self.assertIn("not measured: Spark is not here |", table.published("", results(absent)))

    def test_rows_that_stay_say_under_which_versions_they_were_measured(self):
        def under(torch, name, date, commit):
            return {**results({**compared([ran(1.2, 300)], [ran(2.0, 500)]), "name": name, "date": date, "commit": commit}), "versions": {"torch": torch}, "date": date}
        page = table.published("", under("2.7.1", "old", "2026-01-02", "aaaaaaa"))
        page = table.published(page, under("2.8.0", "new", "2026-01-03", "bbbbbbb"))
        self.assertIn("2 threads on both sides, torch 2.8.0.", page.split("Measured on")[1])
        self.assertIn("| 2026-01-02, aaaaaaa; 2 threads on both sides, torch 2.7.1 |", page)
        self.assertIn("| 2026-01-03, bbbbbbb |", page)
        page = table.published(page, under("2.9.0", "newest", "2026-01-04", "ccccccc"))
        self.assertIn("| 2026-01-02, aaaaaaa; 2 threads on both sides, torch 2.7.1 |", page)
        self.assertIn("| 2026-01-03, bbbbbbb; 2 threads on both sides, torch 2.8.0 |", page)

    def test_the_readme_has_of_each_machine_its_best_figures_and_every_miss(self):
        slow = {**compared([ran(3.0, 300, loss=2.5)], [ran(2.0, 500)]), "name": "slow"}
        fast = {**compared([ran(0.5, 100)], [ran(2.0, 500)]), "name": "fast"}
        rates = {**fast, "name": "rates", "measure": "tokens/s", "ratio": 9.0, "targets": [],
                 **{side: {"results": {"tokens/s": table.summary([value])}, "megabytes": 1.0} for side, value in (("ours", 90.0), ("peer", 10.0))}}
        failed = {**fast, "name": "gone", "failed": "the CPU has no bfloat16 instructions"}
        page = table.published(table.published("", self.machine("first", slow)), self.machine("second with A, B", slow, fast, rates, failed))
        said = table.digest(page, {"fast": "a fast one", "gone": "one that is gone"}).splitlines()
        self.assertEqual("| 2026-01-02, 2 cores, second with A, B | 3 of 6 | rates: 90 tokens/s beside 10 tokens/s<br>a fast one: 500 ms beside 2 s | "
                         "slow: ratio ≤ 1, was 1.5<br>slow: memory ≤ 0.5, was 0.6<br>slow: loss 1.88 ± 0.03, was 2.5 | one that is gone |", said[2])
        self.assertEqual("| 2026-01-02, 2 cores, first | 0 of 3 | nowhere | slow: ratio ≤ 1, was 1.5<br>slow: memory ≤ 0.5, was 0.6<br>slow: loss 1.88 ± 0.03, was 2.5 | none |", said[3])

    def test_the_readme_gets_its_lines_between_its_marks_and_nothing_else_changes(self):
        page = table.published("", results(compared([ran(1.0, 300)], [ran(2.0, 500)])))
        said = table.readme(f"before\n{table.BEGIN} -->\nold\n{table.END}\nafter\n", page, {})
        self.assertTrue(said.startswith("before\n") and said.endswith(f"{table.END}\nafter\n"), said)
        self.assertIn("step: 1 s beside 2 s", said)
        self.assertNotIn("old", said)

    def test_the_committed_readme_says_what_the_committed_results_say(self):
        readme, page = ((HOME / each).read_text(encoding="utf-8") for each in ("README.md", "tests/bench/RESULTS.md"))
        self.assertEqual(readme, table.readme(readme, page, measure.titles()))
        self.assertEqual(page, table.HEAD + "\n".join(each.strip() + "\n" for each in table.tables(page)))
        self.assertEqual(page.count("MISSED"), readme.partition(table.BEGIN)[2].partition(table.END)[0].count(", was "))
        known = measure.titles()
        for line in page.splitlines():
            if line.startswith("| ") and not line.startswith(("| row |", "| --- |")):
                self.assertTrue(known.get(line.split(" | ")[0].strip("| ")), line)

    def test_publishing_writes_the_page_and_the_readme_together(self):
        with tempfile.TemporaryDirectory() as folder:
            home = pathlib.Path(folder)
            kept = measure.HOME, measure.HERE, measure.RUNS
            measure.HOME, measure.HERE, measure.RUNS = home, home, home
            self.addCleanup(lambda: [setattr(measure, name, value) for name, value in zip(("HOME", "HERE", "RUNS"), kept)])
            with self.assertRaisesRegex(SystemExit, "no runs/bench/results.json to publish"):
                measure.publish()
            (home / "RESULTS.md").write_text("", encoding="utf-8")
            (home / "README.md").write_text(f"a\n{table.BEGIN} -->\n{table.END}\n", encoding="utf-8")
            (home / "results.json").write_text(json.dumps(results(compared([ran(1.0, 300)], [ran(2.0, 500)]))), encoding="utf-8")
            measure.publish()
            page, readme = ((home / each).read_text(encoding="utf-8") for each in ("RESULTS.md", "README.md"))
            self.assertIn("ratio ≤ 1: met, 0.5", page)
            self.assertEqual(readme, table.readme(readme, page, {}))
            self.assertIn("step: 1 s beside 2 s", readme)

    def test_generations_of_one_name_are_told_apart_by_their_instructions(self):
        info = "processor\t: {0}\nmodel name\t: AMD EPYC\nflags\t\t: fpu {1}\n\n"
        both = [measure.processor("".join(info.format(core, flags) for core in (0, 1))) for flags in ("avx2 bmi2", "avx2 avx512f avx512_bf16 avx512_vnni")]
        self.assertEqual(["AMD EPYC with AVX2", "AMD EPYC with AVX2, AVX-512, VNNI, bfloat16"], both)
        self.assertEqual("one", measure.processor("model name: one\n"))
        self.assertEqual(sys.platform, measure.processor(""))

    def test_what_is_written_can_be_read_and_drawn_again(self):
        made = results(compared([ran(0.8, 300)], [ran(1.0, 500)]))
        drawn = table.markdown(copy.deepcopy(made))
        self.assertEqual(drawn, table.markdown(json.loads(json.dumps(made))))

    def test_both_sides_are_told_the_same_of_the_cpu(self):
        with tempfile.TemporaryDirectory() as folder:
            kept = measure.RUNS
            measure.RUNS = pathlib.Path(folder)
            self.addCleanup(lambda: setattr(measure, "RUNS", kept) or measure.preloaded.clear())
            path, os.environ["PATH"] = os.environ["PATH"], folder
            try:
                with self.assertRaisesRegex(SystemExit, "needs a C compiler named cc"):
                    measure.tell_mkl_intel()
                self.assertNotIn("LD_PRELOAD", measure.environment(2))
                compiler = pathlib.Path(folder) / "cc"
                compiler.write_text("#!/bin/sh\n", encoding="utf-8")
                compiler.chmod(0o755)
                measure.tell_mkl_intel()
            finally:
                os.environ["PATH"] = path
            told = measure.environment(2)
            self.assertEqual((f"{folder}/intel.so", "mkl", "2"), (told["LD_PRELOAD"], told["KAWI_PRODUCTS"], told["OMP_NUM_THREADS"]))

    def test_an_error_of_either_language_is_its_sentence(self):
        java = "Exception in thread \"main\" kawi.evidence.KitException: There is no file: fetch it.\n\tat kawi.Kit.open(Kit.java:1)\n"
        self.assertEqual("There is no file: fetch it.", measure.reason(java, 1))
        self.assertEqual("ModuleNotFoundError: No module named 'torch'", measure.reason("Traceback:\n  File 1\nModuleNotFoundError: No module named 'torch'\n", 1))
        self.assertEqual("the program ended with status 9 and no word", measure.reason("\n", 9))

    def test_a_programs_results_notes_and_peak_memory_are_read(self):
        with tempfile.TemporaryDirectory() as folder:
            kept = measure.RUNS, measure.LOG
            measure.RUNS, measure.LOG = pathlib.Path(folder), pathlib.Path(folder) / "log.txt"
            self.addCleanup(lambda: setattr(measure, "RUNS", kept[0]) or setattr(measure, "LOG", kept[1]))
            program = "held = bytearray(64 << 20); print('result seconds 0.5'); print('result ids 1,2'); print('note a word'); print('chatter')"
            done = measure.run([sys.executable, "-c", program], 1)
            self.assertEqual({"seconds": 0.5, "ids": "1,2"}, done["results"])
            self.assertEqual(["a word"], done["notes"])
            self.assertGreater(done["megabytes"], 64)
            with self.assertRaisesRegex(measure.Failed, "no bfloat16"):
                measure.run([sys.executable, "-c", "print('skipped no bfloat16')"], 1)
            with self.assertRaisesRegex(measure.Failed, "ValueError: wrong"):
                measure.run([sys.executable, "-c", "raise ValueError('wrong')"], 1)

    def test_every_row_names_programs_that_are_there_and_a_name_of_its_own(self):
        names = [row.name for row in rows.rows()]
        self.assertEqual(len(names), len(set(names)))
        for row in rows.rows():
            self.assertTrue((measure.HERE / f"{row.ours[0]}.java").exists(), row.ours)
            if row.peer:
                self.assertTrue((measure.HERE / row.peer[0]).exists(), row.peer)

    def test_a_program_that_takes_all_cores_sees_as_many_as_there_are_threads(self):
        with tempfile.TemporaryDirectory() as folder:
            runs, commands, kept = pathlib.Path(folder), [], (measure.CLASSES, measure.DATA, measure.PEERS, measure.run)
            self.addCleanup(lambda: [setattr(measure, name, value) for name, value in zip(("CLASSES", "DATA", "PEERS", "run"), kept)])
            measure.CLASSES, measure.DATA, measure.PEERS, measure.run = runs, runs, runs / "none", lambda command, threads: commands.append(command) or ran(1.0, 300)
            for name in ("Cleaning", "Pages"):
                (runs / f"{name}.class").touch()
                os.utime(runs / f"{name}.class", (4e9, 4e9))        # compiled already
            known = {row.name: row for row in rows.rows()}
            (runs / known["cleaning"].needs).touch()
            for name in ("cleaning", "pages"):
                measure.measure(known[name], 3, 1, True)
            self.assertEqual([True, False], ["-XX:ActiveProcessorCount=3" in command for command in commands])

    def test_a_peer_that_is_named_with_its_version_is_the_one_that_is_installed(self):
        installed = dict(re.findall(r"(?m)^([\w.-]+)==([\w.]+)", (HOME / "tests/bench/requirements.txt").read_text(encoding="utf-8")))
        named = {name: version for row in rows.rows() for name, version in re.findall(r"([\w-]+) (\d+\.\d+\.\d+)", row.work)}
        self.assertLessEqual({"datatrove", "presidio-analyzer", "trafilatura"}, named.keys())
        self.assertEqual(named, {name: installed.get(name) for name in named})

    def test_a_find_is_right_where_it_overlaps_a_label_of_its_kind(self):
        texts = [{"language": "en", "text": "", "labels": [["phone", 0, 8], ["phone", 10, 18], ["email", 20, 25]]}, {"language": "de", "text": "", "labels": []}]
        found = [[("phone", 7, 12), ("email", 20, 25), ("phone", 18, 20), ("iban", 0, 8)], [("phone", 0, 8)]]
        whole, kinds, languages = personal.scores(texts, found)
        self.assertEqual((3, 5, 3, 2, 1), (whole.labels, whole.finds, whole.found, whole.right, whole.exact))
        self.assertEqual((2 / 5, 1.0, 4 / 7), (whole.precision(), whole.recall(), whole.f1()))
        self.assertEqual((1 / 3, 1.0), (kinds["phone"].precision(), kinds["phone"].recall()))
        self.assertEqual((0.0, 1.0, 0.0), (kinds["iban"].precision(), kinds["iban"].recall(), kinds["iban"].f1()))
        self.assertEqual((1.0, 1.0), (kinds["card"].precision(), kinds["card"].recall()))
        self.assertEqual((0.0, 0.5), (languages["de"].precision(), languages["en"].precision()))
        with self.assertRaises(ValueError):
            personal.scores(texts, found[:1])

    def test_labels_stand_where_the_drawn_values_stand(self):
        class Drawn:
            phone_number, person, name, email = (staticmethod(lambda each=each: each) for each in ("020 1", "?", "Zoë", "a@b.org"))
        text, labels = personal_set.filled("{{person}}: {{phone_number}}, {{email}}{{phone_number}}", Drawn, random.Random(1))
        self.assertEqual("Zoë: 020 1, a@b.org020 1", text)
        self.assertEqual([["phone", "020 1"], ["email", "a@b.org"], ["phone", "020 1"]], [[kind, text[start:end]] for kind, start, end in labels])
        british = type("British", (Drawn,), {"phone_number": staticmethod(lambda: "0113")})
        self.assertEqual(("Zoë 0113", [["phone", 4, 8]]), personal_set.filled("{{name}} {{phone_number}}", Drawn, random.Random(1), british))

    def test_bad_options_are_refused_with_what_there_is(self):
        for option, words in (("--rows=nothing", "there is no row 'nothing': the rows are gpt-step"), ("--repeats=0", "numbers from 1 on"), ("--publish=1", "")):
            done = subprocess.run([sys.executable, measure.HERE / "measure.py", option], capture_output=True, text=True, env={**os.environ})
            self.assertEqual(2, done.returncode, option)
            self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main()
