"""What a reader does to a real kernel: interrupts a training and runs the cell again, restarts half-way, opens notebooks out of order.

The artifacts are those of the run 'test' that environment/test has just made.
"""
import os
import pathlib
import queue
import shutil
import subprocess
import time
import unittest

import nbformat
from jupyter_client.manager import KernelManager

HOME = pathlib.Path(__file__).resolve().parents[2]
RUNS = HOME / "runs"
RUN = "test-kernel"


class Kernel:
    """A Java kernel in the folder of the notebooks, with the settings that environment/run gives it."""

    def __init__(self):
        self.manager = KernelManager(kernel_name=os.environ.get("KAWI_KERNEL", "java"))
        self.manager.start_kernel(cwd=str(HOME / "notebooks"), env={**os.environ, "KAWI_RUN": RUN, "KAWI_BUDGET": "smoke", "KAWI_SEED": "1"},
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=120)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, source, when=None, then=None, fails=False, within=120):
        """Everything a cell shows, as text; when it shows `when`, `then` is done to it. Only a cell that `fails` or is disturbed may fail."""
        message = self.client.execute(source, stop_on_error=False)
        shown, end = "", time.monotonic() + within
        while time.monotonic() < end:
            try:
                answer = self.client.get_iopub_msg(timeout=1)
            except queue.Empty:
                continue
            if answer["parent_header"].get("msg_id") != message:
                continue
            kind, content = answer["msg_type"], answer["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return shown
            if kind == "error" and not fails and then is None:
                raise AssertionError("\n".join(content["traceback"]))
            shown += content.get("text", "") + str(content.get("data", "")) + "\n".join(content.get("traceback", [])) + str(content.get("evalue", ""))
            if when and when in shown:
                when = None
                if then() == "killed":
                    return shown
        raise AssertionError(f"The cell did not end within {within} s; it had shown: {shown[-500:]}")


def cells(name):
    [path] = (HOME / "notebooks").glob(f"{name}-*.ipynb")
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


class KernelTest(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(RUNS / RUN, ignore_errors=True)
        self.addCleanup(shutil.rmtree, RUNS / RUN, ignore_errors=True)

    def stages(self, *numbers):
        """A run in which only these notebooks have been executed."""
        for number in numbers:
            [stage] = [each for each in (RUNS / "test").glob(f"{number}-*") if each.is_dir()]
            shutil.copytree(stage, RUNS / RUN / stage.name)

    def until_training(self, kernel):
        """Runs notebook 04 up to the cell of the real training, makes that training long, and returns its cell."""
        for source in cells("04"):
            if "trainer.run(live)" in source:
                return source
            kernel.run(source)
            if "pilots.plan(" in source:
                kernel.run("plan = new Plan(plan.request(), plan.batch(), plan.accumulate(), 400, plan.secondsPerStep(), plan.secondsPerEvaluation(), plan.residentMegabytes(), plan.size());")
        self.fail("Notebook 04 has no cell that trains.")

    def test_an_interrupted_training_goes_on_in_the_same_kernel_and_in_a_new_one(self):
        self.stages("01", "02", "03")
        with Kernel() as kernel:
            training = self.until_training(kernel)
            kernel.run(training, when=", validation ", then=kernel.manager.interrupt_kernel)     # said after a step, not before
            again = kernel.run(training, when="going on from step", then=lambda: kernel.manager.shutdown_kernel(now=True) or "killed")
            self.assertRegex(again, r"going on from step [1-9]")
        with Kernel() as kernel:
            training = self.until_training(kernel)
            self.assertRegex(kernel.run(training), r"(?s)going on from step [1-9].*is complete after 400 steps")

    def test_a_notebook_before_its_time_says_which_one_to_run_first(self):
        self.stages("01", "02")
        with Kernel() as kernel:
            shown = kernel.run(cells("04")[0]) + kernel.run(cells("04")[1], fails=True)
        self.assertRegex(shown, r"[^.\n]*choice[^.\n]*03-architecture")

    def test_what_a_cell_ends_with_shows_as_by_show(self):
        with Kernel() as kernel:
            kernel.run(cells("04")[0])
            self.assertRegex(kernel.run('kawi.notebook.Tables.row("loss", 1.5)'), r"text/html.*<table>")
            chart = kernel.run('kawi.notebook.Charts.bar("Sizes", "", "MB", java.util.Map.of("a", 1.0))')
            self.assertIn("image/png", chart)
            self.assertNotIn("[B@", chart)

    def test_a_cell_that_fails_shows_one_sentence_and_no_trace_of_it_or_its_cause(self):
        with Kernel() as kernel:
            kernel.run(cells("04")[0])
            shown = kernel.run('kawi.model.ModelConfig.read(java.nio.file.Path.of("nowhere"));', fails=True)
            self.assertRegex(shown, "KitException: .*nowhere|KitException: .*not there")
            self.assertNotRegex(shown, r"\n\s*at |Caused by")
            self.assertIn("Caused by", kernel.run("kawi.evidence.KitException.last().printStackTrace(System.out);"))


if __name__ == "__main__":
    unittest.main()
