"""Says in a few lines which cell failed, at which of its lines, and why."""
import re

import nbformat
from nbclient.exceptions import CellExecutionError, DeadKernelError

import disk

FRAME = re.compile(r"\(#(\d+):(\d+)\)")
REJECTED = re.compile(r"\[snippet: \[(.*)\], status: \w+\]\s*$", re.DOTALL)
SHELL = "((org.dflib.jjava.kernel.JavaKernel) org.dflib.jjava.jupyter.kernel.BaseKernel.notebookKernel()).getJShell()"
SNIPPET = SHELL + '.snippets().filter(s -> s.id().equals("{}")).map(s -> s.source()).findFirst().orElse("")'
LAST = SHELL + '.snippets().map(s -> s.source()).reduce(new String[2], (last, s) -> new String[] {last[1], s}, (a, b) -> b)[0]'
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def sentence(name, at, cells, cell, line):
    """The failure of a cell, the `at`th code cell of `cells`; `line` is a number from 1 on, or None."""
    place = f"{name} failed in cell {at} of {cells}"
    source = cell.source.splitlines()
    if line and line <= len(source):
        return f"{place}, line {line}:\n    {source[line - 1].strip()}\n{reason(cell)}"
    return f"{place}, which begins with:\n    {source[0].strip()}\n{reason(cell)}"


def error(cell):
    return next((output for output in cell.outputs if output.output_type == "error"), None)


def traceback(failed):
    return [COLOURS.sub("", line) for part in failed.traceback for line in part.splitlines()]


def reason(cell):
    """One sentence: of the kit's own errors the message, of others their type and message."""
    failed = error(cell)
    if failed is None:
        return "The kernel gave no reason."
    lines = traceback(failed)
    if REJECTED.search(failed.evalue):
        said = [line.strip() for line in lines if line.strip() and not line.startswith("|")]
        return "It does not compile: " + "; ".join(said or ["the compiler gave no reason"]) + "."
    for line in lines:    # also what caused the error, where that is the kit's own
        kit = re.match(r"(?:Caused by: )?kawi\.evidence\.KitException: (.*)", line)
        if kit:
            return kit.group(1)
    kind, _, message = failed.evalue.partition(", ")
    if kind.endswith("OutOfMemoryError"):
        return "The kernel ran out of memory: give it more with KAWI_MEMORY=4g, or take a smaller --budget."
    message = message if message and message != "null" else ""
    return kind.rpartition(".")[2] + (f": {message}" if message else "")


def dead(name, at, cells, log):
    """The kernel's process is gone."""
    said = last_words(log)
    last = (f' Its last words: "{said}".' if said else "") + disk.nearly_full(log.parent)
    if at == 0:
        return f"The Java kernel did not start for {name}.{last} Run environment/setup, and see that KAWI_MEMORY, if set, is less than the machine's memory."
    return f"{name} ended in cell {at} of {cells}: the Java kernel is gone, as when the machine runs out of memory.{last} Take a smaller --budget, or close other programs."


def last_words(log):
    """What the kernel's process said that is not its everyday talk: a JVM's own error first."""
    try:
        lines = [line.strip(" #\n") for line in log.read_text(errors="replace").splitlines()]
    except OSError:
        return ""
    lines = [line for line in lines if line and " Loop-" not in line and " KernelLauncher" not in line]
    return next((line for line in lines if re.match("Error|Unrecognized|Invalid|There is insufficient|SIG", line)), lines[-1] if lines else "")[:200]


async def source_line(client, cell):
    """The line of the cell where its error arose, counted from 1, or None. JShell numbers its snippets, not the cell's lines,
    so the kernel is asked for the snippet's text, which is then found in the cell."""
    failed = error(cell)
    if failed is None:
        return None
    rejected = REJECTED.search(failed.evalue)
    if rejected:
        return in_cell(cell.source, rejected.group(1), marked(failed))
    frames = FRAME.findall("\n".join(traceback(failed)))
    for snippet, line in frames:    # the innermost that lies in this cell
        found = in_cell(cell.source, await ask(client, SNIPPET.format(snippet)), int(line))
        if found:
            return found
    # The kit's own errors have no frames: the snippet before the question is the one that failed.
    return None if frames else in_cell(cell.source, await ask(client, LAST), 1)


def in_cell(source, snippet, line):
    start = source.find(snippet.strip()) if snippet and snippet.strip() else -1
    return None if start < 0 else source[:start].count("\n") + line


def marked(failed):
    """Which line of the rejected snippet the compiler underlined (JJava marks it with a red ground)."""
    for number, line in enumerate("\n".join(failed.traceback).splitlines(), 1):
        if "\x1b[41m" in line:
            return number
    return 1


async def ask(client, code):
    """The text that an expression has in the kernel, without a trace in the notebook; None under another kernel than JJava."""
    probe, first = nbformat.v4.new_code_cell(code), client.nb.cells[0]
    try:
        await client.async_execute_cell(probe, 0, store_history=False)
    except (CellExecutionError, DeadKernelError):
        return None
    finally:
        client.nb.cells[0] = first    # nbclient puts what it executes there
    return next((output.data.get("text/plain") for output in probe.outputs if "data" in output), None)
