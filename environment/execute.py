"""Executes the notebooks in order, each in a Java kernel of its own, and keeps them with their outputs in runs/<run>/notebooks.

Called by environment/run, which checks its options; KAWI_HOME names the clone. Exit status: 0 when all went well, 1 when a cell failed,
130 when it was stopped.
"""
import argparse
import asyncio
import fcntl
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import time

signal.signal(signal.SIGINT, lambda *_: sys.exit(130))    # before there is anything to keep

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_core.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

import disk
import executed
import failure
import pages
from estimate import Estimate
from screen import Screen

HOME = pathlib.Path(os.environ["KAWI_HOME"])
# Notebooks that need what set-up brings only when asked, and where that lies.
NEEDS = {"08-several-machines": "lib/cluster/target/cluster"}
GRACE = 30    # seconds that an interrupted cell has to end by itself


class Stopped(Exception):
    """The user stopped the run."""


class Failed(Exception):
    """A notebook cannot go on; the message says where and why."""


class Execution:
    """One notebook in one kernel."""

    def __init__(self, source, folder, screen, kernel_log):
        self.name, self.screen, self.kernel_log = source.stem, screen, kernel_log
        self.place = folder / source.name
        self.book = nbformat.read(source, as_version=4)
        for cell in self.book.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
                cell.metadata.pop(executed.KEY, None)
        self.client = NotebookClient(self.book, timeout=None, startup_timeout=120, kernel_name=os.environ.get("KAWI_KERNEL", "java"), record_timing=False,
                                     resources={"metadata": {"path": str(source.parent)}})
        self.stopping, self.seconds, self.at = False, [], 0

    async def run(self):
        self.save()
        with open(self.kernel_log, "wb") as log:
            self.client.km = self.client.create_kernel_manager()
            try:
                await self.client.async_start_new_kernel(stdout=log, stderr=log)
                await self.client.async_start_new_kernel_client()
                await self.cells()
            except NoSuchKernel as error:
                raise Failed(f"The Java kernel '{error.name}' is not installed: run environment/setup.") from error
            except (DeadKernelError, RuntimeError) as error:
                if self.stopping:
                    raise Stopped from error
                raise Failed(failure.dead(self.name, self.at, self.code_cells(), self.kernel_log)) from error
            finally:
                await self.client._async_cleanup_kernel()

    async def stop(self):
        """Interrupts the cell, which keeps what it can; called again, or after a while, ends the kernel."""
        if not self.stopping:
            self.stopping = True
            self.screen.say("Stopping: the cell at work is asked to end (Ctrl-C again ends it at once).")
            if self.client.kc is not None:
                await ensure_async(self.client.km.interrupt_kernel())
            await asyncio.sleep(GRACE)
        if self.client.km is not None and self.client.km.has_kernel:
            await ensure_async(self.client.km.shutdown_kernel(now=True))

    def code_cells(self):
        return sum(1 for _ in executed.code_cells(self.book))

    async def cells(self):
        heading = ""
        if self.stopping:
            raise Stopped
        for index, cell in enumerate(self.book.cells):
            if cell.cell_type == "markdown":
                headings = [line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")]
                heading = headings[-1] if headings else heading
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            self.at += 1
            self.screen.cell(self.at, heading)
            began = time.monotonic()
            try:
                await self.client.async_execute_cell(cell, index, execution_count=self.at)
            except (CellExecutionError, DeadKernelError):
                if self.stopping:
                    raise Stopped from None
                if self.client.km is None or not await ensure_async(self.client.km.is_alive()):
                    raise
                where = await failure.source_line(self.client, cell)
                raise Failed(failure.sentence(self.name, self.at, self.code_cells(), cell, where)) from None
            finally:
                cell.execution_count = self.at
                executed.mark(cell, self.at)
                self.seconds.append(time.monotonic() - began)
                self.save()
            if self.stopping:
                raise Stopped

    def save(self):
        """A reader never sees half a notebook."""
        fresh = self.place.with_suffix(".part")
        nbformat.write(self.book, fresh)
        os.replace(fresh, self.place)


async def execute(names, run, screen, estimate):
    folder = HOME / "runs" / run / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    ticking = asyncio.ensure_future(screen.tick())
    try:
        for name in names:
            one = Execution(HOME / "notebooks" / f"{name}.ipynb", folder, screen, HOME / "environment/.state" / f"kernel-{run}.log")
            for each in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(each, lambda: asyncio.ensure_future(one.stop()))
            screen.notebook(name, one.code_cells())
            try:
                await one.run()
            except (Stopped, Failed) as end:
                end.name, end.cell, end.cells = name, one.at, one.code_cells()
                raise
            finally:
                pages.write(one.place)
            screen.done(sum(one.seconds))
            estimate.learn(name, one.seconds)
    finally:
        ticking.cancel()
        screen.clear()


def choose(only, start):
    """The notebooks' names, in order; `only` and `start` are numbers or names."""
    names = sorted(path.stem for path in (HOME / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    lacking = [name for name in names if name in NEEDS and not list((HOME / NEEDS[name]).glob("*.jar"))]

    def find(wish):
        found = [name for name in names if name == wish or name.split("-")[0] == wish.zfill(2)]
        if not found:
            sys.exit(f"There is no notebook '{wish}': the notebooks are {', '.join(names) or 'not there'}.")
        return found[0]

    if only:
        wished = [find(wish.strip()) for wish in only.split(",")]
        chosen = [name for name in names if name in wished]
    else:
        chosen = names[names.index(find(start)):] if start else names
    for name in lacking:
        if name in chosen:
            print(f"{name} is passed over: it needs Apache Spark, which environment/setup --spark brings (230 MB).", flush=True)
    return [name for name in chosen if name not in lacking]


def report(run, unfinished):
    """The report is drawn by the library, from the manifests alone; an unfinished run may have nothing to report yet."""
    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else "java"
    classes = os.path.join(HOME, "lib/target/kawi", "*")
    done = subprocess.run([java, "-Djava.awt.headless=true", "-cp", classes, "kawi.notebook.Report", str(HOME / "runs" / run)],
                          capture_output=True, text=True, errors="replace")
    page = HOME / "runs" / run / "report/index.html"
    if done.returncode == 0 and page.exists():
        print(f"Report: {page.relative_to(HOME)}")
        return True
    if unfinished:
        return False
    words = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()] or [f"its program ended with {done.returncode} and no word."]
    print(f"The report could not be drawn: {words[0]}{disk.nearly_full(HOME)}")
    return False


def main():
    options = argparse.ArgumentParser()
    for option in ("run", "budget", "seed", "only", "from"):
        options.add_argument(f"--{option}", default="", dest="start" if option == "from" else option)
    options = options.parse_args()
    names = choose(options.only, options.start)
    folder = HOME / "runs" / options.run
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / ".lock", "w")
    except OSError as error:
        sys.exit(f"The folder runs/{options.run} cannot be written ({error.strerror}): make room or rights.{disk.nearly_full(HOME)}")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"Another environment/run is at work on the run '{options.run}': wait for it to end, or name another run with --run.")
    estimate = Estimate(HOME / "environment/.state/durations.json", options.budget)
    screen = Screen(names, estimate)
    again = f"environment/run --budget {shlex.quote(options.budget)} --run {options.run}" + (f" --seed {options.seed}" if options.seed != "1" else "")
    print(f"Run '{options.run}', budget {options.budget}, seed {options.seed}: {len(names)} notebook{'s' if len(names) != 1 else ''}{estimate.total(names)}.", flush=True)
    status, last = 0, []
    try:
        asyncio.run(execute(names, options.run, screen, estimate))
    except Failed as end:
        status, last = 1, [str(end), f"Once that is put right, go on with: {again} --from {end.name.split('-')[0]}"]
    except Stopped as end:
        status, last = 130, [f"Stopped in {end.name}, cell {end.cell} of {end.cells}. Go on with: {again} --from {end.name.split('-')[0]}"]
    except KeyboardInterrupt:
        status, last = 130, [f"Stopped. Go on with: {again}"]
    except OSError as error:    # of the run's folder: a full disk, or no rights
        status, last = 1, [f"The run's files could not be written ({error.strerror}): make room or rights, then go on with: {again}"]
        last[0] += disk.nearly_full(HOME)
    if not report(options.run, status != 0) and status == 0:
        status = 1
    print(f"Notebooks with their outputs: runs/{options.run}/notebooks")
    for line in last:
        print(line, flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
