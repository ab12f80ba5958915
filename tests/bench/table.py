"""The benchmark's arithmetic and its table: from the values that the two sides reported to what a reader sees."""
import re
import statistics

BEGIN, END = "<!-- bench: begin", "<!-- bench: end -->"
HEAD = """# The kit beside its peers

Written by `environment/bench --publish`, one table for each machine, the latest first; the README's lines about it are drawn from these tables by the
same command. What is measured and how: `README.md`, "Beside its peers"; the programs lie beside this file, and `rows.py` names them and what is aimed at.
Rows are measured together or one by one, and stay until they are measured again: each says on which day and of which commit of the kit it speaks, and an
older commit's row says what the kit was then.

"""


def summary(values):
    """Median, and the spread as the lowest and the highest value."""
    return {"values": list(values), "median": statistics.median(values), "low": min(values), "high": max(values)}


def ratio(ours, peers):
    """The median of ours / the peer's over rounds: the two runs of a round are neighbours in time, so a drift of the machine leaves it alone."""
    return statistics.median(mine / theirs for mine, theirs in zip(ours, peers))


def met(value, target):
    relation, bound = target["relation"], target["bound"]
    if relation == "within":
        return abs(value - bound) <= target["slack"]
    return value <= bound if relation == "at most" else value >= bound


def aimed(target):
    relation = {"at most": "≤", "at least": "≥", "within": ""}[target["relation"]]
    name = {"ratio": "ratio", "memory": "memory"}.get(target["value"], target["value"].replace("_", " "))
    slack = f" ± {number(target['slack'])}" if target["relation"] == "within" else ""
    return f"{name} {relation} {number(target['bound'])}{slack}".replace("  ", " ")


def values_of(row):
    """What targets may name: ratio, memory (ours / the peer's peak), memory / weights, our results by their names, and what they lie above the peer's."""
    ours, peer = row.get("ours", {}), row.get("peer", {})
    mine, theirs = ({name: each["median"] for name, each in side.get("results", {}).items() if isinstance(each, dict)} for side in (ours, peer))
    values = theirs | mine | {f"{name} - the peer's": mine[name] - theirs[name] for name in mine if name in theirs}
    if "ratio" in row:
        values["ratio"] = row["ratio"]
    if "megabytes" in ours and "megabytes" in peer:
        values["memory"] = ours["megabytes"] / peer["megabytes"]
    if "megabytes" in ours and "weights_megabytes" in values:
        values["memory / weights"] = ours["megabytes"] / values["weights_megabytes"]
    return values


def judge(row):
    """Adds to each target of a row its value and whether it was met; a target without a value (a side that did not run) has neither."""
    values = values_of(row)
    for target in row["targets"]:
        if target["value"] in values:
            target["reached"] = values[target["value"]]
            target["met"] = met(target["reached"], target)


def number(value):
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.1e}"


def cell(side, measure):
    if measure not in side.get("results", {}):
        return ""
    each = side["results"][measure]
    scale, unit = (1000, "ms") if measure == "seconds" and each["median"] < 1 else (1, "s" if measure == "seconds" else measure)
    spread = f" ({number(each['low'] * scale)} to {number(each['high'] * scale)})" if len(each["values"]) > 1 else ""
    return f"{number(each['median'] * scale)} {unit}{spread}"


def remarks(row):
    """What stands below a row's name: its further results, side by side, and what its programs had to say."""
    lines = []
    for name in row["show"]:
        both = [f"{who} {number(row[side]['results'][name]['median'])}" for side, who in (("ours", "ours"), ("peer", "the peer's"))
                if name in row.get(side, {}).get("results", {})]
        if both:
            lines.append(f"{name.replace('_', ' ')}: {', '.join(both)}")
    if row.get("busy", 0) > 0.5 and not row["name"].startswith("cluster-"):     # Spark's workers are processes of their own and would be taken for others
        lines.append("others were at work on the machine meanwhile")
    return lines + row.get("notes", [])


def where(results):
    machine = results["machine"]
    return f"on {machine['cores']} cores ({machine['processor']}), {machine['memory']}"


def conditions(results):
    return f"{results['threads']} threads on both sides, {', '.join(f'{n} {v}' for n, v in results['versions'].items())}"


def measured(row, results):
    """When a row was measured, and the kit's commit that it was measured at."""
    return ", ".join(each for each in (row.get("date", results["date"]), row.get("commit")) if each)


def line(row, results):
    """A row of the table; one that was not measured has its reason and no figures."""
    work = "<br>".join([row["work"], *remarks(row)])
    if row.get("failed"):
        return f"| {row['name']} | {work} | not measured: {row['failed']} |  |  |  |  | {measured(row, results)} |"
    judge(row)
    peaks = " / ".join(number(row[side]["megabytes"]) if row.get(side) else "?" for side in ("ours", "peer"))
    aims = "<br>".join(f"{aimed(t)}: " + (f"{'met' if t['met'] else 'MISSED'}, {number(t['reached'])}" if "met" in t else "not known") for t in row["targets"])
    return (f"| {row['name']} | {work} | {cell(row.get('ours', {}), row['measure'])} | {cell(row.get('peer', {}), row['measure'])} | "
            f"{number(row['ratio']) if 'ratio' in row else ''} | {peaks} | {aims} | {measured(row, results)} |")


def lines_of(table):
    """The rows of a written table, by name."""
    return {each.split(" | ")[0].strip("| "): each for each in table.splitlines() if each.startswith("| ") and not each.startswith(("| row | ", "| --- |"))}


def markdown(results, kept=None):
    """The whole table, with the conditions it was measured under; `kept` are the lines of its rows where they are written already."""
    head = (f"Measured on {results['date']} {where(results)}, one side after the other in every round; medians, and in brackets the lowest and the highest. "
            f"{conditions(results)}.")
    lines = [head]
    if results.get("quick"):
        lines.append("This was a quick run, which shows that everything works and measures nothing.")
    lines += ["", "| row | work | ours | peer | ours / peer | peak MB, ours / peer | aimed at | measured |", "| --- | --- | ---: | ---: | ---: | ---: | --- | --- |"]
    return "\n".join(lines + (list(kept.values()) if kept else [line(row, results) for row in results["rows"]])) + "\n"


def published(page, results, order=()):
    """The page of results with this machine's rows put into its table, which comes first: those not measured now stay as they are, with their own day and commit.

    A row that could not be measured, for want of data or of Spark, leaves the figures of an earlier day. Where the versions have changed since, the rows that
    stay say under which they were measured.
    """
    if results.get("quick"):
        raise ValueError("The last environment/bench was a quick one, whose figures mean nothing: run environment/bench, then publish.")
    mine = [each for each in tables(page) if f" {where(results)}, " in each.splitlines()[0]]
    others = [each for each in tables(page) if each not in mine]
    kept, last = {}, results["date"]
    for each in mine:
        last = max(last, each.split()[2])
        under = re.search(r"\d+ threads on both sides, .*(?=\.$)", each.splitlines()[0]).group()
        kept = {name: text if under == conditions(results) or " threads on both sides" in text.rsplit(" | ", 1)[-1] else f"{text[:-2]}; {under} |"
                for name, text in lines_of(each).items()}
    for row in results["rows"]:
        nothing = row.get("failed") and "ours" not in row and row["name"] in kept and "not measured: " not in kept[row["name"]]
        earlier = row["name"] in kept and day(kept[row["name"]]) > row.get("date", results["date"])
        if not nothing and not earlier:
            kept[row["name"]] = line(row, results)
    places = {name: i for i, name in enumerate(order)}
    kept = dict(sorted(kept.items(), key=lambda each: places.get(each[0], len(places))))
    return HEAD + "\n".join(each.strip() + "\n" for each in [markdown({**results, "date": last}, kept), *others])


def day(text):
    """The day on which a written row was measured."""
    return text.rsplit(" | ", 1)[-1][:10]


def tables(page):
    return re.split(r"(?m)^(?=Measured on )", page)[1:]


def digest(page, titles, best=3):
    """The README's lines, drawn from the page of results: for each machine how many aims are met, where ours is furthest ahead, every miss, and what was not measured there."""
    lines = ["| measured on | aims met | furthest ahead of the peer | missed | not measured |", "| --- | ---: | --- | --- | --- |"]
    for each in tables(page):
        date, cores, processor = re.match(r"Measured on (\S+) on (\d+) cores \((.*?)\), ", each).groups()
        rows = [text[2:-2].split(" | ")[:-1] for text in lines_of(each).values()]
        met_, missed, ahead, absent = 0, [], [], []
        for name, work, ours, peer, of_peer, _, aims in rows:
            title = titles.get(name) or name
            if ours.startswith("not measured: "):
                absent.append(title)
                continue
            met_ += aims.count(": met, ")
            missed += [f"{title}: {aim.replace(': MISSED, ', ', was ')}" for aim in aims.split("<br>") if ": MISSED, " in aim]
            if of_peer:
                factor = float(of_peer.replace(",", ""))
                ahead.append((factor if "/s" in ours else 1 / factor, f"{title}: {ours.split(' (')[0]} beside {peer.split(' (')[0]}"))
        aimed_at = met_ + len(missed)
        best_ = [words for factor, words in sorted(ahead, reverse=True)[:best] if factor > 1]
        days = sorted({day(text) for text in lines_of(each).values()} or {date})
        lines.append(f"| {' to '.join(dict.fromkeys((days[0], days[-1])))}, {cores} cores, {processor} | {met_} of {aimed_at} | {'<br>'.join(best_) or 'nowhere'} | "
                     f"{'<br>'.join(missed) or 'none'} | {'<br>'.join(absent) or 'none'} |")
    return "\n".join(lines) + "\n"


def readme(text, page, titles):
    """The README with its lines about the benchmark drawn anew from the page of results."""
    before, rest = text.split(BEGIN, 1)
    return f"{before}{BEGIN}, written by environment/bench --publish from tests/bench/RESULTS.md -->\n{digest(page, titles)}{END}{rest.split(END, 1)[1]}"
