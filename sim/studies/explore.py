"""`report --explore`: runs over a grid of levers in one page, which plays them in any browser without a server."""

import contextlib
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from sim.cells import Cell, Progress, Result, simulate_cells
from sim.config import Config
from sim.errors import InputError
from sim.results import check_place, open_run, put_file
from sim.runner import checked_case, command_line, repeatable, seeds
from sim.seeds import Case
from sim.studies.comparison import KIND, QUESTION, facts_of, open_comparison
from sim.studies.lever_grid import DEFAULT, combinations, levers, set_ups
from sim.studies.variants import listed
from sim.studies.words import own_words

NAME, HOME = "explore.html", Path("results/explore")
_OWN = ("levers", "out")
# What a finished run was made with, but what the page has its own choice of.
_ASIDE = ("out", "output", "executor", "threads", "replicates", "population", "posterior", "vary", "policy")
_MOST_MEGABYTES = 15


def explore(folder: Path | str | None, words: Sequence[str] = (), progress: Progress | None = None) -> Path:
    """Simulate a grid of levers and write it as one page; return its path.

    Parameters
    ----------
    folder
        A finished run, or a comparison, whose baseline is then taken: the page starts from its settings and is written
        into it. None: from `as_it_happened`, into `results/explore`.
    words
        levers=[...] (names of conf/levers.yaml), out=DIR, and settings as behind `sim run`; population=class if nothing
        is said.
    progress
        Called with the days done and all days of the cells that are not finished yet.

    Raises
    ------
    InputError
        For words, levers or a place that cannot be used, or a page that would be too large to hand on.
    """
    own, others = own_words(words, _OWN)
    found = levers(listed(own["levers"]) if "levers" in own else DEFAULT)
    configs = set_ups(combinations(found), _shared(folder, others))
    case = _case(configs[0])
    place = Path(own.get("out", folder or HOME)).absolute()
    check_place(place)
    cells = [Cell(f"cell {i}", config, case, seed) for i, config in enumerate(configs) for seed in seeds(config)]
    with contextlib.closing(simulate_cells(cells, progress, store=HOME.absolute() / "cells")) as results:
        text = _page(found, configs, results, case, _command(folder, words))
    if len(text.encode()) > _MOST_MEGABYTES * 1e6:
        size = len(text.encode()) / 1e6
        raise InputError(f"the page would have {size:.0f} MB, {_MOST_MEGABYTES} at most: name fewer levers")
    if folder and "out" not in own:
        return put_file(place, KIND if (place / QUESTION).is_file() else "run", NAME, text)
    place.mkdir(parents=True, exist_ok=True)
    (place / NAME).write_text(text, encoding="utf-8", newline="\n")
    return place / NAME


def _shared(folder: Path | str | None, words: list[str]) -> list[str]:
    """Return the settings of every cell: those of a finished run, then those that are given."""
    given = {word.partition("=")[0] for word in words}
    made = [] if folder is None else _made_with(Path(folder))
    kept = [word for word in made if word.partition("=")[0] not in given]
    size = [] if any(name.startswith("population") for name in given) else ["population=class"]
    return [*kept, *size, *words]


def _made_with(folder: Path) -> list[str]:
    """Return the words behind `sim run` that a finished run, or the baseline of a comparison, was made with."""
    is_comparison = (folder / QUESTION).is_file()
    run = open_comparison(folder) if is_comparison else open_run(folder)
    run = run.runs[run.baseline] if is_comparison else run
    facts_of(run)  # refuses facts that have changed since
    words = shlex.split(run.manifest["command"])[2:]
    return [word for word in words if word.replace("=", ".").split(".")[0] not in _ASIDE]


def _case(config: Config) -> Case:
    if config.case.format == "flee":
        raise InputError("case=flee has no measures, so there are no levers to explore")
    return checked_case(config)


def _command(folder: Path | str | None, words: Sequence[str]) -> str:
    return repeatable(command_line([*([str(folder)] if folder else []), "--explore", *words], "report"))


def _page(found, configs: list[Config], results: Iterator[Result], case: Case, command: str) -> str:
    """Return the page; of the results no more is kept at a time than those of one combination."""
    from sim import views  # Matplotlib takes half a second to import

    def taken() -> Iterator[views.Explored]:
        for config in configs:
            of_cell = [next(results) for _ in seeds(config)]
            measures = {name: vars(measure) for name, measure in config.policy.items()}
            frames = [result.frames for result in of_cell]
            tables = {name: pd.concat([one[name] for one in frames]) for name in views.PLAYED_TABLES}
            yield views.Explored(tables, measures, [result.summary for result in of_cell])

    return views.explore_page(found, taken(), configs[0], case, command)
