"""What a person sees in the terminal: a progress bar while it runs, a small table when it is done."""

import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TextIO

from sim.config import Config
from sim.headlines import Headline, headlines
from sim.results import Run
from sim.schema import shown
from sim.seeds import TABLES, Case

_WIDTH = 30
_REDRAW_SECONDS = 0.1


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
    story = _indented(config.scenario.story, "  ")
    measures = [_indented(f"{name}: {measure.what}", "  - ") for name, measure in config.policy.items()]
    return "\n".join([config.scenario.name, story, *measures])


def _indented(text: str, mark: str) -> str:
    return textwrap.fill(" ".join(text.split()), 100, initial_indent=mark, subsequent_indent=" " * len(mark))
