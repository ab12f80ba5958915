"""The registries' own clients, one function each, and a line that shows how far a download is."""
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import disk

MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
NO_NETWORK = ("resolution", "not known", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "Unknown host", "unreachable", "Failed to establish",
              "Connection refused", "timed out", "ETIMEDOUT", "cannot access central in offline mode")
down = set()    # registries that could not be reached: not asked again in this call


class Unreachable(Exception):
    """A file that could not be had; the message ends a sentence."""


def fetch(entry, work):
    """Fetches one file of the catalog into the folder `work` and returns its path; not yet verified."""
    registry = entry.get("registry", "url")
    if registry not in CLIENTS:
        raise Unreachable(f"the catalog names a registry '{registry}', and only {', '.join(CLIENTS)} are known")
    if registry in down:
        raise Unreachable("the registry could not be reached")
    CLIENTS[registry](entry, work)
    found = work / entry["file"]
    if not found.is_file():
        raise Unreachable(f"{entry.get('name', 'its address')} did not bring a file of that name")
    return found


def pypi(entry, work):
    wish = work / "wish.txt"
    wish.write_text(f"{entry['name']}=={entry['version']} --hash=sha256:{entry['sha256']}\n")
    source = ["--no-binary", ":all:", "--no-build-isolation"] if entry["file"].endswith((".tar.gz", ".zip")) else []
    call("pypi", [sys.executable, "-m", "pip", "download", "--quiet", "--progress-bar", "off", "--no-deps", "--require-hashes", "--retries", "2",
                  *source, "--dest", str(work), "--requirement", str(wish)], work)


def npm(entry, work):
    command = shutil.which("npm", path=os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if not command:
        needs = pathlib.Path(__file__).with_name("requirements-node.txt")
        call("npm", [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--requirement", str(needs)], work)
        command = str(pathlib.Path(sys.executable).with_name("npm"))
    call("npm", [command, "pack", "--loglevel=error", "--fetch-retries=1", f"{entry['name']}@{entry['version']}"], work)


def maven(entry, work):
    maven_copy(work, [f"{MAVEN_COPY}:copy", f"-Dartifact={coordinates(entry)}", f"-DoutputDirectory={work}"])


def maven_together(entries, work):
    """Fetches many files of Maven's in one call, which is much faster than one by one; brings none or some where one cannot be had."""
    items = ""
    for entry in entries:
        group, artifact = entry["name"].split(":")
        classifier = f"<classifier>{entry['classifier']}</classifier>" if "classifier" in entry else ""
        items += f"<artifactItem><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{entry['version']}</version>{classifier}</artifactItem>"
    plugin = "".join(f"<{tag}>{value}</{tag}>" for tag, value in zip(("groupId", "artifactId", "version"), MAVEN_COPY.split(":")))
    (work / "pom.xml").write_text(
        "<project><modelVersion>4.0.0</modelVersion><groupId>kawi</groupId><artifactId>data</artifactId><version>1</version><packaging>pom</packaging>"
        f"<build><plugins><plugin>{plugin}<configuration><outputDirectory>${{project.basedir}}</outputDirectory>"
        f"<artifactItems>{items}</artifactItems></configuration></plugin></plugins></build></project>")
    try:
        maven_copy(work, [f"{MAVEN_COPY}:copy"])
    except Unreachable:
        pass    # whoever asks for a file by itself hears the reason


def maven_copy(work, words):
    call("maven", [os.environ.get("KAWI_MAVEN", "mvn"), "-q", "-B", "-ntp", os.environ.get("KAWI_MAVEN_OPTIONS", "-ntp"), *words], work)


def coordinates(entry):
    return f"{entry['name']}:{entry['version']}" + (f":jar:{entry['classifier']}" if "classifier" in entry else "")


def url(entry, work):
    """A plain file by its address; a part of it that an earlier call brought is taken up where it ended."""
    part = work / (entry["file"] + ".resume")
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(entry["url"], headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer, open(part, "ab" if answer.status == 206 else "wb") as file:
            shutil.copyfileobj(answer, file, 1 << 18)
    except urllib.error.HTTPError as error:
        if error.code != 416:    # 416: the part is already the whole
            raise Unreachable(f"its server answered {error.code}") from error
    except (urllib.error.URLError, OSError) as error:
        raise Unreachable(f"its server could not be reached ({getattr(error, 'reason', error)})") from error
    if part.stat().st_size < entry["bytes"]:
        raise Unreachable("the connection was cut; what came is kept and taken up the next time")
    os.replace(part, work / entry["file"])


CLIENTS = {"pypi": pypi, "npm": npm, "maven": maven, "url": url}


def call(registry, command, work):
    """Runs a client in `work`, where it also keeps what is temporary; its last words become the reason when it fails."""
    environment = dict(os.environ, TMPDIR=str(work))
    try:
        done = subprocess.run(command, cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    except OSError as error:
        raise Unreachable(f"{command[0]} could not be started ({error.strerror})") from error
    if done.returncode == 0:
        return
    said = done.stderr + done.stdout
    if "DO NOT MATCH THE HASHES" in said:
        raise Unreachable("what came has another SHA-256 than the catalog says, and was removed")
    if any(word in said for word in NO_NETWORK):
        down.add(registry)
        raise Unreachable("the registry could not be reached")
    if "No space left" in said:
        raise OSError(28, "No space left on device")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "err" in line.lower()] or lines or [f"{pathlib.Path(command[0]).name} ended with {done.returncode} and no word"]
    raise Unreachable((errors[0][:300].rstrip(".") + "." + disk.nearly_full(work)).rstrip("."))


def clear(work):
    """Removes what a client left behind, except parts that can be taken up again."""
    for path in work.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix != ".resume":
            path.unlink()


class Watch:
    """Shows one download: on a terminal a line that moves, elsewhere one line when it has ended."""

    def __init__(self, label, size, work, say):
        self.label, self.size, self.work, self.say = label, size, work, say
        self.start, self.ended = time.monotonic(), threading.Event()

    def __enter__(self):
        if sys.stdout.isatty():
            threading.Thread(target=self.show, daemon=True).start()
        return self

    def show(self):
        while not self.ended.wait(0.5):
            have = 0
            for path in self.work.rglob("*"):
                try:
                    have += path.stat().st_size if path.is_file() else 0
                except OSError:
                    pass    # gone in the meantime
            print(f"\r{self.label}  {min(have / self.size, 0.99):4.0%} of {megabytes(self.size)}", end="", flush=True)

    def __exit__(self, kind, error, trace):
        self.ended.set()
        if sys.stdout.isatty():
            print("\r\033[K", end="")
        if kind is None:
            self.say(f"{self.label}  {megabytes(self.size)}, {time.monotonic() - self.start:.1f} s")


def megabytes(size):
    return f"{size / 1e6:.1f} MB"
