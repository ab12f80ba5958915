"""The time that is left is estimated from earlier runs, and from what this run has shown of how far those are off."""
import io
import json
import pathlib
import tempfile
import unittest

import screen
from estimate import TRUST, Estimate


class EstimateTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "durations.json"

    def known(self, **notebooks):
        self.path.write_text(json.dumps({"lesson": {name.replace("_", "-"): cells for name, cells in notebooks.items()}}))
        return Estimate(self.path, "lesson")

    def test_notebooks_yet_to_come_take_as_much_longer_as_those_before_them_took(self):
        estimate = self.known(**{"01_a": [500.0, 500.0], "02_b": [100.0], "03_c": [300.0]})
        self.assertEqual((100, 300), (estimate.notebook("02-b"), estimate.notebook("03-c")))
        estimate.learn("01-a", [1000.0, 1000.0])
        twice = (2000 + TRUST) / (1000 + TRUST)
        self.assertTrue(1.95 < twice < 2)
        self.assertAlmostEqual(100 * twice, estimate.notebook("02-b"))
        self.assertAlmostEqual(300 * twice, estimate.notebook("03-c"))

    def test_so_do_the_cells_of_the_notebook_at_work(self):
        estimate = self.known(**{"01_a": [1000.0], "02_b": [100.0, 40.0, 60.0]})
        self.assertEqual(100 + 10, estimate.left("02-b", 2, 130, 30) + 40)
        estimate.learn("01-a", [500.0])
        half = (500 + TRUST) / (1000 + TRUST)
        self.assertAlmostEqual(60 * half + 40 * half - 5, estimate.left("02-b", 2, 130, 5))

    def test_every_notebook_of_the_run_counts_by_its_length(self):
        estimate = self.known(**{"01_a": [10.0], "02_b": [1000.0], "03_c": [100.0]})
        estimate.learn("01-a", [40.0])
        estimate.learn("02-b", [1000.0])
        self.assertAlmostEqual(100 * (1040 + TRUST) / (1010 + TRUST), estimate.notebook("03-c"))

    def test_one_short_notebook_does_not_turn_the_whole_around(self):
        estimate = self.known(**{"01_a": [1.0], "02_b": [1000.0]})
        estimate.learn("01-a", [20.0])
        self.assertLess(estimate.notebook("02-b"), 2000)

    def test_a_machine_where_nothing_has_run_yet_is_compared_with_the_slow_one(self):
        estimate = Estimate(self.path, "lesson")
        before = [estimate.notebook(f"0{number}-x") for number in (3, 4)]
        estimate.learn("01-x", [4.5])
        estimate.learn("02-x", [12.0])
        after = [estimate.notebook(f"0{number}-x") for number in (3, 4)]
        self.assertLess(after[0], before[0] / 2)
        self.assertAlmostEqual(before[0] / before[1], after[0] / after[1])

    def test_what_was_learned_of_one_kind_of_estimate_is_not_laid_on_the_other(self):
        estimate = self.known(**{"02_b": [100.0]})
        estimate.learn("01-elsewhere", [1.0])
        self.assertEqual(100, estimate.notebook("02-b"))

    def test_the_line_on_the_screen_follows(self):
        estimate = self.known(**{"01_a": [1000.0], "02_b": [600.0]})
        shown = screen.Screen(["01-a", "02-b"], estimate, io.StringIO())
        shown.notebook("01-a", 1)
        estimate.learn("01-a", [2000.0])
        shown.notebook("02-b", 1)
        self.assertRegex(shown.status(), r"about 19 min 4\d s left")    # 600 s and nearly twice as long

    def test_a_memory_of_earlier_runs_that_is_broken_is_begun_anew(self):
        for broken in ("[]", "{", '{"lesson": 3}', '{"lesson": {"01-a": "x"}}'):
            self.path.write_text(broken)
            estimate = Estimate(self.path, "lesson")
            self.assertGreater(estimate.notebook("01-a"), 0, broken)
            estimate.learn("01-a", [1.0])
            self.assertEqual({"01-a": [1.0]}, json.loads(self.path.read_text())["lesson"])


if __name__ == "__main__":
    unittest.main()
