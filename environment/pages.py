"""A page beside each executed notebook, for readers without Jupyter. It holds no script, asks no network for anything, and is light or dark as the
reader's system is."""
import json
import os
import pathlib
import re

import executed


def dark(exporter):
    """JupyterLab's dark colours, for whoever's system asks for them; charts keep their white ground. Empty where nbconvert has no such file."""
    for folder in exporter.template_paths:
        colours = pathlib.Path(folder) / "static/theme-dark.css"
        if colours.is_file():
            return f"<style>@media (prefers-color-scheme: dark) {{\n{colours.read_text(encoding='utf-8')}\n}}</style>"
    return ""


def write(notebook):
    """Writes NAME.html beside NAME.ipynb."""
    from nbconvert import HTMLExporter    # slow to load, and needed once per notebook

    exporter = HTMLExporter()
    page, _ = exporter.from_filename(str(notebook))
    doubt = executed.banner(executed.doubts(json.loads(notebook.read_text(encoding="utf-8"))))
    page = re.sub(r"<script\b.*?</script>", "", page, flags=re.DOTALL | re.IGNORECASE)
    page = page.replace("</head>", dark(exporter) + "</head>", 1)
    page = re.sub(r"(<body\b[^>]*>)", lambda body: body[1] + doubt, page, count=1)
    fresh = notebook.with_suffix(".html.part")
    fresh.write_text(page, encoding="utf-8")
    os.replace(fresh, notebook.with_suffix(".html"))
