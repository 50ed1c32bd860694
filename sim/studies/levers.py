"""Lever studies: the same people with the same luck, while one or two numbers of a policy are turned.

    from sim.studies.levers import Setting, differences, measure

    settings = [Setting((places,), ("scenario=winter_camps", f"policy.winter_camps.effects.camp_places={places}"))
                for places in (50_000, 100_000)]
    measured = measure([Setting(("none",), ()), *settings], ["population=class", "replicates=3"], store)
    differences(measured)    # of each setting from the first

Cells lie in a store, so a second call simulates nothing. `experiments/` asks its questions with it.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.cells import Cell, Progress, simulate_cells
from sim.compose import compose
from sim.runner import checked_case, seeds
from sim.studies.lever_record import record
from sim.studies.paired import paired

Quantities = Callable[[dict], dict[str, float]]


@dataclass(frozen=True)
class Setting:
    """One position of the levers: what the table says of each, and the words behind `sim run` that set it."""

    levers: tuple
    words: tuple[str, ...]


@dataclass
class Measured:
    """What was simulated.

    Attributes
    ----------
    values
        quantity -> one row a setting, in order, one column a seed.
    seconds
        What all simulations took when they were made, together [s].
    """

    settings: list[Setting]
    values: dict[str, pd.DataFrame]
    seconds: float


def measure(
    settings: Sequence[Setting],
    words: Sequence[str],
    store: Path,
    quantities: Quantities | None = None,
    progress: Progress | None = None,
) -> Measured:
    """Simulate every setting with the same seeds.

    Parameters
    ----------
    settings
        The first is what the others will be compared with.
    words
        Words behind `sim run` that all settings share, among them seed and replicates.
    store
        Folder in which finished cells are kept and found again.
    quantities
        Makes, of `sim.studies.lever_record.record`, numbers of the study's own beside the outcomes.

    Raises
    ------
    InputError
        For words that cannot be composed, or a store that cannot be written.
    """
    cells = _cells(settings, words)
    rows: dict[str, list[float]] = {}
    seconds: dict[str, float] = {}
    with contextlib.closing(simulate_cells(cells, progress, store=store, keep=record)) as results:
        for result in results:
            kept = result.record
            for name, value in {**kept["outcomes"], **(quantities(kept) if quantities else {})}.items():
                rows.setdefault(name, []).append(float(value))
            seconds[result.address] = result.seconds  # settings that are the same were simulated once
    columns = [cell.seed for cell in cells[: len(cells) // len(settings)]]
    values = {name: _by_seed(of, columns) for name, of in rows.items()}
    return Measured(list(settings), values, sum(seconds.values()))


def differences(measured: Measured) -> dict[str, pd.DataFrame]:
    """Return quantity -> one row a setting: the columns of `sim.studies.paired.paired`, against the first setting."""
    found = {}
    for name, values in measured.values.items():
        base = pd.DataFrame([values.iloc[0]] * len(values), index=values.index)
        found[name] = paired(values, base)
    return found


def _cells(settings: Sequence[Setting], words: Sequence[str]) -> list[Cell]:
    configs = [compose([*words, *setting.words]) for setting in settings]
    case = checked_case(configs[0])
    return [
        Cell(" ".join(map(str, setting.levers)), config, case, seed)
        for setting, config in zip(settings, configs, strict=True)
        for seed in seeds(config)
    ]


def _by_seed(values: list[float], columns: list[int]) -> pd.DataFrame:
    n = len(columns)
    return pd.DataFrame([values[i : i + n] for i in range(0, len(values), n)], columns=columns)
