"""Prints one hash of what the library, or Maven's set of packages, is made from: setup builds again when it has changed."""
import hashlib
import pathlib
import sys

HOME = pathlib.Path(__file__).resolve().parent.parent


def files(what):
    poms = [HOME / "pom.xml", HOME / "lib/pom.xml", HOME / "tests/pom.xml"]
    sources = sorted(path for path in (HOME / "lib/src").rglob("*") if path.is_file())
    return poms if what == "poms" else poms + sources


def stamp(what):
    digest = hashlib.sha256()
    for path in files(what):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(HOME)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


if __name__ == "__main__":
    print(stamp(sys.argv[1]))
