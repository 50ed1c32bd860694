"""Make the table, the page and the picture of the benchmarks from what pytest-benchmark has noted.

    python -m benchmarks.page results/benchmarks.json

prints the table, writes `experiments/benchmarks.md` and its picture, and puts the ratios into the README.
"""

import json
import os
import platform
import re
import sys
import textwrap
from importlib import metadata
from pathlib import Path

from benchmarks.memory_limit import READ
from benchmarks.picture import cost, draw, number
from sim.machine import cores

ROOT = Path(__file__).parents[2]
PAGE, PICTURE = ROOT / "experiments" / "benchmarks.md", "pictures/benchmarks.png"
CONFLICT = "mali"
OURS = ("conflict", "conflict onward", "flee")  # rows whose people are those of a Flee directory
_BEGIN, _END = "<!-- make bench -->", "<!-- end -->"
_PLACE = f"{_BEGIN}.*?{_END}"
ABOUT = """\
# How fast the engine is

Written by `make bench`: everything below is of one run on one machine that did nothing else. Seconds differ between
machines; the ratios say more. A row of this engine is a household, in a Flee directory a person.

{summary}

{table}

- *this engine, ... threads*: every household of the case, 213 days, `as_it_happened`, all tables recorded; population
  and compilation not counted. Below four million rows the engine keeps to one thread however many it may have, so there
  the two lines differ by chance. *With population and frames*: all that `sim run` does but reading and writing files.
- *A Mesa agent for each row*: `sim/reference.py`, the same decisions for the same households, one process.
- *Leaving home and moving on*: the two hottest loops over the rows (`receive` as a whole takes longer, but is five
  rules), timed over the whole case on one thread. The NumPy version lists the very same rows from the very same draws.
- *Only reading*: no rule, no draw, no change. Of every row and on every day each phase reads the columns that its rule
  looks at:
  {touched}.
  A program that looks at everybody once a phase cannot be faster. This engine can, and then the ratio is above 1: it
  passes over blocks of 64 rows in which nobody can act, and draws who may act before it looks at them.
- *Flee 3.1*: the package `flee`, driven through its Python API, on `seeds/flee/{conflict}` at full scale, one agent a
  person; reading its files is not counted. By Flee's rules this engine does the same, person by person and in the same
  order (on one thread); by its own rules it answers the same question. Agent-days are people there, summed over days.
- The two last columns tell how many times as many row-days per second this engine does, at the same task and over the
  whole case on all cores. *Bytes*: by how much a fresh process grows at most, by the number of rows; for *only
  reading* what is read of a row in a day. Columns begin as zeros and take no memory before something is written to
  them, so that longer runs take more; the tables of each day, which do not depend on the number of rows, come on top.

## Where the time goes

The whole case, seconds by line of `step` in `sim/model.py`:

{profile}

The loops over rows pass over most blocks, so what is left is spread out: drawing which rows of each block may act, the
rows that do act, one after another so that threads do not show, and in `_look_up` the day's tables, which do not
depend on the number of rows.

## How it grows

![Cost by rows, days and replicates]({picture})

{points}

## The machine

{machine}
"""


def rate(entry: dict) -> float:
    """Return row-days per second."""
    return entry["row_days"] / entry["seconds"]


def faster(found: dict, name: str, than: str) -> float:
    """Return how many times the row-days per second of one benchmark are those of another."""
    return rate(found[name]) / rate(found[than])


def as_table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table whose columns also line up as plain text; all but the first are flush right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]

    def line(cells) -> str:
        first, *others = (
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join([first, *others])} |"

    return "\n".join([line(header), line(rule), *map(line, rows)])


def main_table(found: dict) -> str:
    """Return the table of everything that has a rate."""
    header = ["", "rows", "million row-days/s", "bytes per row", "engine, doing the same", "engine, whole case"]
    rows = []
    for name, entry in found.items():
        if "row_days" not in entry:
            continue
        same = f"{number(faster(found, entry['against'], name))} ×"
        whole = "" if name in OURS or name.startswith("phases") else f"{number(faster(found, 'days', name))} ×"
        memory = f"{entry['bytes_per_row']:,}" if entry["bytes_per_row"] else ""
        rows.append([entry["label"], f"{entry['rows']:,}", number(rate(entry) / 1e6), memory, same, whole])
    return as_table(header, rows)


def summary(found: dict) -> str:
    """Return the ratios in a paragraph, for this page and the README."""
    text = (
        f"Over the whole case ({found['days']['rows']:,} households, every table recorded) this engine does "
        f"{rate(found['days']) / 1e6:,.0f} million row-days a second on {cores()} cores. That is "
        f"{faster(found, 'days', 'mesa sample'):,.0f} times the plain Mesa driver, "
        f"{faster(found, 'phases', 'phases numpy'):.1f} times NumPy in the two hottest phases, and "
        f"{faster(found, 'days', 'touch'):.2f} times a program that only reads each row's bytes once a phase."
    )
    if "flee" in found:
        text += (
            f" On a conflict of Flee's, person by person, it does {faster(found, 'conflict', 'flee'):,.0f} times the "
            "agent-days per second of Flee 3.1 by Flee's rules, "
            f"{faster(found, 'conflict onward', 'flee'):,.0f} times by its own."
        )
    return f"{text} {growth(found['curves']['points'])}"


def growth(points: dict[str, list[dict]]) -> str:
    """Return by how much a row-day costs more where there is more to do, in a sentence."""
    (few, *_, many), (short, *_, long) = points["rows"], points["days"]
    return (
        f"A row-day costs {cost(many) / cost(few):.2f} times as much with {many['rows'] / 1e6:,.0f} million rows as "
        f"with {few['rows'] / 1e6:.1f} million, and {cost(long) / cost(short):.2f} times as much over {long['days']} "
        f"days as over {short['days']}."
    )


def profile_table(threads: dict[str, dict[str, float]]) -> str:
    """Return seconds and shares of each phase, by number of threads."""
    header = ["line", *(f"{n} thread(s) {what}" for n in threads for what in ("[s]", "[%]"))]
    total = {n: sum(seconds.values()) for n, seconds in threads.items()}
    first = next(iter(threads.values()))
    rows = []
    for name in sorted(first, key=first.get, reverse=True):
        cells = ((f"{seconds[name]:.3f}", f"{100 * seconds[name] / total[n]:.0f}") for n, seconds in threads.items())
        rows.append([name, *(cell for pair in cells for cell in pair)])
    return as_table(header, rows)


def points_table(curves: dict[str, list[dict]]) -> str:
    """Return the points of the curves."""
    header = ["curve", "rows", "days", "replicates", "ns per row-day", "s to build", "s to run", "MB", "bytes per row"]
    rows = []
    for curve, points in curves.items():
        for point in points:
            n = point["replicates"]
            build, run = (sum(point[key]) / n for key in ("building_s", "running_s"))
            size = [f"{point['rows']:,}", str(point["days"]), str(n)]
            seconds = [number(cost(point)), f"{build:.2f}", f"{run:.2f}"]
            memory = [f"{point['bytes'] / 1e6:,.0f}", f"{point['bytes'] / point['rows']:,.0f}"]
            rows.append([f"by {curve}", *size, *seconds, *memory])
    return as_table(header, rows) + "\n\nSeconds are those of one replicate, in the mean."


def machine(info: dict) -> str:
    """Return what the numbers were measured on."""
    versions = [f"{name} {metadata.version(name)}" for name in ("numpy", "numba", "mesa", "pandas")]
    name = info.get("cpu", {}).get("brand_raw") or platform.processor() or platform.machine()
    return f"{name}, {cores()} of {os.cpu_count()} cores, {platform.system()}; Python {platform.python_version()}, " + (
        f"{', '.join(versions)}."
    )


def read(path: Path) -> tuple[dict, dict]:
    """Return the benchmarks by name, each with its best time [s], and what is known of the machine."""
    noted = json.loads(path.read_text(encoding="utf-8"))
    found = {}
    for entry in noted["benchmarks"]:
        extra = entry["extra_info"]
        found[extra.pop("name")] = {**extra, "seconds": entry["stats"]["min"]}
    return found, noted["machine_info"]


def page(found: dict, info: dict) -> str:
    """Return the page."""
    touched = "; ".join(f"`{phase}` {', '.join(columns)}" for phase, columns in READ.items())
    return ABOUT.format(
        summary=wrapped(summary(found)),
        table=main_table(found),
        touched=wrapped(touched).replace("\n", "\n  "),
        conflict=CONFLICT,
        profile=profile_table(found["profile"]["threads"]),
        picture=PICTURE,
        points=points_table(found["curves"]["points"]),
        machine=machine(info),
    )


def into_readme(text: str, paragraph: str) -> str:
    """Return the README with the paragraph between its two marks of `make bench` replaced."""
    changed, n = re.subn(_PLACE, lambda _: f"{_BEGIN}\n{wrapped(paragraph)}\n{_END}", text, flags=re.S)
    if n != 1:
        raise ValueError(f"there is no place between {_BEGIN} and {_END}")
    return changed


def wrapped(paragraph: str) -> str:
    """Return a paragraph in lines of at most 120 characters."""
    return textwrap.fill(paragraph, 120, break_on_hyphens=False)


def main(noted: str) -> None:
    """Print the table, and write page, picture and README."""
    found, info = read(Path(noted))
    PAGE.write_text(page(found, info), encoding="utf-8")
    draw(found["curves"]["points"], PAGE.parent / PICTURE)
    readme = ROOT / "README.md"
    readme.write_text(into_readme(readme.read_text(encoding="utf-8"), summary(found)), encoding="utf-8")
    print(main_table(found), wrapped(summary(found)), machine(info), f"page    {PAGE.relative_to(ROOT)}", sep="\n\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
