"""Says in a few lines which cell failed, at which of its lines, and why."""
import ast
import re

FRAME = re.compile(r"\(#(\d+):(\d+)\)")
REJECTED = re.compile(r"\[snippet: \[(.*)\], status: \w+\]\s*$", re.DOTALL)
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
    return (f"{name} ended in cell {at} of {cells}: the Java kernel stopped, as it does when the machine runs out of memory; "
            f"{last_words(log)} Take a smaller --budget, or another KAWI_MEMORY than the default of 3g.")


def last_words(log):
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip() and "Loop" not in line and "KernelLauncher" not in line]
    except OSError:
        lines = []
    words = next((line for line in lines if line.startswith(("#", "Error", "Unrecognized", "Exception"))), lines[-1] if lines else "nothing")
    return f"its last words were: {words[:200]}"


async def source_line(client, cell):
    """The line of the cell where its error arose, counted from 1, or None. JShell numbers its snippets, not the cell's lines,
    so the kernel is asked for the snippet's text, which is then found in the cell."""
    failed = error(cell)
    if failed is None:
        return None
    rejected = REJECTED.search(failed.evalue)
    if rejected:
        return in_cell(cell.source, rejected.group(1), marked(failed))
    frames = FRAME.findall("\n".join(line for line in traceback(failed)))
    for snippet, line in frames:    # the innermost that lies in this cell
        text = await snippet_source(client, snippet)
        found = text and in_cell(cell.source, text, int(line))
        if found:
            return found
    return None


def in_cell(source, snippet, line):
    start = source.find(snippet.strip())
    return None if start < 0 else source[:start].count("\n") + line


def marked(failed):
    """Which line of the rejected snippet the compiler underlined (JJava marks it with a red ground)."""
    for number, line in enumerate("\n".join(failed.traceback).splitlines(), 1):
        if "\x1b[41m" in line:
            return number
    return 1


async def snippet_source(client, snippet):
    kernel = "((org.dflib.jjava.kernel.JavaKernel) org.dflib.jjava.jupyter.kernel.BaseKernel.notebookKernel())"
    code = f'{kernel}.getJShell().snippets().filter(s -> s.id().equals("{snippet}")).map(s -> s.source()).findFirst().orElse("")'
    import nbformat
    probe = nbformat.v4.new_code_cell(code)
    try:
        await client.async_execute_cell(probe, 0, store_history=False)
    except Exception:    # another kernel than JJava: the line stays unknown
        return None
    return next((text(output) for output in probe.outputs if "data" in output), None)


def text(output):
    plain = output.data.get("text/plain", "")
    try:
        return ast.literal_eval(plain) if plain.startswith('"') else plain
    except (ValueError, SyntaxError):
        return plain
