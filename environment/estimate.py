"""How long the notebooks will take: what they took here the last time, cell by cell, or else what they take on a slow two-core machine."""
import json
import os

# Seconds for each notebook's number, where it has never run here.
USUAL = {
    "smoke": {"01": 20, "02": 30, "03": 30, "04": 30, "05": 90, "06": 60, "07": 40},
    "lesson": {"01": 45, "02": 120, "03": 180, "04": 300, "05": 480, "06": 180, "07": 120},
}


class Estimate:
    def __init__(self, path, budget):
        self.path, self.budget = path, budget
        try:
            self.all = json.loads(path.read_text())
        except (OSError, ValueError):
            self.all = {}
        self.cells = self.all.setdefault(budget, {})

    def notebook(self, name):
        """Seconds for one notebook, or None where nothing is known."""
        if name in self.cells:
            return sum(self.cells[name])
        return USUAL.get(self.budget, {}).get(name.split("-")[0])

    def left(self, name, cell, in_notebook, in_cell):
        """Seconds that a notebook still needs in its `cell`th code cell, with the seconds spent in both."""
        known = self.cells.get(name)
        if known and cell <= len(known):
            return sum(known[cell:]) + max(known[cell - 1] - in_cell, 0)
        whole = self.notebook(name)
        return None if whole is None else max(whole - in_notebook, in_notebook / 10)

    def learn(self, name, seconds):
        """Keeps what a notebook took."""
        self.cells[name] = [round(each, 2) for each in seconds]
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self.all))
        os.replace(fresh, self.path)

    def total(self, names):
        seconds = [self.notebook(name) for name in names]
        if not seconds or None in seconds:
            return ""
        return f", about {words(sum(seconds))}" + ("" if all(name in self.cells for name in names) else " on a slow two-core machine")


def words(seconds):
    """A time as a person says it."""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02} min"
