"""A static site of the notebooks for a course or a browser without Jupyter, made by Sphinx with MyST-NB. Called by environment/book.

The pages are the files of the clone and nothing else: README, notebooks, exercises, the measured tables, and the Javadoc that environment/docs built.
"""
import base64
import contextlib
import html
import io
import json
import os
import pathlib
import re
import shutil
import sys

import executed

HOME = pathlib.Path(os.environ["KAWI_HOME"])
CONFIGURATION = """
project, author, language = "Kawi", "", "en"
extensions = ["myst_nb"]
nb_execution_mode = "off"
myst_heading_anchors = 3
# A table, not its plain text; Sphinx takes the first that it finds.
nb_mime_priority_overrides = [("html", "text/html", 0)]
html_theme, html_title, html_copy_source, html_show_copyright = "sphinx_book_theme", "Kawi", True, False
html_static_path, html_css_files, html_extra_path = ["style"], ["kawi.css"], ["extra"]
html_theme_options = {"use_download_button": True, "use_fullscreen_button": False, "show_toc_level": 2, "navbar_persistent": []}
"""
# The notebooks' lines of code fit; wide tables scroll by themselves; tables take the colours of the page, and a chart keeps its own ground in the dark.
STYLE = """
.bd-main .bd-content .bd-article-container { max-width: 66rem; }
div.cell div.cell_input pre { font-size: .8rem; }
.cell_output { overflow-x: auto; }
.cell_output img { max-width: 100%; height: auto; }
.cell_output table { font-size: .85em; margin: 0 0 .5em; }
.cell_output th, .cell_output td { padding: .1em .6em; }
html[data-theme="dark"] .bd-content div.cell_output .text_html { background: none !important; color: inherit !important; padding: 0; }
html[data-theme="dark"] .bd-content div.cell_output img { filter: none !important; background: white !important; padding: 0; }
"""


def notebook(source, target, pictures):
    """The notebook as a page: what is to be doubted of its outputs stands below its heading; pictures are files in the folder `pictures` of the site and
    keep the text that describes them, which MyST-NB would drop."""
    book = json.loads(source.read_text(encoding="utf-8"))
    said = executed.doubts(book) if "exercises" not in source.parts else []
    if said:
        warning = ":::{warning}\nOutputs in doubt. " + " ".join(said) + "\n:::\n"
        book["cells"].insert(1, {"cell_type": "markdown", "id": "kawi-doubt", "metadata": {}, "source": warning})
    shown = [output for cell in book["cells"] for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]
    for number, output in enumerate(shown, 1):
        picture = pictures / f"{source.stem}-{number}.png"
        picture.parent.mkdir(exist_ok=True)
        picture.write_bytes(base64.b64decode("".join(output["data"]["image/png"])))
        described = output.get("metadata", {}).get("image/png", {}).get("alt", "")
        output["data"] = {"text/html": f'<img src="../pictures/{picture.name}" alt="{html.escape(described, quote=True)}">'}
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")


def rooms(api):
    """A page with the library's packages, each with the first sentence of its Javadoc."""
    lines = ["# The library", "", "Every public class and method, with units, shapes and errors. <a href=\"api/index.html\">All of it, with a search of its own</a>.", "",
             "<table><thead><tr><th>package</th><th>holds</th></tr></thead><tbody>"]
    for package in sorted(api.glob("kawi/**/package-summary.html")):
        name = ".".join(package.parent.relative_to(api).parts)
        described = re.search(r'<div class="block">(.*?)</div>', package.read_text(encoding="utf-8"), re.S)
        words = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", described[1]))).strip() if described else ""
        sentence = re.match(r".*?[.](?=\s|$)", words)
        lines.append(f'<tr><td><a href="{package.relative_to(api.parent).as_posix()}"><code>{name}</code></a></td><td>{html.escape(sentence[0] if sentence else words)}</td></tr>')
    return "\n".join(lines + ["</tbody></table>", ""])


def pages(source, books, run):
    """Writes all that Sphinx reads into the folder `source`."""
    extra = source / "extra"
    shutil.copytree(HOME / "runs/docs/api", extra / "api")
    (source / "library.md").write_text(rooms(HOME / "runs/docs/api"), encoding="utf-8")
    chapters = {"notebooks": books, "notebooks/exercises": sorted((HOME / "notebooks/exercises").glob("*.ipynb"))}
    for folder, each in ((folder, each) for folder, these in chapters.items() for each in these):
        notebook(each, source / folder / each.name, extra / "pictures")
    names, exercises = ([f"{folder}/{each.stem}" for each in these] for folder, these in chapters.items())
    shutil.copytree(HOME / "notebooks/pictures", source / "notebooks/pictures")
    others = {".github/CONTRIBUTING.md": "contributing.md", "tests/bench/RESULTS.md": "results.md"}
    for path, page in others.items():
        (source / page).write_text((HOME / path).read_text(encoding="utf-8"), encoding="utf-8")
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    for path, page in others.items():
        readme = readme.replace(f"]({path})", f"]({page})")
    if run:
        shutil.copytree(HOME / "runs" / run / "report", extra / "report")
        readme += f"\n\nThe notebooks of these pages are those of the run `{run}`; its <a href=\"report/index.html\">report</a> has every score, chart and hash.\n"
    for caption, entries in (("Notebooks", names), ("Exercises", exercises), ("Reference", ["library", "results", "contributing"])):
        readme += "\n".join(["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *entries, "```", ""])
    (source / "index.md").write_text(readme, encoding="utf-8")
    (source / "conf.py").write_text(CONFIGURATION, encoding="utf-8")
    (source / "style").mkdir()
    (source / "style/kawi.css").write_text(STYLE, encoding="utf-8")


def main(run):
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError

    folder = HOME / "runs" / run / "notebooks" if run else HOME / "notebooks"
    books = sorted(folder.glob("[0-9][0-9]-*.ipynb"))
    if not books or run and not (HOME / "runs" / run / "report").is_dir():
        sys.exit(f"There are no executed notebooks with a report in runs/{run}: run environment/run --run {run} first.")
    place = HOME / "runs/book"
    source, fresh, site = place / "source", place / "fresh", place / "site"
    for each in (source, fresh):
        shutil.rmtree(each, ignore_errors=True)
    source.mkdir(parents=True)
    warned = io.StringIO()
    try:
        pages(source, books, run)
        app = Sphinx(str(source), str(source), str(fresh), str(place / "doctrees"), "html", freshenv=True, status=None, warning=warned, verbosity=0)
        app.build(force_all=True)
    except (SphinxError, OSError) as error:
        sys.exit(f"The book could not be built: {error}")
    said = [line for line in re.sub(r"\x1b\[[0-9;]*m", "", warned.getvalue()).splitlines() if line.strip()]
    if said:
        sys.exit(f"The book could not be built: {said[0].replace(str(source) + '/', '')}" + (f" ({len(said) - 1} more lines like it)" if len(said) > 1 else ""))
    shutil.rmtree(site, ignore_errors=True)
    fresh.rename(site)
    shutil.rmtree(source)
    with contextlib.suppress(FileNotFoundError):
        (site / ".buildinfo").unlink()
    shutil.rmtree(place / "doctrees", ignore_errors=True)
    megabytes = sum(each.stat().st_size for each in site.rglob("*") if each.is_file()) / 1e6
    print(f"The book is runs/book/site/index.html: {len(books)} notebooks, {megabytes:.0f} MB, and no address of another machine is needed to read it.")


if __name__ == "__main__":
    main(sys.argv[1])
