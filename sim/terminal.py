"""What a person sees in the terminal: a progress bar while it runs, a small table when it is done."""

import math
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from sim.config import Config
from sim.headlines import SUMMED_UP, Headline, headlines
from sim.paths import case_folder, shown
from sim.results import Run
from sim.seeds import TABLES, Case, load_case

_WIDTH = 30
_REDRAW_SECONDS = 0.1
_FEW_RUNS = 12  # of a sweep that are told of in full
_WIDEST = 120  # of a comparison's rows and of sentences
_LINES = 10  # of a comparison, for each scenario
_WORTH = "\n(worth of a pair: so many runs with luck of their own would tell a difference as surely; 95 % interval)"


class ProgressBar:
    """Draw how far a run is, with the time left; only where a person watches."""

    def __init__(self, stream: TextIO | None = None):
        self.stream = sys.stderr if stream is None else stream
        self.watched = self.stream.isatty()
        self.began = self.drawn = 0.0
        self._draw("reading the facts; the first run after a change compiles the model, half a minute ...")

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` days are simulated."""
        now = time.monotonic()
        self.began = self.began or now
        if now - self.drawn >= _REDRAW_SECONDS or done == total:
            self.drawn = now
            bar = "#" * round(_WIDTH * done / total)
            left = (now - self.began) * (total - done) / max(done, 1)
            self._draw(f"[{bar:.<{_WIDTH}}] day {done} of {total}, {left:.0f} s left")

    def close(self) -> None:
        """Wipe the bar away."""
        self._draw("")

    def _draw(self, text: str) -> None:
        if self.watched:
            self.stream.write(f"\r{text}\x1b[K")
            self.stream.flush()


def sweep_report(sweep, made: Iterable) -> Iterator[str]:
    """Tell of the runs of a `sim.sweeps.Sweep` as they are made: in full if they are few, else a line each."""
    finished = len(sweep.jobs) - len(sweep.left)
    if finished:
        yield f"{finished} of {len(sweep.jobs)} runs were finished before"
    for job, run in made:
        if len(sweep.left) <= _FEW_RUNS:
            yield run_report(run, job.case, job.label)
        else:
            yield f"{job.label}: simulated in {run.manifest['simulation_seconds']:.1f} s, {shown(run.folder)}"
    yield f"sweep      {shown(sweep.folder)}"


def sweeps_report(states: Sequence, folder: str) -> str:
    """Tell how far sweeps are, each a `sim.sweeps.State`."""
    if not states:
        return f"there is no sweep in {folder}: sim run -m makes one"
    rows = [("", "simulations", "done", "failed", "left", "")]
    for one in states:
        counts = (one.n_cells, one.done, one.failed, one.left)
        rows.append((shown(one.folder), *map(number, counts), "running" if one.is_running else ""))
    going_on = [f"  {one.command}" for one in states if one.done < one.n_cells]
    return "\n".join([columns(rows), *(["", "to go on:", *going_on] if going_on else [])])


def headline_table(lines: Iterable[Headline]) -> str:
    """Lay headlines out as a table: outcome, simulated with the range over the seeds, published."""
    rows = [("", "simulated", "range over seeds", "published")]
    for line in lines:
        name = " ".join(filter(None, (line.outcome.replace("_", " "), line.when)))
        unit = "" if line.unit == "people" else f" [{line.unit}]"
        spread = f"{number(line.low)} - {number(line.high)}" if line.low != line.high else ""
        rows.append((name + unit, number(line.value), spread, "" if line.published is None else number(line.published)))
    return columns(rows)


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Lay rows out in columns, the first to the left and the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    padded = [[f"{cell:{'>' if i else '<'}{widths[i]}}" for i, cell in enumerate(row)] for row in rows]
    return "\n".join("   ".join(row).rstrip() for row in padded)


def number(value: float) -> str:
    """Write a number for a person: thousands separated, decimals only where they tell something."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:,.2f}"


def run_report(run: Run, case: Case, label: str = "") -> str:
    """Tell what a run found, in about ten lines, and where its tables and pictures lie."""
    config, seeds = run.config, run.manifest["seeds"]
    about = [
        label or config["scenario"]["name"],
        f"{config['case']['name']}, population {config['population']['name']}",
        f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}",
        f"simulated in {run.manifest['simulation_seconds']:.1f} s",
    ]
    places = [f"results    {shown(run.folder)}"]
    places += [f"{'' if i else 'pictures':<11}{shown(path)}" for i, path in enumerate(run.pictures)]
    return "\n".join(["; ".join(about), "", headline_table(headlines(run, case)), "", *places])


def comparison_report(comparison) -> str:
    """Tell what each scenario changes, sorted by size against noise, and who bears it.

    Parameters
    ----------
    comparison
        A `sim.studies.comparison.Comparison`.
    """
    asked = comparison.question
    seeds = asked["seeds"]
    about = [
        f"differences from {asked['baseline']}",
        f"{asked['case']}, population {asked['population']}",
        f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}, the same luck in every scenario",
    ]
    run = comparison.runs[asked["baseline"]]
    case = load_case(case_folder(run.config["case"]["path"]))
    blocks = [f"{asked['baseline']}, beside what was published\n{headline_table(headlines(run, case))}"]
    blocks += [_wrapped("; ".join(about), "") + _WORTH * (len(seeds) > 2)]
    for name in comparison.scenarios:
        if name != asked["baseline"]:
            blocks.append(_differences(comparison, name) + "\n" + _bearers(comparison, name))
    reused = comparison.manifest["reused"] if "reused" in comparison.manifest else []
    notes = [*asked["notes"], *([f"simulated before, not again: {', '.join(reused)}"] * bool(reused))]
    blocks += ["\n".join(_wrapped(note, "note: ") for note in notes)] * bool(notes)
    report = comparison.folder / "report.html"
    places = [f"results    {shown(comparison.folder)}", *([f"report     {shown(report)}"] * report.is_file())]
    return "\n\n".join([*blocks, "\n".join(places)])


def _differences(comparison, name: str) -> str:
    table = _of(comparison.differences, name)
    told = table[(table["difference"] != 0) | (table["high"] > table["low"])]
    rows = [("", "baseline", "difference", "95 % interval", "percent", "worth of a pair")]
    for line in told.head(_LINES).itertuples():
        # A bracket tells of itself that it sums up days: attempts, moves, nights.
        what = SUMMED_UP[line.how] if line.unit == "people" else f"[{line.unit}]"
        outcome = f"  {line.outcome.replace('_', ' ')} {what}"
        interval = "" if math.isnan(line.low) else f"± {number(line.high - line.difference)}"
        percent = "" if math.isnan(line.percent) else f"{signed(line.percent)} %"
        worth = worth_in_words(line.worth, line.worth_low, line.worth_high)
        rows.append((outcome, number(line.baseline), signed(line.difference), interval, percent, worth))
    more, same = len(told) - _LINES, len(table) - len(told)
    rest = [f"{more} more outcomes differ, see differences.csv"] * (more > 0)
    rest += [f"{same} of {len(table)} are the same to the person"] * (same > 0)
    return "\n".join([name, columns(rows), *(["  " + "; ".join(rest)] * bool(rest))])


def _bearers(comparison, name: str) -> str:
    """Say whose path a scenario changes, and how, with households for an example."""
    groups, sizes = (_of(comparison.changed_by(by), name) for by in ("group", "household_size"))
    moves, told = _of(comparison.transitions, name), _of(comparison.examples, name)
    if not groups["people"].any():
        return "  who bears it: nobody; every household does the same on every day"
    largest = groups[groups["people"] > 0].head(3)
    whom = ", ".join(f"{line.name.replace('_', ' ')} {number(line.people)}" for line in _lines(largest))
    people = number(round(groups["people"].sum()))
    lines = [f"who bears it: {people} people take another path ({whom})"]
    parts = ", ".join(f"{line.name}: {100 * line.people / line.of:.1f} %" for line in _lines(sizes))
    lines.append(f"by household size [people]: {parts}")
    moves = moves[moves["was"].astype(str) != moves["is"].astype(str)]
    if len(moves):
        most = moves.loc[moves["people"].idxmax()]
        people = number(round(most["people"]))
        lines.append(f"most of all: {people} people end '{most['is']}' instead of '{most['was']}'")
    return "\n".join([*(_wrapped(line, "  ") for line in lines), *map(_example, _lines(told))])


def _example(line) -> str:
    """Say of a household who it is, since when its paths differ, and where they end."""
    people = f"{line.household_size} {'person' if line.household_size == 1 else 'people'}"
    since = f" from {line.parted} on" if line.parted else ""
    ends = f"'{line.now}' by another way" if line.now == line.was else f"'{line.now}' instead of '{line.was}'"
    return _wrapped(
        f"{people} from {line.origin} ({line.group.replace('_', ' ')}):{since} {ends}", f"  example {line.example}: "
    )


def _of(table, name: str):
    return table[table["scenario"] == name]


def _lines(table):
    return table.rename(columns={"is": "now"}).itertuples()


def worth_in_words(value: float, low: float, high: float) -> str:
    """Write how many independent runs a paired one is worth, with its interval; blank with too few seeds."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "infinite"
    return f"{_two_digits(value)} ({_two_digits(low)} to {_two_digits(high)})"


def _two_digits(value: float) -> str:
    digits = 1 - math.floor(math.log10(value)) if value else 0
    return f"{round(value, digits):,.{max(digits, 0)}f}"


def signed(value: float) -> str:
    """Write a difference for a person, with its sign; small ones with a decimal."""
    return f"{value:+,.0f}" if abs(value) >= 10 or value == round(value) else f"{value:+,.1f}"


def case_report(case: Case) -> str:
    """Tell how much the facts of a case hold."""
    basis = Counter(text for name in TABLES for text in getattr(case, name)["basis"])
    used = {text for name in TABLES for text in getattr(case, name)["source"]}
    people = case.initial.groupby(["variant", "group"], sort=False)["people"].sum()
    rows = [
        (f"{case.name}: {shown(case.folder)}", ""),
        ("places", number(len(case.locations))),
        ("routes", number(len(case.routes))),
        ("events", number(len(case.events))),
        ("observations", number(len(case.observed))),
        *((f"  of them for {use}", number(n)) for use, n in case.observed["use"].value_counts(sort=False).items()),
        ("sources named", number(len(used))),
        *((f"rows {name}", number(n)) for name, n in sorted(basis.items())),
        *((f"people, {group} ({variant})", number(n)) for (variant, group), n in people.items()),
    ]
    return columns(rows)


def scenario_report(config: Config) -> str:
    """Tell a scenario's story and its measures."""
    story = _wrapped(config.scenario.story, "  ")
    measures = [_wrapped(f"{name}: {measure.what}", "  - ") for name, measure in config.policy.items()]
    return "\n".join([config.scenario.name, story, *measures])


def _wrapped(text: str, mark: str) -> str:
    """Break a text into lines, the first behind a mark and the others below its text; dates stay whole."""
    return textwrap.fill(
        " ".join(text.split()),
        _WIDEST,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_on_hyphens=False,
    )
