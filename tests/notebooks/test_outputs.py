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


def with_outputs(paths, stem=""):
    """Those of the notebooks whose names begin so and that hold outputs: one that is being worked on may have none."""
    return [path for path in paths if path.stem.startswith(stem) and any(cell.outputs for cell in code(path))]


def shown(output):
    """All text of an output that a person would see; pictures are not text."""
    if output.output_type == "stream":
        return output.text
    return json.dumps({kind: data for kind, data in output.get("data", {}).items() if not kind.startswith("image/")})


def tables(path):
    """Every table of a notebook's outputs, each a list of rows and each row a list of texts, the heading first."""
    found = []
    for cell in code(path):
        for output in cell.outputs:
            for table in re.findall(r"<table>.*?</table>", output.get("data", {}).get("text/html", ""), re.DOTALL):
                rows = re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
                found.append([[re.sub(r"<[^>]*>", "", each).strip() for each in re.findall(r"<t[hd]\b.*?</t[hd]>", row, re.DOTALL)] for row in rows])
    return [table for table in found if table]


class NotebooksTest(unittest.TestCase):
    def each(self, paths, check):
        for path in paths:
            with self.subTest(str(path.relative_to(HOME))):
                check(path)

    def test_nine_notebooks_are_there_and_all_were_executed_but_the_one_that_needs_spark_where_spark_is_not(self):
        self.assertEqual([f"{number:02}" for number in range(1, 10)], [path.stem[:2] for path in COMMITTED][:9])
        spark = list((HOME / "lib/cluster/target/cluster").glob("*.jar"))
        self.assertEqual([path.name for path in COMMITTED if spark or not path.name.startswith("08")], [path.name for path in EXECUTED])

    def test_they_are_short_and_say_as_much_as_they_compute(self):
        def check(path):
            nbformat.validate(read(path))
            self.assertLessEqual(len(read(path).cells), 60)
            for number, cell in enumerate(code(path), 1):
                self.assertLessEqual(len(cell.source.splitlines()), 15, f"code cell {number}")

        self.each(COMMITTED, check)

    def test_the_first_cell_loads_the_library_and_holds_all_imports(self):
        def check(path):
            first, *rest = code(path)
            self.assertTrue(first.source.startswith("%classpath ../lib/target/kawi/*.jar"))
            for number, cell in enumerate(rest, 2):
                self.assertIsNone(re.search(r"^import ", cell.source, re.MULTILINE), f"code cell {number}")

        self.each(COMMITTED, check)

    def test_no_cell_goes_through_a_map_or_a_set_whose_order_changes_from_jvm_to_jvm(self):
        unordered = r"(?:Map|Set)\.(?:of|ofEntries|copyOf)\("
        through = r"\.(?:keySet|values|entrySet|forEach|stream|iterator)\("

        def check(path):
            text = "\n".join(cell.source for cell in code(path))
            for name in re.findall(r"\b(\w+) = " + unordered, text):
                self.assertIsNone(re.search(rf"\b{name}{through}|: {name}\)", text), name)

        self.each(COMMITTED + sorted((HOME / "notebooks/exercises").glob("*.ipynb")), check)

    def test_outputs_are_of_one_run_from_top_to_bottom_without_an_error(self):
        def check(path):
            cells = [cell for cell in code(path) if cell.source.strip()]
            self.assertEqual(list(range(1, len(cells) + 1)), [cell.execution_count for cell in cells])
            for cell in cells:
                self.assertEqual([], [output.get("evalue") for output in cell.outputs if output.output_type == "error"])

        self.each(with_outputs(COMMITTED) + EXECUTED, check)

    def test_outputs_hold_no_log_line_and_no_host_path(self):
        def check(path):
            for number, cell in enumerate(code(path), 1):
                for output in cell.outputs:
                    self.assertNotEqual("stderr", output.get("name"), f"code cell {number}: {output.get('text', '')[:200]}")
                    found = HOST_PATH.search(shown(output))
                    self.assertIsNone(found, f"code cell {number} shows {found and shown(output)[max(found.start() - 40, 0):found.end() + 40]}")

        self.each(COMMITTED + EXECUTED, check)

    def test_outputs_look_the_same_with_the_network_off(self):
        def check(path):
            for number, cell in enumerate(code(path), 1):
                for output in cell.outputs:
                    html = output.get("data", {}).get("text/html", "")
                    self.assertIsNone(re.search(r"<script|<link|src=.?.?https?:", html), f"code cell {number}")

        self.each(COMMITTED + EXECUTED, check)

    def test_pictures_have_a_text_for_those_who_cannot_see_them(self):
        def check(path):
            for number, cell in enumerate(code(path), 1):
                for output in cell.outputs:
                    for picture in re.findall(r"<img\b[^>]*>", output.get("data", {}).get("text/html", "")):
                        self.assertRegex(picture, r'alt="[^"]+"', f"code cell {number}")

        self.each(COMMITTED + EXECUTED, check)

    def test_every_picture_tells_nbconvert_and_jupyterlab_what_it_shows(self):
        def check(path):
            for number, cell in enumerate(code(path), 1):
                for output in cell.outputs:
                    if "image/png" in output.get("data", {}):
                        said = output.metadata.get("image/png", {}).get("alt", "")
                        self.assertGreater(len(said), 20, f"code cell {number}")
                        self.assertEqual(said, output.data["text/plain"], f"code cell {number}")

        self.each(with_outputs(COMMITTED) + EXECUTED, check)

    def test_a_live_chart_has_the_axes_of_what_it_shows(self):
        def check(path):
            [said] = [output.data["text/plain"] for cell in code(path) for output in cell.outputs
                      if output.get("data", {}).get("text/plain", "").startswith("Validation loss of each rung.")]
            self.assertIn("validation loss (nats per token) against rung:", said)

        self.each(with_outputs(COMMITTED + EXECUTED, "04"), check)

    def test_no_number_stands_where_there_is_none(self):
        def check(path):
            for number, cell in enumerate(code(path), 1):
                for output in cell.outputs:
                    text = re.sub(r"<[^>]*>", " ", shown(output))
                    found = re.search(r"p = 0\.0+\b(?!\d)|\bNaN\b|\bInfinity\b|(?<![\w.])0 pairs|\[0\.000, 1\.000\]", text)
                    self.assertIsNone(found, f"code cell {number} shows {found and text[max(found.start() - 60, 0):found.end() + 40]}")
            for head, *rows in tables(path):
                if "pairs" in head:
                    self.assertEqual([], [row for row in rows if row[head.index("pairs")] == "0"], "a verdict on no pairs")

        self.each(with_outputs(COMMITTED) + EXECUTED, check)

    def test_no_output_is_an_object_s_address(self):
        """What a cell ends with is printed; an address says nothing and is another one in each run."""
        address = re.compile(r"\b(?:[a-z]\w*\.)+[A-Z][\w$]*@[0-9a-f]{4,8}\b|\[+[BCDFIJSZ]@[0-9a-f]{4,8}\b|\$\$Lambda")

        def check(path):
            for number, cell in enumerate(code(path), 1):
                for output in cell.outputs:
                    found = address.search(shown(output))
                    self.assertIsNone(found, f"code cell {number} shows {found and found.group()}")

        self.each(with_outputs(COMMITTED) + EXECUTED, check)

    def test_an_interval_that_ends_at_zero_says_on_which_side(self):
        """A p value below 0.05 beside an interval that seems to touch zero, or the other way round, leaves a reader to guess."""
        def check(path):
            for head, *rows in tables(path):
                for row in rows:
                    for cell in row:
                        self.assertNotRegex(cell, r"-0\.0+ to 0\.0+$", f"{head}: no side of zero can be read")

        self.each(with_outputs(COMMITTED) + EXECUTED, check)

    def test_a_threshold_is_shown_as_a_reader_would_write_it(self):
        def check(path):
            for head, *rows in tables(path):
                if "reason" in head:
                    for row in rows:
                        self.assertNotRegex(row[head.index("reason")], r"\d\.\d{7,}|(?:below|above) \d+\.0\b")

        self.each(with_outputs(COMMITTED) + EXECUTED, check)

    def test_a_verdict_comes_when_all_comparisons_are_made(self):
        """Of many comparisons one is easily found by chance: no outcome is shown before it is corrected for their number."""
        def check(path):
            for number, cell in enumerate(code(path), 1):
                for output in cell.outputs:
                    found = re.search(r"(?:exact McNemar|paired bootstrap), \d+ examples", shown(output))
                    self.assertIsNone(found, f"code cell {number} shows {found and found.string[:160]}")

        self.each(with_outputs(COMMITTED, "02") + with_outputs(COMMITTED, "05") + with_outputs(COMMITTED, "06"), check)
        self.each([path for path in EXECUTED if path.stem[:2] in ("02", "05", "06")], check)

    def test_what_the_text_claims_was_checked_in_the_cell(self):
        def check(path):
            claims = 0
            for number, cell in enumerate(code(path), 1):
                sentences = re.findall(r"^\s*claim\(", cell.source, re.MULTILINE)
                checked = [output for output in cell.outputs if output.get("data", {}).get("text/markdown", "").startswith("*Checked:* ")]
                self.assertEqual(len(sentences), len(checked), f"code cell {number}")
                claims += len(sentences)
            self.assertGreater(claims, 0, "a notebook that asserts nothing")

        self.each(with_outputs(COMMITTED) + EXECUTED, check)

    def test_no_ranking_is_written_by_hand(self):
        """A sentence of the text that ranks or concludes cannot know the numbers of the next run: it is made in a cell."""
        ranking = re.compile(r"\b(far ahead|outperforms?|beats|is (?:clearly|much|far) (?:better|worse|faster|slower)|starts? ahead|"
                             r"learns? (?:best|most) |serves? (?:those )?best|teaches it|the winner (?:is|of)|no more often than|"
                             r"loses nothing, and)\b", re.IGNORECASE)

        def check(path):
            for cell in read(path).cells:
                if cell.cell_type == "markdown":
                    for sentence in re.split(r"(?<=[.!?])\s+", cell.source):
                        if not sentence.endswith("?"):      # a question leaves it open
                            self.assertIsNone(ranking.search(sentence), sentence)

        self.each(COMMITTED, check)

    def test_cells_fit_on_a_page(self):
        def check(path):
            for number, cell in enumerate(code(path), 1):
                self.assertEqual([], [line for line in cell.source.splitlines() if len(line) > 110], f"code cell {number}")

        self.each(COMMITTED, check)

    def test_one_model_has_one_validation_loss(self):
        def check(path):
            [trained] = [row for head, *rows in tables(path) if "perplexity" in head for row in rows if row[0] == "trained"]
            account = [row for head, *rows in tables(path) if head[-1:] == ["actual / predicted"] for row in rows if row[0] == "validation loss"]
            ended = [found for cell in code(path) if "trainer.run(live)" in cell.source for output in cell.outputs
                     for found in re.findall(r"validation loss ([\d.]+)", shown(output)) if "steps done" in shown(output)]
            self.assertEqual([trained[1]], [row[2] for row in account])
            self.assertAlmostEqual(float(trained[1]), float(ended[-1]), delta=0.001)

        self.each(with_outputs(COMMITTED + EXECUTED, "04"), check)

    def test_an_adapter_records_its_data_and_its_base_model(self):
        found = {}
        for file in (HOME / "runs/test/05-fine-tuning").glob("*/manifest.json"):
            manifest = json.loads(file.read_text(encoding="utf-8"))
            made_of = {"exported": "translator", "preferred": "preferences"}.get(manifest["name"])
            if made_of:      # which records the data
                self.assertEqual([made_of], list(manifest["inputs"]))
                if made_of == "preferences":      # how their use was searched for
                    self.assertEqual(["Search of rate and beta"], [table["title"] for table in manifest["tables"]])
                continue
            found[manifest["name"]] = {source["use"] == "model" for source in manifest["sources"]}
            self.assertTrue(all(re.fullmatch("[0-9a-f]{64}", each) for source in manifest["sources"] for each in source["files"].values()), manifest["name"])
            if manifest["name"] == "preferences":      # no adapter: pairs of answers
                self.assertIn("preferences.jsonl", manifest["outputs"])
            else:
                self.assertIn("recipe", manifest["parameters"])
        self.assertEqual({name: {True, False} for name in ("answers", "assistant", "preferences", "sentiment", "translator")}, found)

    def test_who_holds_what_names_every_adapter(self):
        def check(path):
            [held] = [rows for head, *rows in tables(path) if head[-1:] == ["made from these"]][:1]
            direct = {name for row in held for name in row[3].split(", ")}
            self.assertLessEqual({"collected", "sentiment", "answers", "translator", "assistant"}, direct)

        self.each(with_outputs(COMMITTED + EXECUTED, "07"), check)

    def test_every_proof_holds(self):
        def check(path):
            proofs = [rows for head, *rows in tables(path) if head[-1:] == ["holds"]]
            self.assertEqual(1, len(proofs), "the table of proofs")
            self.assertGreater(len(proofs[0]), 8)
            self.assertEqual([], [row for row in proofs[0] if row[-1] != "yes"])

        self.each(with_outputs(COMMITTED + EXECUTED, "04"), check)

    def test_the_plan_of_the_lesson_was_kept_to_a_quarter(self):
        def check(path):
            plan = [rows for head, *rows in tables(path) if head[-1:] == ["actual / predicted"]]
            ratios = {row[0]: float(row[-1]) for row in plan[0]}
            for quantity in ("seconds", "tokens/s"):
                self.assertAlmostEqual(1, ratios[quantity], delta=0.25, msg=quantity)

        self.each(with_outputs(COMMITTED, "04"), check)

    def test_one_peak_is_what_every_share_is_taken_of(self):
        def check(path):
            plan = [rows[0] for head, *rows in tables(path) if head[-1:] == ["share used"]][0]
            head, *rows = [each for each in tables(path) if "share of peak" in each[0]][-1]
            shares = [float(row[head.index("share of peak")]) / float(row[head.index("tokens/s")].replace(",", "")) for row in rows]
            self.assertAlmostEqual(float(plan[2]) / self.planned_speed(path), sum(shares) / len(shares), delta=0.02 * shares[0])

        self.each(with_outputs(COMMITTED, "04"), check)

    def planned_speed(self, path):
        head, row = [each[:2] for each in tables(path) if "windows in a pass" in each[0]][0]
        return float(row[head.index("tokens/s")].replace(",", ""))


if __name__ == "__main__":
    unittest.main()
