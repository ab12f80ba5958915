"""What an executed notebook's outputs can be held against: the code that ran. Each executed cell keeps a hash of its code and its place in the order of
execution; a notebook whose cells ran in another order than they stand in, or whose code was changed afterwards, says so where it is shown or published."""
import hashlib
import re

KEY = "kawi"


def code(cell):
    """A hash of a cell's code, which does not change with white space at the ends of lines."""
    source = "".join(cell["source"])
    return hashlib.sha256("\n".join(line.rstrip() for line in source.splitlines()).strip().encode()).hexdigest()[:16]


def mark(cell, count):
    """Says in a cell that its code, as it stands, ran as number `count` of its kernel."""
    cell["metadata"][KEY] = {"executed": code(cell), "count": count}


def code_cells(book):
    """The cells with code, each with its number, from 1."""
    return enumerate((cell for cell in book["cells"] if cell["cell_type"] == "code" and "".join(cell["source"]).strip()), 1)


def doubts(book):
    """One sentence for each reason not to take the outputs for those of the code beside them; none where a kernel ran all cells in order."""
    said, last = [], 0
    unrun, changed, disordered, failed = [], [], [], []
    for number, cell in code_cells(book):
        count, ran = cell.get("execution_count"), cell.get("metadata", {}).get(KEY) or {}
        if count is None:
            unrun.append(number)
            continue
        if count != last + 1 and not (unrun and count > last):
            disordered.append(number)
        last = count
        # Where a cell was run again by hand, the mark is of an earlier execution and says nothing of this one.
        if ran.get("count") == count and ran.get("executed") != code(cell):
            changed.append(number)
        if any(output["output_type"] == "error" for output in cell.get("outputs", [])):
            failed.append(number)
    if unrun:
        said.append(f"{cells(unrun)} did not run.")
    if failed:
        said.append(f"{cells(failed)} failed.")
    if disordered:
        said.append(f"{cells(disordered)} did not run right after the one above: cells ran in another order than they stand in, or more than once.")
    if changed:
        said.append(f"{cells(changed)} changed after the outputs were made: they are of other code.")
    return said


def cells(numbers):
    """Code cells in words, as in `Code cells 3 to 5 and 9`."""
    runs = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    words = [str(first) if first == last else f"{first} and {last}" if last == first + 1 else f"{first} to {last}" for first, last in runs]
    listed = words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
    return f"Code cell{'s' if len(numbers) > 1 else ''} {listed}"


def banner(said):
    """The sentences as a paragraph of HTML for the head of a page; empty where there are none."""
    if not said:
        return ""
    text = " ".join(re.sub(r"[<>&]", lambda sign: f"&#{ord(sign[0])};", each) for each in said)
    return f'<p class="kawi-doubt" role="note" style="border-left:4px solid #c33;padding:.5em 1em;margin:1em"><strong>Outputs in doubt.</strong> {text}</p>'
