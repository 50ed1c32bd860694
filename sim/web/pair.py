"""Two policies for the same people with the same luck, told side by side: what the page shows of two sides."""

import gzip
import json
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from sim.seeds import Case
from sim.studies import fates, telling
from sim.studies.examples import Paths, examples
from sim.studies.paired import paired
from sim.views.player import together
from sim.views.wording import scenario_name
from sim.web.side import Shown

STAY = "They stay where they are."


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
        Journeys of the followed households under A and B.
    followed
        The ends of the followed households of the first seed, as `sim.studies.fates.joined`, by household.
    examples
        Up to five households whose paths differ, told.
    changed, people
        How many people take another path under B; how many there are.
    labels
        What the groups are called.
    """

    key: str
    names: tuple[str, str]
    data: bytes
    differences: pd.DataFrame
    observed: pd.DataFrame
    paths: tuple[Paths, Paths]
    followed: pd.DataFrame
    examples: pd.DataFrame
    changed: int
    people: int
    labels: dict[str, str]

    @property
    def bytes(self) -> int:
        """Memory that it takes; the journeys are those of its sides."""
        frames = (self.differences, self.observed, self.followed, self.examples)
        return len(self.data) + sum(int(frame.memory_usage(deep=True).sum()) for frame in frames)

    @cached_property
    def households(self) -> dict[int, str]:
        """Households to follow and what to call them: first those whose paths differ, then other travellers."""
        rows = self.followed
        differs, moves = rows["changed"].eq(True).to_numpy(), rows["changed"].notna().to_numpy()
        order = np.argsort(np.select([differs, moves], [0, 1], 2), kind="stable")
        columns = (rows.index, rows["household_size"], rows["origin"], rows["group"].map(self.labels), differs)
        about = list(zip(*columns, strict=True))
        return {int(about[i][0]): _called(*about[i][1:]) for i in order}


def _called(size: int, origin: str, group: str, differs: bool) -> str:
    people = telling.counted(int(size), "person", "people")
    return f"{people} from {origin} ({group}){', paths differ' if differs else ''}"


def pair_of(key: str, a: Shown, b: Shown, facts: Case) -> Pair:
    """Put two sides together, simulated with the same seeds."""
    start = pd.concat([a.start, b.start])
    start = start[~start.index.duplicated()]
    both, n_seeds = fates.joined(a.ends, b.ends, start), len(a.summaries)
    paths = a.paths, b.paths
    names = tuple(f"{letter}: {scenario_name(one.scenario)}" for letter, one in (("A", a), ("B", b)))
    shown = [replace(one.read, label=name) for name, one in zip(names, (a, b), strict=True)]
    text = json.dumps(together(shown, facts), separators=(",", ":"))
    return Pair(
        key=key,
        names=names,
        data=gzip.compress(text.encode(), compresslevel=1),
        differences=a.about.join(paired(_values(b), _values(a))),
        observed=a.observed.assign(b=b.observed["simulated"]),
        paths=paths,
        followed=_followed(both, a.paths, start),
        examples=examples(both, *paths, facts, n_seeds),
        changed=int(both.loc[both["changed"], "people"].sum() / n_seeds),
        people=a.people,
        labels=dict(zip(facts.groups["group"], facts.groups["label"], strict=True)),
    )


def _values(side: Shown) -> pd.DataFrame:
    """Return the outcomes of a side: a row an outcome, a column a seed."""
    return pd.DataFrame(side.summaries).T


def _followed(both: pd.DataFrame, paths: Paths, start: pd.DataFrame) -> pd.DataFrame:
    """Return the ends of the households that are followed in the first seed, one row each, also of who stays."""
    keys = pd.DataFrame(list(paths), columns=["seed", "household"])
    keys = keys[keys["seed"] == keys["seed"].min()]
    found = keys.merge(both, on=["seed", "household"], how="left")
    began = start.loc[found["household"]].reset_index(drop=True)
    for name in ("group", "origin", "household_size", "people"):
        found[name] = began[name]
    return found.set_index("household")


def _whole(value):
    """Return a count as a whole number, which a column with blanks does not hold; a name as it is."""
    return value if isinstance(value, str) else int(value)


def story(pair: Pair, household: int) -> dict[str, str]:
    """Tell what a followed household does: together, and then under A and under B."""
    row = pair.followed.loc[household]
    was, now = (paths[(int(row["seed"]), household)] for paths in pair.paths)
    first = telling.shared(was, now)
    if pd.isna(row["changed"]):
        return {"together": telling.beginning(was[:1]), "a": STAY, "b": STAY}
    ends = [telling.End(*(_whole(row[prefix + name]) for name in telling.End._fields)) for prefix in ("was_", "is_")]
    a, b = (telling.told(steps, first, end) for steps, end in zip((was, now), ends, strict=True))
    return {"together": telling.beginning(was[:first]), "a": a, "b": b}
