"""A clone to break: the kit's scripts in a folder of their own, whose name has spaces and letters that ASCII lacks, and tools that only pretend."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HOME = pathlib.Path(__file__).resolve().parents[2]
# What the real tools said of this machine, and settings that an outer command exported, are none of the clone's.
OURS = ("KAWI_", "JJAVA_", "JAVA_HOME", "PYTORCH_", "LD_LIBRARY_PATH", "LC_", "LANG", "PYTHONUTF8")
PYTHON = """#!/bin/sh
# A Python whose virtual environments hold this same program, and whose pip does as it is told.
case "$*" in
  *ensurepip*) echo "$0";;
  "-m venv "*) {venv}; mkdir -p "$3/bin" && cp "$0" "$3/bin/python";;
  "-m pip "*) {pip};;
  *) exec "{real}" "$@";;
esac
"""


class Clone:
    def __init__(self, test):
        folder = tempfile.TemporaryDirectory(prefix="kawi clone ")
        test.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name).resolve() / "a clôné"
        self.state, self.tools = self.home / "environment/.state", self.home / "tools"
        self.tools.mkdir(parents=True)
        shutil.copytree(HOME / "environment", self.home / "environment", ignore=lambda place, names: {name for name in names if (pathlib.Path(place) / name).is_dir()})
        for each in ("pom.xml", "lib/pom.xml", "tests/pom.xml"):
            (self.home / each).parent.mkdir(exist_ok=True)
            shutil.copy(HOME / each, self.home / each)
        (self.home / "datasets").mkdir()
        (self.home / "datasets/catalog.json").write_text('{"sources": []}', encoding="utf-8")    # nothing to fetch

    def script(self, name, text):
        """A program of the tools, which come first in PATH, or anywhere by its path."""
        path = self.tools / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        return path

    def free(self, megabytes):
        """A df that says so much is free."""
        self.script("df", f"#!/bin/sh\necho header\necho disk 900000000 1 {megabytes * 1024} 30% /\n")

    def python(self, venv="true", pip="true"):
        return self.script("python", PYTHON.format(venv=venv, pip=pip, real=sys.executable))

    def maven(self, text="true"):
        return self.script("maven", f"#!/bin/sh\n{text}\n")

    def jdk(self, version="17.0.1", name="jdk"):
        """A folder that looks like a JDK."""
        for program in ("java", "javac", "jshell"):
            self.script(f"{name}/bin/{program}", "#!/bin/sh\n")
        (self.tools / name / "release").write_text(f'JAVA_VERSION="{version}"\n', encoding="utf-8")
        return self.tools / name

    def call(self, *command, **variables):
        """The exit status, and both streams together, of a command in the clone."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
        done = subprocess.run([str(each) for each in command], cwd=self.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**clean, "LC_ALL": "C", "PATH": f"{self.tools}:{os.environ['PATH']}", **{key: str(value) for key, value in variables.items()}},
                              encoding="utf-8", errors="replace", timeout=120)
        return done.returncode, done.stdout

    def setup(self, **variables):
        """environment/setup with tools that all pretend, unless they are named."""
        tools = {"JAVA_HOME": self.jdk(), "KAWI_PYTHON": self.tools / "python", "KAWI_MAVEN": self.tools / "maven"}
        for name, make in (("python", self.python), ("maven", self.maven)):
            if not (self.tools / name).exists():
                make()
        return self.call(self.home / "environment/setup", **{**tools, **variables})

    def settings(self, show, **variables):
        return self.call("bash", "-c", f'set -eu; . environment/settings; printf "%s" "{show}"', **variables)
