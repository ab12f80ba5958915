"""A page beside each executed notebook, for readers without Jupyter. It holds no script and asks no network for anything."""
import json
import os
import re

import executed


def write(notebook):
    """Writes NAME.html beside NAME.ipynb."""
    from nbconvert import HTMLExporter    # slow to load, and needed once per notebook

    page, _ = HTMLExporter().from_filename(str(notebook))
    doubt = executed.banner(executed.doubts(json.loads(notebook.read_text(encoding="utf-8"))))
    page = re.sub(r"(<body\b[^>]*>)", lambda body: body[1] + doubt, page, count=1)
    page = re.sub(r"<script\b.*?</script>", "", page, flags=re.DOTALL | re.IGNORECASE)
    fresh = notebook.with_suffix(".html.part")
    fresh.write_text(page, encoding="utf-8")
    os.replace(fresh, notebook.with_suffix(".html"))
