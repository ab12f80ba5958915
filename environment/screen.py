"""What environment/run shows while it works: on a terminal one line that moves, in a log a line now and then."""
import asyncio
import shutil
import sys
import time

from estimate import words


class Screen:
    def __init__(self, names, estimate, stream=sys.stdout, log_every=30):
        self.names, self.estimate, self.stream, self.log_every = names, estimate, stream, log_every
        self.terminal = stream.isatty()
        self.began = self.notebook_began = self.cell_began = self.logged = time.monotonic()
        self.number, self.name, self.cells, self.at, self.heading = 0, "", 0, 0, ""

    def notebook(self, name, cells):
        self.number, self.name, self.cells, self.at, self.heading = self.number + 1, name, cells, 0, ""
        self.notebook_began = self.cell_began = time.monotonic()
        if not self.terminal:
            self.say(self.status())

    def cell(self, at, heading):
        self.at, self.heading, self.cell_began = at, heading, time.monotonic()
        self.show()

    def done(self, seconds):
        self.say(f"[{self.number}/{len(self.names)}] {self.name}: {self.cells} cells in {words(seconds)}")

    async def tick(self):
        while True:
            await asyncio.sleep(1)
            self.show()

    def show(self):
        if self.terminal:
            width = shutil.get_terminal_size().columns - 1
            self.write(f"\r\033[K{self.status()[:width]}")
        elif time.monotonic() - self.logged >= self.log_every:
            self.say(self.status())

    def status(self):
        now = time.monotonic()
        left = [self.estimate.left(self.name, max(self.at, 1), now - self.notebook_began, now - self.cell_began)]
        left += [self.estimate.notebook(name) for name in self.names[self.number:]]
        line = f"[{self.number}/{len(self.names)}] {self.name}, "
        line += f"cell {self.at} of {self.cells}" if self.at else f"{self.cells} cells, kernel starting"
        line += f"; {words(now - self.began)} spent"
        if None not in left:
            line += f", about {words(sum(left))} left"
        return line + (f" | {self.heading}" if self.heading else "")

    def say(self, text):
        """A line that stays."""
        self.logged = time.monotonic()
        self.write(f"\r\033[K{text}\n" if self.terminal else f"{text}\n")

    def clear(self):
        if self.terminal:
            self.write("\r\033[K")

    def write(self, text):
        self.stream.write(text)
        self.stream.flush()
