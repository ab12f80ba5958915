"""How long the notebooks will take: what they took here the last time, cell by cell, or else what they take on a slow two-core machine."""
import json
import os

# Seconds for each notebook's number, where it has never run here.
USUAL = {
    "smoke": {"01": 20, "02": 15, "03": 55, "04": 100, "05": 100, "06": 15, "07": 20, "08": 60, "09": 20},
    "lesson": {"01": 35, "02": 60, "03": 200, "04": 460, "05": 900, "06": 90, "07": 160, "08": 220, "09": 60},
}


# Seconds for which the estimate is trusted besides what was seen: one short first notebook alone does not turn the whole around.
TRUST = 30


class Estimate:
    """What is known of a budget's notebooks on this machine, and what this run has shown of how far that is off."""

    def __init__(self, path, budget):
        self.path, self.budget = path, budget
        try:
            self.all = dict(json.loads(path.read_text()))
            self.cells = {name: [float(each) for each in seconds] for name, seconds in self.all.get(budget, {}).items()}
        except (OSError, ValueError, TypeError, AttributeError):    # not there yet, or broken
            self.all, self.cells = {}, {}
        self.all[budget] = self.cells
        self.seen = {}    # by where the estimate came from: seconds that this run's notebooks took, and seconds that were estimated for them

    def usual(self, name):
        """Seconds for one notebook as they were known before this run, or None, and where they are from."""
        if name in self.cells:
            return sum(self.cells[name]), "here"
        return USUAL.get(self.budget, {}).get(name.split("-")[0]), "elsewhere"

    def pace(self, source):
        """How many seconds this run takes for an estimated one; a machine that is busy, or faster than the slow one, is seen by it."""
        took, estimated = self.seen.get(source, (0, 0))
        return (took + TRUST) / (estimated + TRUST)

    def notebook(self, name):
        """Seconds for one notebook that this run has yet to begin, or None where nothing is known."""
        usual, source = self.usual(name)
        return None if usual is None else usual * self.pace(source)

    def left(self, name, cell, in_notebook, in_cell):
        """Seconds that a notebook still needs in its `cell`th code cell, with the seconds spent in both."""
        known, pace = self.cells.get(name), self.pace("here")
        if known and cell <= len(known):
            return sum(known[cell:]) * pace + max(known[cell - 1] * pace - in_cell, 0)
        whole = self.notebook(name)
        return None if whole is None else max(whole - in_notebook, in_notebook / 10)

    def learn(self, name, seconds):
        """Keeps what a notebook took, for the rest of this run and for later ones."""
        usual, source = self.usual(name)
        if usual is not None:
            took, estimated = self.seen.get(source, (0, 0))
            self.seen[source] = took + sum(seconds), estimated + usual
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
