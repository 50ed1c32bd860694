"""What the six lever studies share: words to simulations, to a page with a table, to a picture.

A study is a `Study`: its question, the settings of its levers, what is told of them. `ask` simulates (a second call
finds everything in the store), writes `<name>.md` and `pictures/<name>.png`, and returns what was measured.
"""

import datetime
import functools
import shlex
import sys
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sim.compose import compose
from sim.metrics import OUTCOMES
from sim.studies.levers import Measured, Quantities, Setting, differences, measure
from sim.terminal import ProgressBar
from sim.views import style, wording
from sim.views.levers import lever_curves, lever_grid

HERE = Path(__file__).parent
STORE = HERE.parent / "results" / "experiments"
CURVES, NUMBERS = 4, 3  # panels in a picture


@dataclass(frozen=True)
class Study:
    """A question with levers.

    Attributes
    ----------
    baseline
        What the first setting is called.
    levers
        What the levers are called; the second is blank where there is only one.
    settings
        The first is the baseline; each has one text a lever.
    replicates
        Seeds a setting, if the command does not say.
    told
        Columns of the table; the first four, or of a grid three, are in the picture.
    answer
        Makes the sentence, of the settings' texts and the differences.
    grid
        Whether the picture is a grid of numbers over two levers in place of curves.
    own, quantities
        Quantities of the study's own: name -> (what it is called, unit), and how they are made of a record.
    """

    name: str
    title: str
    question: str
    baseline: str
    levers: tuple[str, str]
    settings: list[Setting]
    replicates: int
    told: tuple[str, ...]
    answer: Callable[["Found"], str]
    caveats: tuple[str, ...]
    grid: bool = False
    own: dict[str, tuple[str, str]] = field(default_factory=dict)
    quantities: Quantities | None = None


@dataclass
class Found:
    """What a study found: the differences by quantity, a row a setting."""

    settings: list[Setting]
    tables: dict[str, pd.DataFrame]

    def row(self, quantity: str, *levers: str) -> pd.Series:
        """Return the line of a setting: baseline, value, difference, low, high."""
        place = [setting.levers for setting in self.settings].index(levers)
        return self.tables[quantity].iloc[place]

    def change(self, quantity: str, *levers: str) -> str:
        """Tell a difference with its 95 % reach."""
        return told_difference(self.row(quantity, *levers))

    def value(self, quantity: str, *levers: str) -> str:
        """Tell the mean under a setting."""
        return wording.whole(self.row(quantity, *levers)["value"])


def ask(study: Study, words: Iterable[str] = (), out: Path = HERE, store: Path = STORE) -> Measured:
    """Simulate a study's settings and write its page and picture.

    Parameters
    ----------
    words
        Words behind `sim run` in place of population=class and the study's number of seeds.
    out, store
        Folders of the page and of the cells.
    """
    words = list(words)
    chosen = {word.partition("=")[0]: word for word in ("population=class", f"replicates={study.replicates}", *words)}
    bar = ProgressBar()
    measured = measure(study.settings, list(chosen.values()), store, study.quantities, bar)
    bar.close()
    command = shlex.join(["python", f"experiments/{study.name}.py", *words])
    found = Found(study.settings, differences(measured))
    (out / "pictures").mkdir(parents=True, exist_ok=True)
    style.save(_picture(study, found, measured, command), out / "pictures" / f"{study.name}.png")
    (out / f"{study.name}.md").write_text(_page(study, found, measured, command), encoding="utf-8")
    return measured


def told_difference(row: pd.Series) -> str:
    """Tell a difference with its 95 % reach, or a bare 0 where no seed differs."""
    if row["difference"] == 0 and row["high"] == row["low"]:
        return "0"
    return f"{wording.signed(row['difference'])} ± {wording.whole((row['high'] - row['low']) / 2)}"


def later(date: str, days: int) -> str:
    """Return the date so many days later, as words for `sim run` are written."""
    return str(datetime.date.fromisoformat(date) + datetime.timedelta(days=days))


@functools.cache
def with_measures(scenario: str, *more: str, without: str = "") -> tuple[str, ...]:
    """Return the words that choose a scenario with some measures more, or without one of its own."""
    own = [name for name in compose([f"scenario={scenario}"]).policy if name != without]
    return f"scenario={scenario}", f"policy=[{','.join([*own, *more])}]"


def run(study: Study) -> None:
    """Ask with the words of the command line, and tell where the answer lies."""
    ask(study, sys.argv[1:])
    print(HERE / f"{study.name}.md")


def _named(study: Study, quantity: str) -> tuple[str, str]:
    """Return what a quantity is called, with how it is summed up, and its unit."""
    if quantity in study.own:
        return study.own[quantity]
    unit, how = OUTCOMES[quantity]
    return f"{wording.outcome_name(quantity)}, {wording.summed_up(how)}", unit


def _picture(study: Study, found: Found, measured: Measured, command: str):
    shown = study.told[: NUMBERS if study.grid else CURVES]
    rows = [
        {"first": setting.levers[0], "second": setting.levers[-1] if study.levers[1] else "", "quantity": quantity}
        | found.tables[quantity].iloc[i][["difference", "low", "high"]].to_dict()
        for quantity in shown
        for i, setting in enumerate(study.settings)
        if i
    ]
    below = f"Difference from: {study.baseline}; mean and 95 % interval over {_seeds(measured)} seeds"
    texts = (study.title, below, f"Assumptions and caveats: experiments/{study.name}.md", command)
    panels = {quantity: _named(study, quantity) for quantity in shown}
    return (lever_grid if study.grid else lever_curves)(pd.DataFrame(rows), panels, study.levers, texts)


def _seeds(measured: Measured) -> int:
    return next(iter(measured.values.values())).shape[1]


def _page(study: Study, found: Found, measured: Measured, command: str) -> str:
    told = (
        f"The first row is the baseline, {study.baseline}; the others tell the difference from it, with its 95 % "
        f"interval over {_seeds(measured)} seeds of the same people with the same luck."
    )
    cost = (
        f"{len(study.settings)} settings, simulated in {measured.seconds:.0f} s of one process; a second call "
        "simulates nothing again."
    )
    parts = [
        f"# {study.title}",
        f"Written by `{command}`.",
        _wrapped(f"**Question.** {study.question}"),
        _wrapped(f"**Answer.** {study.answer(found)}"),
        f"![{study.title}](pictures/{study.name}.png)",
        _wrapped(told),
        _table(study, found),
        "**Caveats.**",
        "\n".join(_wrapped(text, "- ") for text in study.caveats),
        _wrapped(cost),
    ]
    return "\n\n".join(parts) + "\n"


def _wrapped(text: str, bullet: str = "") -> str:
    return textwrap.fill(bullet + text, 120, subsequent_indent=" " * len(bullet), break_on_hyphens=False)


def _table(study: Study, found: Found) -> str:
    levers = [name for name in study.levers if name]
    heads = [f"{name} [{unit}]" for name, unit in (_named(study, quantity) for quantity in study.told)]
    lines = [[*levers, *heads], ["---"] * len(levers) + ["---:"] * len(heads)]
    for i, setting in enumerate(study.settings):
        rows = [found.tables[quantity].iloc[i] for quantity in study.told]
        cells = [told_difference(row) if i else wording.whole(row["value"]) for row in rows]
        lines.append([*setting.levers, *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
