"""All tests of the kit, called by environment/test: prints what failed and why, and as its last line how many passed and failed.

use: all.py [environment] [library] [notebooks]   (all three where none is named)
"""
import os
import pathlib
import subprocess
import sys
import time
import unittest
import xml.etree.ElementTree as xml

HOME = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME / "environment"))

import disk  # noqa: E402


class Tally:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, 0, 0

    def passes(self, count=1):
        self.passed += count

    def skips(self, name, why):
        """A test that this machine cannot run is no test that passed: it is named with its reason."""
        self.skipped += 1
        print(f"skipped {name}: {why}", flush=True)

    def fails(self, name, why):
        self.failed += 1
        print(f"FAILED {name}\n    " + "\n    ".join(why.strip().splitlines()[-25:]), flush=True)


class Verdicts(unittest.TestResult):
    """Hands each Python test's outcome to the tally."""

    def __init__(self, tally):
        super().__init__()
        self.tally = tally

    def addSuccess(self, test):
        self.tally.passes()

    def addFailure(self, test, error):
        self.tally.fails(test.id(), self._exc_info_to_string(error, test))

    addError = addFailure

    def addSkip(self, test, reason):
        self.tally.skips(test.id(), reason)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.addFailure(subtest, error)


def python(folder, tally):
    suite = unittest.TestLoader().discover(str(HOME / "tests" / folder), top_level_dir=str(HOME / "tests" / folder))
    suite.run(Verdicts(tally))


def environment(tally):
    """The scripts: bad options, bad downloads, interruptions."""
    python("environment", tally)


def library(tally):
    """The JUnit tests, by Maven with the network off."""
    maven = [os.environ["KAWI_MAVEN"], "-q", "-B", "-ntp", "-o", "-fae", os.environ.get("KAWI_MAVEN_OPTIONS", "-ntp"), "verify"]
    reports = HOME / "tests/target/surefire-reports"
    found = [reports]
    if (HOME / "environment/.state/spark").exists():
        maven.append("-Pspark")
        found.append(HOME / "tests/cluster/target/surefire-reports")
    else:
        tally.skips("tests/cluster", "Spark is not here; environment/setup --spark brings it (230 MB)")
    for old in [each for folder in found for each in folder.glob("TEST-*.xml")]:
        old.unlink()
    done = subprocess.run(maven, cwd=HOME, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    (HOME / "environment/.state/maven-test.log").write_text(done.stdout + done.stderr)
    seen = tally.failed
    for folder in found:
        if not any(folder.glob("TEST-*.xml")):    # one that came first and failed must not hide it
            tally.fails(str(folder.parents[1].relative_to(HOME)), f"None of its tests ran: Maven ended with status {done.returncode}.")
    for report in [each for folder in found for each in sorted(folder.glob("TEST-*.xml"))]:
        try:
            cases = list(xml.parse(report).getroot().iter("testcase"))
        except xml.ParseError as error:
            tally.fails(report.name, f"Maven's report cannot be read ({error}).{disk.nearly_full(reports)}")
            continue
        for case in cases:
            bad = [child for child in case if child.tag in ("failure", "error")]
            skipped = [child for child in case if child.tag == "skipped"]
            if bad:
                tally.fails(f"{case.get('classname')}.{case.get('name')}", "\n".join((bad[0].text or bad[0].get("message") or "").splitlines()[:12]))
            elif skipped:
                tally.skips(f"{case.get('classname')}.{case.get('name')}", (skipped[0].get("message") or skipped[0].text or "no reason given").strip().splitlines()[0])
            else:
                tally.passes()
    if done.returncode and tally.failed == seen:
        tally.fails("library", f"Maven ended with status {done.returncode} and no failed test.{disk.nearly_full(HOME)}\n{done.stdout}{done.stderr}")


def notebooks(tally):
    """All notebooks in the smoke budget, from nothing; then what came out is looked at."""
    subprocess.run(["rm", "-rf", str(HOME / "runs/test")], check=True)
    names = sorted((HOME / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    done = subprocess.Popen([str(HOME / "environment/run"), "--budget", "smoke", "--run", "test"], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    lines = []
    for line in done.stdout:
        lines.append(line)
        print(f"  {line}", end="", flush=True)
    for name in [name for name in names if any(line.startswith(f"{name.stem} is passed over") for line in lines)]:
        names.remove(name)
        tally.skips(f"notebooks/{name.name}", "Spark is not here; environment/setup --spark brings it (230 MB)")
    executed = sum(f"] {name.stem}: " in line for name in names for line in lines)
    if done.wait() == 0 and executed == len(names):
        tally.passes(executed)
    else:
        tally.passes(executed)
        tally.fails("notebooks", "".join(lines[-8:]) + f"{executed} of {len(names)} notebooks ran to their end.")
    python("notebooks", tally)


PARTS = {"environment": environment, "library": library, "notebooks": notebooks}


def main():
    tally = Tally()
    for name in sys.argv[1:] or PARTS:
        print(f"{name}: {PARTS[name].__doc__}", flush=True)
        began, before = time.monotonic(), (tally.passed, tally.failed)
        PARTS[name](tally)
        print(f"{name}: {tally.passed - before[0]} tests passed, {tally.failed - before[1]} failed, in {time.monotonic() - began:.0f} s", flush=True)
    if tally.skipped:
        print(f"{tally.skipped} skipped, named above", flush=True)
    print(f"{tally.passed} passed, {tally.failed} failed", flush=True)
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
