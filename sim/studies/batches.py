"""Parameter sets simulated in batches through the one runner, with a store, one progress bar over all of them."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.cells import Cell, Progress, simulate_cells
from sim.config import Config
from sim.parameters import with_values
from sim.seeds import Case

STORE = "cells"  # beside a study's folder: studies that lie side by side share what they have simulated


@dataclass
class Batches:
    """Simulates parameter sets with the seeds of a configuration and returns what is kept of each.

    A study that was killed asks for the same sets again and finds them in the store. What a batch asks for must
    follow from the results of those before it alone, never from the clock or the number of processes.

    Attributes
    ----------
    keep
        Makes the record of a simulation, as in `simulate_cells`.
    expected
        How many cells the whole study will ask for, for the progress bar.
    simulated, found
        How many cells were simulated and how many were found in the store.
    """

    config: Config
    case: Case
    keep: str | Callable
    store: Path
    expected: int
    progress: Progress | None = None
    simulated: int = 0
    found: int = 0

    def records(self, sets: Sequence[dict[str, float]], seeds: Sequence[int], name: str = "set") -> list[list[object]]:
        """Return the record of each set with each seed."""
        cells = [
            Cell(f"{name} {number + 1}", with_values(self.config, values), self.case, seed)
            for number, values in enumerate(sets)
            for seed in seeds
        ]
        asked_days = 0

        def tell(done: int, total: int) -> None:
            nonlocal asked_days
            asked_days = total
            self._tell(done, total, len(cells))

        with contextlib.closing(simulate_cells(cells, tell, store=self.store, keep=self.keep)) as results:
            records = [result.record for result in results]
        new = round(asked_days / self.config.n_days)
        self.simulated, self.found = self.simulated + new, self.found + len(cells) - new
        width = len(seeds)
        return [records[i : i + width] for i in range(0, len(records), width)]

    def _tell(self, done: int, asked: int, n_cells: int) -> None:
        """Tell the days done and to be done of the study, without those that were found in the store."""
        if self.progress:
            days = self.config.n_days
            to_do = (self.expected - self.found - n_cells) * days + asked
            self.progress(self.simulated * days + done, max(to_do, self.simulated * days + asked))


def cell_config(config: Config) -> Config:
    """Return the configuration of a study's cells: no posterior, which the study would override."""
    return replace(config, posterior=None, vary="both")
