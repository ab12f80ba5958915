"""Brings the files that datasets/catalog.json names into datasets/cache: from a mirror folder where there is one, else by the
registries' own clients. A file counts only with the size and SHA-256 that the catalog gives; one that does not is named and removed.
A source that cannot be had is left out with a word; that never fails.

use: fetch.py [--quick] [--data ID,...|all]
  --quick  does not try again what could not be had the last time
  --data   also fetches, over the network, plain files that name an address
KAWI_DATA_MIRROR names a folder that is asked first, for every file by its name.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import sys

import clients
import disk

HOME = pathlib.Path(os.environ.get("KAWI_HOME") or pathlib.Path(__file__).resolve().parent.parent)


class Wanted:
    """One file of the catalog: where it is to lie, and how to know it."""

    def __init__(self, source, entry, cache):
        self.source, self.entry = source["id"], entry
        self.name, self.sha256, self.bytes = entry["file"], entry["sha256"], entry["bytes"]
        self.place = cache / self.name if "registry" in entry else cache / self.source / self.name
        self.package = "registry" in entry

    def label(self):
        return self.name if self.package else f"{self.source}/{self.name}"


class Fetch:
    """All files of one catalog; `reason` of those that could not be had."""

    def __init__(self, home, mirror, network, several, say=print, quick=False):
        self.home, self.mirror, self.network, self.several, self.say, self.quick = home, mirror, network, several, say, quick
        self.cache = home / "datasets/cache"
        self.memory = home / "environment/.state/fetched.json"
        self.known, self.failed = self.remembered()
        self.reason = {}

    def remembered(self):
        """What earlier calls verified (path, size and time of change), and what they could not have."""
        try:
            memory = json.loads(self.memory.read_text())
            return memory["verified"], memory["failed"]
        except (OSError, ValueError, KeyError):
            return {}, {}

    def remember(self):
        self.memory.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.memory.with_suffix(".new")
        fresh.write_text(json.dumps({"verified": self.known, "failed": self.reason}, indent=1))
        os.replace(fresh, self.memory)

    def run(self, everything):
        """Fetches what is missing of [(wanted, whether the network may be asked)]; sources may share a file."""
        missing = {wanted.place: (wanted, online) for wanted, online in everything if not self.present(wanted)}.values()
        missing = [(wanted, online) for wanted, online in missing if not self.from_mirror(wanted)]
        wished = [wanted for wanted, online in missing if online]
        if self.quick:
            self.reason = {wanted.label(): self.failed[wanted.label()] for wanted in wished if wanted.label() in self.failed}
            wished = [wanted for wanted in wished if wanted.label() not in self.reason]
        lacking = disk.lacks_room("The data to be fetched", sum(each.bytes for each in wished) + max((each.bytes for each in wished), default=0), self.cache)
        if lacking:
            self.say(f"{lacking} None of it is fetched; free some space, then run environment/setup again.")
            self.reason.update({wanted.label(): "the disk has no room for it" for wanted in wished})
            wished = []
        if wished:
            self.say(f"Set-up: fetching {len(wished)} data file{'s' if len(wished) != 1 else ''} into datasets/cache.")
        self.together([wanted for wanted in wished if wanted.entry.get("registry") == "maven"])
        rest = [wanted for wanted in wished if not self.present(wanted)]
        for number, wanted in enumerate(rest, 1):
            self.from_network(wanted, f"{number}/{len(rest)}")
        self.remember()

    def present(self, wanted):
        """Whether the file is there, whole and right; a wrong one is named and removed."""
        path = wanted.place
        try:
            facts = path.stat()
        except OSError:
            return False
        mark = [facts.st_size, facts.st_mtime_ns, wanted.sha256]
        if self.known.get(wanted.label()) == mark:
            return True
        wrong = difference(path, wanted)
        if wrong:
            self.say(f"datasets/cache/{wanted.label()} {wrong}: removed.")
            path.unlink()
            return False
        self.known[wanted.label()] = mark
        return True

    def keep(self, wanted, found):
        """Moves a file that was just fetched to its place, if it is the right one."""
        wrong = difference(found, wanted)
        if wrong:
            return wrong
        wanted.place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(found, wanted.place)
        self.present(wanted)
        return None

    def from_mirror(self, wanted):
        if not self.mirror:
            return False
        near = [self.mirror / wanted.name, self.mirror / wanted.source / wanted.name]
        for path in near + sorted(self.mirror.rglob(wanted.name)):
            if not path.is_file():
                continue
            part = wanted.place.with_name(wanted.name + ".part")
            part.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(path, part)
            except OSError:
                part.unlink(missing_ok=True)
                raise
            wrong = self.keep(wanted, part)
            if not wrong:
                self.say(f"  {wanted.label()} from the mirror")
                return True
            part.unlink()
            self.say(f"The mirror's {path.relative_to(self.mirror)} {wrong}: not taken.")
        return False

    def together(self, wished):
        """Maven's files in one call, where there are several; what it does not bring is asked for by itself afterwards."""
        if len(wished) < 2:
            return
        work = self.part()
        try:
            with clients.Watch(f"  {len(wished)} files from Maven", sum(wanted.bytes for wanted in wished), work, self.say):
                self.several([wanted.entry for wanted in wished], work)
            for wanted in wished:
                if (work / wanted.name).is_file():
                    self.keep(wanted, work / wanted.name)
        finally:
            clients.clear(work)

    def part(self):
        """The folder for what is under way."""
        folder = self.cache / ".part"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def from_network(self, wanted, count):
        work = self.part()
        try:
            with clients.Watch(f"  {count} {wanted.label()}", wanted.bytes, work, self.say):
                found = self.network(wanted.entry, work)
            wrong = self.keep(wanted, found)
            if not wrong:
                return
            found.unlink()
            reason = f"what came {wrong}, and was removed"
        except clients.Unreachable as error:
            reason = str(error)
        finally:
            clients.clear(work)
        self.reason[wanted.label()] = reason


def difference(path, wanted):
    """In what a file is not the wanted one, or None."""
    size = path.stat().st_size
    if size != wanted.bytes:
        return f"has {size} bytes where the catalog says {wanted.bytes}"
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    if digest.hexdigest() != wanted.sha256:
        return f"has the SHA-256 {digest.hexdigest()} where the catalog says {wanted.sha256}"
    return None


def catalog(home):
    path = home / "datasets/catalog.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))["sources"]
    except OSError:
        sys.exit("datasets/catalog.json cannot be read: restore it from the repository.")
    except (ValueError, KeyError) as error:
        sys.exit(f"datasets/catalog.json is not a catalog ({error}): correct it, or restore it from the repository.")


def choose(sources, data, cache):
    """Every file of the catalog with whether it is to be asked for over the network: packages always, addresses when named."""
    names = [] if not data else [source["id"] for source in sources] if data == "all" else data.split(",")
    for name in names:
        if name not in [source["id"] for source in sources]:
            sys.exit(f"datasets/catalog.json has no source '{name}'; it has {', '.join(source['id'] for source in sources)}.")
    for source in sources:
        for entry in source.get("packages", []):
            yield Wanted(source, entry, cache), True
        for entry in source.get("files", []):
            if "sha256" in entry:
                yield Wanted(source, entry, cache), source["id"] in names and "url" in entry


def main(arguments=None, home=HOME, network=clients.fetch, several=clients.maven_together):
    options = argparse.ArgumentParser(description="Fetches the data of datasets/catalog.json.")
    options.add_argument("--quick", action="store_true")
    options.add_argument("--data", default="")
    options = options.parse_args(arguments)
    mirror = os.environ.get("KAWI_DATA_MIRROR")
    if mirror and not pathlib.Path(mirror).is_dir():
        print(f"KAWI_DATA_MIRROR names {mirror}, which is not a folder: going on without a mirror.")
        mirror = None
    fetch = Fetch(home, mirror and pathlib.Path(mirror).resolve(), network, several, quick=options.quick)
    everything = list(choose(catalog(home), options.data, fetch.cache))
    try:
        fetch.run(everything)
    except OSError as error:
        print(f"Data could not be written into datasets/cache ({error.strerror}): make room, then run environment/setup again.{disk.nearly_full(fetch.cache)}")
        try:
            fetch.remember()
        except OSError:
            pass    # then the next call verifies the files anew
    for label, reason in fetch.reason.items():
        print(f"Left out: {label}: {reason}.")
    if fetch.reason:
        print("The kit works without what is left out; environment/setup tries again.")


if __name__ == "__main__":
    main()
