"""Prints one hash of what the library, the one for clusters, or Maven's set of packages, is made from: setup builds again when it has changed."""
import hashlib
import pathlib
import sys

HOME = pathlib.Path(__file__).resolve().parent.parent


def files(what):
    poms = [HOME / "pom.xml", HOME / "lib/pom.xml", HOME / "tests/pom.xml"]
    if what == "cluster":
        poms += [HOME / "lib/cluster/pom.xml", HOME / "tests/cluster/pom.xml"]
    folders = {"poms": [], "library": ["lib/src"], "cluster": ["lib/src", "lib/cluster/src"]}[what]
    return poms + sorted(path for folder in folders for path in (HOME / folder).rglob("*") if path.is_file())


def stamp(what):
    digest = hashlib.sha256()
    for path in files(what):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(HOME)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


if __name__ == "__main__":
    print(stamp(sys.argv[1]))
