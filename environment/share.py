"""One archive of a run that others can check: an RO-Crate with the hash of every file. Called by environment/share."""
import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

HOME = pathlib.Path(os.environ.get("KAWI_HOME") or pathlib.Path(__file__).resolve().parent.parent)
LOCKS = ["pom.xml", "lib/pom.xml", "lib/cluster/pom.xml", "tests/pom.xml", "environment/requirements.txt", "environment/requirements-node.txt",
         "environment/requirements-gpu.txt", "datasets/catalog.json"]
SUMS, METADATA, ORIGIN = "SHA256SUMS", "ro-crate-metadata.json", "origin.json"
KINDS = {".html": "text/html", ".json": "application/json", ".ipynb": "application/x-ipynb+json", ".png": "image/png", ".xml": "application/xml", ".txt": "text/plain"}


def git(home, *words):
    if not (home / ".git").exists() or not shutil.which("git"):
        return None
    done = subprocess.run(["git", "-C", str(home), *words], capture_output=True, text=True, errors="replace")
    return done.stdout if done.returncode == 0 else None


def manifests(folder):
    """Every manifest of a run by its path, in the order in which the notebooks make them; a sentence where one cannot be read."""
    found = {}
    for path in sorted(folder.glob("[0-9][0-9]-*/*/manifest.json")):
        name = path.relative_to(folder).as_posix()
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            found[name] = {key: manifest[key] for key in ("name", "stage", "budget", "seed", "inputs", "outputs", "metrics", "code", "environment")}
        except (OSError, ValueError, KeyError, TypeError) as error:
            sys.exit(f"The manifest {name} of the run cannot be read ({type(error).__name__}): run its notebook again.")
    return ordered(found)


def ordered(found):
    """Each artifact after those that it was made from."""
    done, left = {}, dict(found)
    while left:
        names = {manifest["name"] for manifest in left.values()}
        ready = [path for path, manifest in left.items() if not names.intersection(manifest["inputs"])] or list(left)
        done[ready[0]] = left.pop(ready[0])
    return done


def origin(run, made, home):
    """Where, when and by what the run was made; what the manifests say of the machine counts, not the machine that shares."""
    commit, status = git(home, "rev-parse", "HEAD"), git(home, "status", "--porcelain")
    one = lambda key: sorted({str(manifest[key]) for manifest in made.values()})    # noqa: E731
    machines = {json.dumps(manifest["environment"], sort_keys=True) for manifest in made.values()}
    return {"run": run, "budget": one("budget"), "seed": one("seed"), "commit": commit.strip() if commit else "unknown: the clone has no git history",
            "changed since that commit": sorted(line[3:] for line in status.splitlines()) if status is not None else "unknown",
            "library": sorted({manifest["code"].get("library", "unknown") for manifest in made.values()}),
            "machines and arithmetic": [json.loads(each) for each in sorted(machines)]}


def crate(run, about, names, data):
    """The metadata of an RO-Crate 1.1, of JSON-LD."""
    date = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0).isoformat()
    files = [{"@id": name, "@type": "File", "name": pathlib.PurePosixPath(name).name, "contentSize": str(len(data[name])), "sha256": hashlib.sha256(data[name]).hexdigest(),
              "encodingFormat": KINDS.get(pathlib.PurePosixPath(name).suffix, "text/plain")} for name in names]
    return {"@context": ["https://w3id.org/ro/crate/1.1/context", {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}], "@graph": [
        {"@id": METADATA, "@type": "CreativeWork", "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}, "about": {"@id": "./"}},
        {"@id": "./", "@type": "Dataset", "name": f"Kawi, run {run}", "datePublished": date, "license": {"@id": "https://spdx.org/licenses/" + licence()},
         "description": f"Report, executed notebooks and manifests of the run '{run}' (budget {', '.join(about['budget'])}, seed {', '.join(about['seed'])}) of the kit "
                        f"Kawi at commit {about['commit']}. Weights and data are named by their hashes. environment/verify of the kit checks it.",
         "hasPart": [{"@id": name} for name in names]},
        {"@id": "https://spdx.org/licenses/" + licence(), "@type": "CreativeWork", "name": licence(), "description": "The licence of the kit and of what its run wrote"},
        *files]}


def licence(home=HOME):
    try:
        words = (home / "LICENSE").read_text(encoding="utf-8")[:600]
    except OSError:
        return "MIT"
    return "Apache-2.0" if re.search("Apache License", words) else "MIT"


def gather(run, home=HOME):
    folder = home / "runs" / run
    made = manifests(folder) if folder.is_dir() else {}
    if not made:
        sys.exit(f"There is no run '{run}' with an artifact: environment/run --run {run} makes one.")
    if not (folder / "report/index.html").is_file():
        sys.exit(f"The run '{run}' has no report: environment/run --run {run} draws it.")
    data = {name: (folder / name).read_bytes() for name in made}
    for path in sorted([*(folder / "report").rglob("*"), *(folder / "notebooks").glob("*.ipynb"), *(folder / "notebooks").glob("*.html")]):
        if path.is_file() and not path.is_symlink():
            data[path.relative_to(folder).as_posix()] = path.read_bytes()
    for lock in LOCKS:
        if (home / lock).is_file():
            data[f"locks/{lock}"] = (home / lock).read_bytes()
    about = origin(run, made, home)
    data[ORIGIN] = (json.dumps(about, indent=1, ensure_ascii=False) + "\n").encode()
    data[METADATA] = (json.dumps(crate(run, about, sorted(data), data), indent=1, ensure_ascii=False) + "\n").encode()
    data[SUMS] = "".join(f"{hashlib.sha256(data[name]).hexdigest()}  {name}\n" for name in sorted(data)).encode()
    return about, data


def main(run, out):
    about, data = gather(run)
    place = pathlib.Path(out).absolute() if out else HOME / "runs" / f"{run}.zip"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f".{place.name}.part")
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(data):
                archive.writestr(name, data[name])
        part.replace(place)
    except OSError as error:
        sys.exit(f"The archive could not be written ({error.strerror}): make room or rights where {place.name} is to lie.")
    changed = about["changed since that commit"]
    print(f"{place.name}: {len(data)} files, {place.stat().st_size / 1e6:.1f} MB, of commit {about['commit'][:12]}"
          + (f" with {len(changed)} files changed since" if isinstance(changed, list) and changed else "") + ".")
    print(f"Its fingerprint, to be sent another way: {hashlib.sha256(data[SUMS]).hexdigest()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
