"""Runs the benchmark's rows, ours and the peer's by turns, and writes runs/bench/results.json and table.md after each row. Called by environment/bench.

Fairness: every measurement is a process of its own, ours and the peer's by turns, and the side that begins changes with each round. A process warms up
before it times; engines, data and threads are the same on both sides, and loading is timed where loading is the row. Peak memory is the process's
largest resident set as the system counted it, the Java machine and the Python interpreter included; Java programs are compiled beforehand, so that no
compiler is counted. What others took of the processors meanwhile is noted as cores (`busy`).
"""
import argparse
import datetime
import json
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "environment"))
import disk  # noqa: E402
import table  # noqa: E402
from rows import rows  # noqa: E402

HOME = pathlib.Path(__file__).resolve().parents[2]
HERE = HOME / "tests/bench"
RUNS = HOME / "runs/bench"
DATA, CLASSES, LOG, PEERS = RUNS / "data", RUNS / "classes", RUNS / "log.txt", RUNS / "venv/bin/python"
HOUR = 3600
INTEL_PATH = ", MKL on its path for Intel"
CPU_INFO = pathlib.Path("/proc/cpuinfo")
INSTRUCTIONS = {"avx2": "AVX2", "avx512f": "AVX-512", "avx512_vnni": "VNNI", "avx512_bf16": "bfloat16", "amx_bf16": "AMX"}


preloaded = {}      # further variables of both sides' programs


class Failed(Exception):
    """A row cannot be measured; the sentence says why."""


def environment(threads):
    return {**os.environ, **preloaded, "OMP_NUM_THREADS": str(threads), "KAWI_HOME": str(HOME), "KAWI_PYTHON": str(PEERS if PEERS.exists() else sys.executable), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


def busy_seconds():
    """Processor seconds that the whole machine has spent on work, or None where the system does not say."""
    try:
        fields = [int(each) for each in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    except OSError:
        return None
    return (sum(fields[:8]) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def run(command, threads):
    """Runs a program to its end: its results by name, its notes, its peak memory in megabytes, and how many cores others took."""
    began, busy = time.monotonic(), busy_seconds()
    with open(RUNS / "out.txt", "w+", encoding="utf-8") as out, open(RUNS / "err.txt", "w+", encoding="utf-8") as err:
        child = subprocess.Popen(command, cwd=HOME, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment(threads))
        try:
            ended = 0
            while not ended:
                time.sleep(0.05)
                ended, status, used = os.wait4(child.pid, os.WNOHANG)
                if not ended and time.monotonic() - began > HOUR:
                    child.kill()
        except BaseException:
            child.kill()
            raise
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - began
        out.seek(0), err.seek(0)
        said, complained = out.read(), err.read()
    with open(LOG, "a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(map(str, command))}\n{said}{complained}exit {child.returncode} after {seconds:.1f} s\n")
    if child.returncode:
        raise Failed(reason(complained, child.returncode))
    lines = [line.split(" ", 2) for line in said.splitlines()]
    for line in lines:
        if line[0] == "skipped":
            raise Failed(" ".join(line[1:]))
    results = {line[1]: value(line[2]) for line in lines if line[0] == "result"}
    notes = [" ".join(line[1:]) for line in lines if line[0] == "note"]
    others = None if busy is None else max(0.0, (busy_seconds() - busy - used.ru_utime - used.ru_stime) / seconds)
    unit = 1048576 if sys.platform == "darwin" else 1024
    return {"results": results, "notes": notes, "megabytes": used.ru_maxrss / unit, "busy": others}


def value(text):
    try:
        return float(text)
    except ValueError:
        return text


def reason(complained, status):
    """The sentence of an error in what a Java or Python program complained."""
    lines = [line for line in complained.splitlines() if line.strip()]
    java = [line for line in lines if line.startswith(("Exception in thread", "Caused by:"))]
    if java:
        return java[0].split(": ", 1)[-1]
    return lines[-1] if lines else f"the program ended with status {status} and no word" + (disk.nearly_full(RUNS) and f".{disk.nearly_full(RUNS)}")


def java(program, *words, cores=None):
    """The command of a Java program, which is compiled when it is first asked for; `cores` are those that it may see, where not all."""
    jars, cluster = str(HOME / "lib/target/kawi/*"), HOME / "lib/cluster/target"
    if "/" in program:
        if not list(cluster.glob("cluster/kawi-cluster-*.jar")):
            raise Failed("Spark is not here; environment/setup --spark brings it (230 MB)")
        jars += "".join(f"{os.pathsep}{cluster}/{each}/*" for each in ("cluster", "logging"))
    tools = pathlib.Path(os.environ.get("JAVA_HOME", "/usr")) / "bin"
    source = (HERE / f"{program}.java").resolve()
    program, made = source.stem, CLASSES / f"{source.stem}.class"
    library = [jar.stat().st_mtime for jar in (HOME / "lib/target/kawi").glob("kawi-*.jar")]
    if not made.exists() or made.stat().st_mtime < max([source.stat().st_mtime, *library]):
        done = subprocess.run([tools / "javac", "-cp", jars, "-d", CLASSES, source], capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"{program}.java does not compile: {next(iter(done.stderr.splitlines()), f'javac ended with {done.returncode} and no word')}")
    return [str(tools / "java"), *os.environ.get("JJAVA_JVM_OPTS", "").split(), *([f"-XX:ActiveProcessorCount={cores}"] if cores else []), "-cp", f"{CLASSES}{os.pathsep}{jars}", program, *words]


def prepare(threads):
    """Writes the data of both sides; what cannot be had is missed by its rows alone."""
    drawn = [str(PEERS), str(HERE / "personal_set.py"), str(DATA), str(HOME / "datasets/cache/xquad")]
    for what, command in (("data", lambda: java("Prepare", str(DATA), str(threads))), ("SmolLM2 for transformers", lambda: [str(PEERS), str(HERE / "smollm2.py"), str(DATA)]),
                          ("texts with personal data", lambda: drawn)):
        print(f"preparing {what}", flush=True)
        try:
            said = run(command(), threads)["notes"]
        except (Failed, OSError) as e:
            said = [e]
        for line in said:
            print(f"  {line}", flush=True)


def measure(row, threads, repeats, quick):
    """One row: rounds of both sides, then what came of them."""
    entry = {"name": row.name, "work": row.work, "measure": row.measure, "show": list(row.show), "targets": [vars(target).copy() for target in row.targets]}
    words = [str(DATA), str(threads), "quick" if quick else "full"]
    rounds = {"ours": [], "peer": []}
    try:
        if row.needs and not (DATA / row.needs).exists():
            raise Failed(f"its data ({row.needs}) could not be had; see runs/bench/log.txt")
        commands = {"ours": java(row.ours[0], *words, *row.ours[1:], cores=threads if row.cores else None)}
        if row.peer and PEERS.exists():
            commands["peer"] = [str(PEERS), str(HERE / row.peer[0]), *words, *row.peer[1:]]
        elif row.peer:
            entry["notes"] = ["the peer is missing: its packages could not be installed, see runs/bench/pip.log"]
        for round_number in range(repeats):
            # The exchange check needs ours first; where time is compared, the sides take turns at beginning.
            for side in sorted(commands, reverse=bool(round_number % 2 and row.measure)):
                print(f"  round {round_number + 1} of {repeats}, {side}", flush=True)
                rounds[side].append(run(commands[side], threads))
    except (Failed, OSError) as e:
        entry["failed"] = str(e)
        return entry
    return {**entry, **compared(row, rounds, entry.get("notes", []))}


def compared(row, rounds, notes):
    """Medians and spreads of both sides, their ratio, and a failure where they disagree on what must be the same."""
    entry = {"notes": notes + [note for side in rounds.values() if side for note in side[0]["notes"]]}
    for side, done in rounds.items():
        if done:
            names = done[0]["results"]
            results = {name: table.summary([each["results"][name] for each in done]) if isinstance(names[name], float) else names[name] for name in names}
            entry[side] = {"results": results, "megabytes": table.summary([each["megabytes"] for each in done])["median"]}
    others = [each["busy"] for side in rounds.values() for each in side if each["busy"] is not None]
    entry["busy"] = sum(others) / len(others) if others else 0.0
    if rounds["ours"] and rounds["peer"]:
        if row.measure:
            entry["ratio"] = table.ratio(*([each["results"][row.measure] for each in rounds[side]] for side in ("ours", "peer")))
        for name, slack in row.same:
            ours, peer = (rounds[side][0]["results"][name] for side in ("ours", "peer"))
            apart = differing(ours, peer, slack)
            if apart:
                entry["failed"] = f"the two sides do not agree on {name}: {apart}"
    return entry


def differing(ours, peer, slack):
    """Where two results that must be the same are not, in words; nothing where they are."""
    if "," in f"{ours}{peer}":
        both = [str(each).split(",") for each in (ours, peer)]
        if len(both[0]) != len(both[1]):
            return f"ours has {len(both[0])} of them, the peer {len(both[1])}"
        wrong = [i for i, (mine, theirs) in enumerate(zip(*both)) if (mine != theirs if slack is None else not abs(float(mine) - float(theirs)) <= slack)]
        return wrong and f"{len(wrong)} of {len(both[0])} differ, the first of them number {wrong[0] + 1}: ours {both[0][wrong[0]]}, the peer's {both[1][wrong[0]]}"
    return (ours != peer if slack is None else not abs(ours - peer) <= slack) and f"ours {ours}, the peer's {peer}"


def processor(info):
    """The processor's name and the widest instructions it has for products: clouds give one name to generations that multiply at very different speeds."""
    lines = [line.split(":", 1) for line in info.splitlines() if ":" in line]
    said = {name.strip(): value.strip() for name, value in reversed(lines)}
    flags = said.get("flags", "").split()
    known = [word for flag, word in INSTRUCTIONS.items() if flag in flags]
    return said.get("model name", sys.platform) + (f" with {', '.join(known)}" if known else "")


def conditions(threads, quick):
    """The machine and the versions: rows measured under other ones are not kept beside these."""
    memory = f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2 ** 30:.0f} GB"
    asked = "import importlib.metadata as m, platform; print('Python', platform.python_version()); [print(n, m.version(n)) for n in ('torch', 'transformers', 'tokenizers', 'tiktoken', 'peft')]"
    said = subprocess.run([PEERS, "-c", asked], capture_output=True, text=True).stdout if PEERS.exists() else ""
    versions = dict(line.split() for line in said.splitlines())
    release = pathlib.Path(os.environ.get("JAVA_HOME", "")) / "release"
    if release.is_file():
        versions["Java"] = next((line.split('"')[1] for line in release.read_text().splitlines() if line.startswith("JAVA_VERSION=")), "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"machine": {"cores": cores, "processor": processor(CPU_INFO.read_text() if CPU_INFO.exists() else ""), "memory": memory}, "versions": versions, "threads": threads, "quick": quick}


def tell_mkl_intel():
    """Has MKL take its path for Intel's CPUs on both sides, by a library of one function that is loaded before it; and has the kit multiply by MKL too."""
    source, library = RUNS / "intel.c", RUNS / "intel.so"
    source.write_text("int mkl_serv_intel_cpu_true(void) { return 1; }\n", encoding="utf-8")
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        sys.exit("--intel-path needs a C compiler named cc and Linux: install one, such as Debian's gcc.")
    preloaded.update({"LD_PRELOAD": str(library), "KAWI_PRODUCTS": "mkl"})


def commit():
    """The kit's commit, with a plus where files differ from it, or None outside a git clone."""
    done = subprocess.run(["git", "describe", "--always", "--abbrev=7", "--dirty=+"], cwd=HOME, capture_output=True, text=True)
    return done.stdout.strip() or None


def publish():
    """Puts what was measured into RESULTS.md and draws the README's lines from that page, so that the two cannot differ."""
    page, readme = HERE / "RESULTS.md", HOME / "README.md"
    measured = [each for each in (RUNS / "results-intel-path.json", RUNS / "results.json") if each.exists()]      # what is published last stands first
    if not measured:
        sys.exit("There is no runs/bench/results.json to publish: run environment/bench first.")
    text = page.read_text(encoding="utf-8")
    for results in measured:
        try:
            text = table.published(text, json.loads(results.read_text(encoding="utf-8")), list(titles()))
        except ValueError as e:
            sys.exit(str(e))
    page.write_text(text, encoding="utf-8")
    readme.write_text(table.readme(readme.read_text(encoding="utf-8"), text, titles()), encoding="utf-8")
    print(f"tests/bench/RESULTS.md, and the README's lines about it, now come from {' and '.join(f'runs/bench/{each.name}' for each in measured)}.")


def titles():
    return {row.name: row.title for row in rows()}


def write(results, suffix):
    for name, text in ((f"results{suffix}.json", json.dumps(results, indent=1, ensure_ascii=False)), (f"table{suffix}.md", table.markdown(results))):
        part = RUNS / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.replace(RUNS / name)


def main(words):
    options = argparse.ArgumentParser(prog="environment/bench", description="Runs the kit beside its peers; writes runs/bench/table.md and results.json.")
    options.add_argument("--rows", help="these rows, by name and separated by commas; others keep their earlier figures where machine and versions are the same")
    options.add_argument("--repeats", type=int, help="rounds of each row, instead of its own number of 1 to 3")
    options.add_argument("--threads", type=int, default=2, help="threads of both sides (default 2)")
    options.add_argument("--quick", action="store_true", help="one short round of each row: shows that everything works, measures nothing")
    options.add_argument("--whole", action="store_true", help="runs the whole of what is extrapolated otherwise: the peer's LoRA epoch and its accuracy")
    options.add_argument("--intel-path", action="store_true", help="has MKL take its path for Intel's CPUs on both sides, whoever made this one; results-intel-path.json")
    options.add_argument("--llama-cpp", action="store_true", help="first builds llama.cpp for the row export-llama-cpp, which needs a C++ compiler and takes minutes")
    options.add_argument("--list", action="store_true", help="names the rows")
    options.add_argument("--publish", action="store_true", help="puts the rows that were measured into this machine's table in tests/bench/RESULTS.md, draws the lines about it in the README, and measures nothing")
    chosen = options.parse_args(words)
    if chosen.publish:
        return publish()
    known = {row.name: row for row in rows(chosen.whole)}
    if chosen.list:
        return print("\n".join(f"{row.name:18} {row.work}" for row in known.values()))
    names = chosen.rows.split(",") if chosen.rows else list(known)
    for name in names:
        if name not in known:
            options.error(f"there is no row '{name}': the rows are {', '.join(known)}")
    if min(chosen.threads, 1 if chosen.repeats is None else chosen.repeats) < 1:
        options.error("--repeats and --threads take numbers from 1 on")
    CLASSES.mkdir(parents=True, exist_ok=True)
    LOG.write_text("", encoding="utf-8")
    prepare(chosen.threads)
    under = conditions(chosen.threads, chosen.quick)
    suffix = "-intel-path" if chosen.intel_path else ""
    if chosen.intel_path:
        tell_mkl_intel()
        under["machine"]["processor"] += INTEL_PATH
    measured = commit()
    last = RUNS / f"results{suffix}.json"
    earlier = json.loads(last.read_text(encoding="utf-8")) if last.exists() else {}
    kept = {row["name"]: row for row in earlier.get("rows", [])} if all(earlier.get(name) == each for name, each in under.items()) else {}
    for name in names:
        print(f"{name}: {known[name].work}", flush=True)
        today = datetime.date.today().isoformat()
        kept[name] = {**measure(known[name], chosen.threads, 1 if chosen.quick else chosen.repeats or known[name].repeats, chosen.quick),
                      "date": today, "commit": measured}
        write({"date": today, **under, "rows": [kept[each] for each in known if each in kept]}, suffix)
        print(f"  {kept[name].get('failed') or 'ratio ' + str(round(kept[name].get('ratio', 0), 3))}", flush=True)
    print((RUNS / f"table{suffix}.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
