"""Writes into a folder what a machine with a GPU checks the kit's operators with: `export.py FOLDER`. Called by environment/gpu --export.

Java writes the archives and the fixtures (`Export.java`, `Steps.java`); the programs that read them, and Tiny Shakespeare where it was fetched, are put beside.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HOME = pathlib.Path(__file__).resolve().parents[2]
HERE = HOME / "tests/gpu"
PROGRAMS = [HERE / name for name in ("check.py", "archives.py", "speed.py", "plain.py")] + [HOME / "tests/bench/gpt.py"]
TEXT = HOME / "datasets/cache/tinyshakespeare/input.txt"
MOST = 60_000_000    # bytes


def java(folder, jars):
    """Compiles and runs the Java part."""
    tools = pathlib.Path(os.environ.get("JAVA_HOME", "/usr")) / "bin"
    with tempfile.TemporaryDirectory() as classes:
        for command in ([tools / "javac", "-cp", jars, "-d", classes, *sorted(HERE.glob("*.java"))],
                        [tools / "java", *os.environ.get("JJAVA_JVM_OPTS", "").split(), "-cp", f"{classes}{os.pathsep}{jars}", "Export", folder]):
            done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "KAWI_HOME": str(HOME)})
            if done.returncode:
                raise SystemExit(f"The files for a GPU could not be written: {(done.stderr.strip().splitlines() or ['no word'])[0]}")


def export(folder, jars=str(HOME / "lib/target/kawi/*")):
    folder.mkdir(parents=True, exist_ok=True)
    java(folder, jars)
    for program in PROGRAMS:
        shutil.copy(program, folder)
    if TEXT.exists():
        shutil.copy(TEXT, folder)
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    if size > MOST:
        raise SystemExit(f"The files for a GPU take {size / 1e6:.0f} MB and are to travel in {MOST / 1e6:.0f} MB: make the models in Steps.java smaller.")
    return size


if __name__ == "__main__":
    where = pathlib.Path(sys.argv[1]).resolve()
    taken = export(where)
    print(f"{taken / 1e6:.1f} MB in {where}" + ("" if TEXT.exists() else ", without Tiny Shakespeare (environment/setup --data tinyshakespeare)"))
    print(f"On the machine with the GPU: python3 {where.name}/check.py")
