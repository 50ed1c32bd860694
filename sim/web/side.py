"""One side of a set-up, simulated with all its seeds: what a page needs of it, small enough to be kept and sent.

A side is made in a worker's process, so that the one that serves the pages has time for them.
"""

import functools
import io
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import pandas as pd

from sim.config import Config
from sim.headlines import beside_observations
from sim.seeds import Case
from sim.studies import fates
from sim.studies.examples import Paths, followed_paths
from sim.studies.start import households_at_start
from sim.views.player import Read, played, read
from sim.work import Cell, Task

_STEP_BYTES = 300


class Simulated:
    """The tables of a side, its seeds below each other, read like a finished run."""

    def __init__(self, settings: Config, found: list):
        self.settings = settings
        self.summary = found[0].summary
        self.frames = {name: _joined([one.frames[name] for one in found]) for name in found[0].frames}

    @functools.cached_property
    def config(self) -> dict:
        """Every setting."""
        return asdict(self.settings)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table."""
        return self.frames[name]

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Return a table by its name, as a finished run does."""
        if name in self.__dict__.get("frames", {}):
            return self.frames[name]
        raise AttributeError(name)


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


@dataclass(eq=False)
class Shown:
    """What a page shows of a side.

    Attributes
    ----------
    scenario
        Its scenario.
    read
        What the player shows, without a label.
    observed
        Columns of `beside_observations`.
    summaries
        By seed the value of each outcome.
    about
        By outcome: unit, how.
    ends
        Columns of `sim.studies.fates.ends`, of those who left home.
    start
        Columns of `households_at_start`, of those and of all who are followed.
    paths
        Journeys of the followed households.
    people
        Everybody.
    """

    scenario: str
    read: Read
    observed: pd.DataFrame
    summaries: list[dict[str, float]]
    about: pd.DataFrame
    ends: pd.DataFrame
    start: pd.DataFrame
    paths: Paths
    people: int

    @property
    def bytes(self) -> int:
        """Memory that it takes."""
        texts = [*(text for *_, text in self.read.stocks), *(text for days in self.read.flows for text in days)]
        steps = sum(map(len, self.paths.values()))
        tables = sum(int(one.memory_usage(deep=True).sum()) for one in (self.observed, self.ends, self.start))
        return sum(map(len, texts)) + _STEP_BYTES * steps + tables


class SideTask(Task):
    """A side to be simulated, its cell the first seed; `keep` is given its configuration, tables by seed, and facts."""

    def record(self, told: Callable[[int], None]) -> object:
        """Simulate every seed and return what is kept; `told` is called with the number of days done of all."""
        from sim.model import simulate  # Mesa and Numba take a second to import

        config, case = self.cell.config, self.cell.case
        found = []
        for number in range(config.replicates):
            progress = functools.partial(_told_of_all, told, number)
            found.append(simulate(config, case, self.cell.seed + number, progress))
        return self.keep(config, found, case)


def _told_of_all(told: Callable[[int], None], n_seeds_before: int, day: int, n_days: int) -> None:
    told(n_seeds_before * n_days + day)


def task(config: Config, case: Case, keep: Callable) -> SideTask:
    """Return the task that simulates a side."""
    config = replace(config, threads=1)
    return SideTask(Cell(config.scenario.name, config, case, config.seed), keep)


def shown(config: Config, found: list, case: Case) -> Shown:
    """Return what a page shows of the tables of a side."""
    run = Simulated(config, found)
    ends, start, paths = fates.ends(run, case), households_at_start(run, case), followed_paths(run)
    summaries = [{entry["outcome"]: entry["value"] for entry in one.summary} for one in found]
    about = [(entry["unit"], entry["how"]) for entry in run.summary]
    of_interest = start.index.isin(ends["household"]) | start.index.isin([household for _, household in paths])
    return Shown(
        scenario=config.scenario.name,
        read=read(played("", run), case),
        observed=beside_observations(run, case),
        summaries=summaries,
        about=pd.DataFrame(about, list(summaries[0]), ["unit", "how"]),
        ends=ends,
        start=start[of_interest],
        paths=paths,
        people=int(start["people"].sum()),
    )


def archived(config: Config, found: list, _: Case) -> bytes:
    """Return the tables of a side as CSV files in a ZIP file, a folder a seed."""
    return zipped(
        {
            f"seed_{seed}/{name}.csv": csv(frame)
            for seed, one in enumerate(found, config.seed)
            for name, frame in one.frames.items()
        }
    )


def csv(frame: pd.DataFrame) -> str:
    """Return a table as CSV."""
    return frame.to_csv(index=False, lineterminator="\n", float_format="%.10g")


def zipped(files: dict[str, str], more: bytes = b"") -> bytes:
    """Return files by name as a ZIP file, beside those of another one."""
    out = io.BytesIO(more)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=3) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return out.getvalue()
