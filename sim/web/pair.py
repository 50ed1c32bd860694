"""Two policies for the same people with the same luck, told side by side: what the page shows of two results."""

import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property

import pandas as pd

from sim.address import address, facts_checksum
from sim.config import Config
from sim.headlines import beside_observations
from sim.runner import seeds
from sim.seeds import Case
from sim.studies import fates, telling
from sim.studies.examples import Paths, examples, followed_paths
from sim.studies.paired import paired
from sim.studies.start import households_at_start
from sim.views.player import Read, played, read, together
from sim.views.wording import scenario_name
from sim.web.catalogue import case
from sim.web.setup import SIDES, Setup, configs
from sim.web.worker import Job, Told

STAY = "They stay where they are."
_OVERHEAD = 1.5  # of objects that no column counts


class Result:
    """One simulated scenario in memory, read like a finished run: its tables, summary and settings."""

    def __init__(self, settings: Config, summary: list[dict], frames: dict[str, pd.DataFrame]):
        self.settings, self.summary, self.frames = settings, summary, frames
        self._observed: pd.DataFrame | None = None
        self._read: Read | None = None

    @cached_property
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

    def observed(self, facts: Case) -> pd.DataFrame:
        """Return published counts beside its own; worked out once."""
        if self._observed is None:
            self._observed = beside_observations(self, facts)
        return self._observed

    def read(self, facts: Case) -> Read:
        """Return what the player shows of it, without a label; worked out once, for the side that stays as it was."""
        if self._read is None:
            self._read = read(played("", self), facts)
        return self._read

    @property
    def bytes(self) -> int:
        """Memory that the tables take."""
        return int(_OVERHEAD * sum(frame.memory_usage(deep=True).sum() for frame in self.frames.values()))


@dataclass(eq=False)
class Pair:
    """What the page shows.

    Attributes
    ----------
    key
        Equal for equal pairs.
    names
        What A and B are called.
    data
        What the player plays, JSON packed by gzip.
    differences
        Columns of `sim.studies.paired.paired` by outcome, with unit and how.
    observed
        Published counts beside both: columns of `beside_observations`, and `b`.
    paths
        Journeys of the followed households of the first seed, side by side.
    both
        The ends of the followed households, as `sim.studies.fates.joined`.
    examples
        Up to five households whose paths differ, told.
    """

    key: str
    names: tuple[str, str]
    data: bytes
    differences: pd.DataFrame
    observed: pd.DataFrame
    paths: tuple[Paths, Paths]
    both: pd.DataFrame
    examples: pd.DataFrame
    changed: int
    people: int

    @property
    def bytes(self) -> int:
        """Memory that it takes."""
        steps = sum(len(one) for paths in self.paths for one in paths.values())
        frames = (self.differences, self.observed, self.both, self.examples)
        return len(self.data) + 300 * steps + sum(int(frame.memory_usage(deep=True).sum()) for frame in frames)


def jobs(setup: Setup) -> list[Job]:
    """Return what has to be done for a set-up, the pair last; InputError where it cannot be simulated."""
    asked = configs(setup)
    found = [simulation(asked[letter], seed) for seed in seeds(asked["a"]) for letter in SIDES]
    key = hashlib.sha256(" ".join(job.key for job in found).encode()).hexdigest()[:40]
    return [*found, Job(key, lambda results, told: pair_of(key, results), lambda pair: pair.bytes)]


def simulation(config: Config, seed: int) -> Job:
    """Return the job that simulates a configuration with a seed."""
    key = address(config, _facts(), seed, "tables")
    return Job(key, lambda _, told: _simulated(config, seed, told), lambda result: result.bytes)


@cache
def _facts() -> str:
    return facts_checksum(case())


def _simulated(config: Config, seed: int, told: Told) -> Result:
    from sim.model import simulate  # Mesa and Numba take a second to import

    tables = simulate(replace(config, threads=1), case(), seed, progress=told)
    return Result(config, tables.summary, tables.frames)


def pair_of(key: str, results: Sequence[Result]) -> Pair:
    """Put results side by side: A and B of the first seed, A and B of the second, and so on."""
    a, b = _joined(results[0::2]), _joined(results[1::2])
    facts, n_seeds = case(), len(results) // 2
    start = households_at_start(a, facts)
    both = fates.joined(fates.ends(a, facts), fates.ends(b, facts), start)
    paths = followed_paths(a), followed_paths(b)
    first = _first_seed(both, paths, start)
    return Pair(
        key=key,
        names=(_name("A", a), _name("B", b)),
        data=_data(a, b, facts),
        differences=_differences(results),
        observed=_observed(a, b, facts),
        paths=paths,
        both=first,
        examples=examples(both, *paths, facts, n_seeds),
        changed=int(both.loc[both["changed"], "people"].sum() / n_seeds),
        people=int(start["people"].sum()),
    )


def _name(side: str, result: Result) -> str:
    return f"{side}: {scenario_name(result.settings.scenario.name)}"


def _data(a: Result, b: Result, facts: Case) -> bytes:
    """Return what the player plays: JSON, packed by gzip."""
    shown = [replace(one.read(facts), label=_name(side, one)) for side, one in (("A", a), ("B", b))]
    text = json.dumps(together(shown, facts), separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=1)


def _joined(results: Sequence[Result]) -> Result:
    """Put the tables of some seeds below each other."""
    first = results[0]
    if len(results) == 1:
        return first
    names = ("series", "journeys", "households", "daily", "flows", "arrivals", "border")
    frames = {name: pd.concat([one.frames[name] for one in results], ignore_index=True) for name in names}
    return Result(first.settings, first.summary, frames)


def _differences(results: Sequence[Result]) -> pd.DataFrame:
    tables = [{entry["outcome"]: entry["value"] for entry in one.summary} for one in results]
    a, b = pd.DataFrame(tables[0::2]).T, pd.DataFrame(tables[1::2]).T
    about = pd.DataFrame([(entry["unit"], entry["how"]) for entry in results[0].summary], a.index, ["unit", "how"])
    return about.join(paired(b, a))


def _observed(a: Result, b: Result, facts: Case) -> pd.DataFrame:
    return a.observed(facts).assign(b=b.observed(facts)["simulated"])


def _first_seed(both: pd.DataFrame, paths: tuple[Paths, Paths], start: pd.DataFrame) -> pd.DataFrame:
    """Return the ends of the households that are followed in the first seed, one row each, also of who stays."""
    keys = pd.DataFrame(list(paths[0]), columns=["seed", "household"])
    keys = keys[keys["seed"] == keys["seed"].min()]
    found = keys.merge(both, on=["seed", "household"], how="left")
    began = start.loc[found["household"]].reset_index(drop=True)
    for name in ("group", "origin", "household_size", "people"):
        found[name] = began[name]
    return found.set_index("household")


def chosen(pair: Pair) -> list[tuple[int, str]]:
    """Return the households to follow and what to call them: first those whose paths differ, then other travellers."""
    rows = pair.both
    differs, moves = rows["changed"].eq(True), rows["changed"].notna()
    order = [*rows.index[differs], *rows.index[moves & ~differs], *rows.index[~moves]]
    labels = case().groups.set_index("group")["label"]
    return [(int(i), _called(rows.loc[i], labels, differs[i])) for i in order]


def _called(row: pd.Series, labels: pd.Series, differs: bool) -> str:
    size = telling.counted(int(row["household_size"]), "person", "people")
    return f"{size} from {row['origin']} ({labels[row['group']]}){', paths differ' if differs else ''}"


def _whole(value):
    """Return a count as a whole number, which a column with blanks does not hold; a name as it is."""
    return value if isinstance(value, str) else int(value)


def story(pair: Pair, household: int) -> dict[str, str]:
    """Tell what a followed household does: together, and then under A and under B."""
    row = pair.both.loc[household]
    was, now = (paths[(int(row["seed"]), household)] for paths in pair.paths)
    first = telling.shared(was, now)
    if pd.isna(row["changed"]):
        return {"together": telling.beginning(was[:1]), "a": STAY, "b": STAY}
    ends = [telling.End(*(_whole(row[prefix + name]) for name in telling.End._fields)) for prefix in ("was_", "is_")]
    a, b = (telling.told(steps, first, end) for steps, end in zip((was, now), ends, strict=True))
    return {"together": telling.beginning(was[:first]), "a": a, "b": b}
