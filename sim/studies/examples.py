"""Five households whose paths differ, told side by side: what a scenario means for somebody.

Some hundred households of each group are followed day by day, chosen by lot before anything happens. The examples are
chosen among those of them that the scenario concerns: one for each kind of change, beginning with the kind that most
people share. Where fewer than five of them differ, others are added, of whom only the end is known.
"""

from collections import Counter

import pandas as pd

from sim.results import Run
from sim.seeds import Case
from sim.studies import telling
from sim.studies.fates import states
from sim.studies.telling import End, Step

MOST = 5
FOLLOWED, ENDS_ONLY = "journeys", "households"  # the table that an example is told from
_TEXTS = ["told_from", "parted", "together", "was_story", "is_story"]
Paths = dict[tuple[int, int], list[Step]]


def followed_paths(run: Run) -> Paths:
    """Return the journeys of the households that are followed, by seed and household."""
    return telling.journeys(run.table("journeys"))


def examples(both: pd.DataFrame, was: Paths, now: Paths, case: Case, n_seeds: int) -> pd.DataFrame:
    """Choose up to five households whose paths differ, and tell them; the same ones whenever it is asked.

    Each time the next one is of the kind of change (how they end under the one and the other run) told least often so
    far; among those of the kind with most people; then of the group told least often; then of the lowest seed and
    number. Who is followed comes first.

    Parameters
    ----------
    both
        The ends of the two runs side by side, from `sim.studies.fates.joined`.
    was, now
        Journeys of the followed households under the two runs, from `followed_paths`.

    Returns
    -------
    example (from 1), seed, household, group, origin, household_size [people], people (that the row stands for), was,
    is (how they end), alike (people whose path differs and who end like them: mean over the seeds), told_from
    ("journeys", or "households" where only the end is known), parted (day on which the paths part, blank if not
    known), together (what they do until then), was_story, is_story (what they do from then on).
    """
    rows = both[both["changed"]]
    alike = rows.groupby(["was", "now"])["people"].transform("sum") / n_seeds
    is_followed = pd.MultiIndex.from_frame(rows[["seed", "household"]]).isin(list(was))
    chosen = _chosen(rows.assign(is_followed=is_followed, alike=alike))
    names, keys = states(case), list(zip(chosen["seed"], chosen["household"], strict=True))
    lines = (_told(row, was.get(key), now.get(key)) for key, (_, row) in zip(keys, chosen.iterrows(), strict=True))
    texts = pd.DataFrame(list(lines), columns=_TEXTS)
    about = chosen[["seed", "household", "group", "origin", "household_size", "people"]].assign(
        was=pd.Categorical.from_codes(chosen["was"], names),
        **{"is": pd.Categorical.from_codes(chosen["now"], names)},
        alike=chosen["alike"],
    )
    about.insert(0, "example", range(1, len(about) + 1))
    return pd.concat([about, texts], axis=1)


def _chosen(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the examples in their order."""
    rows = rows.sort_values(["alike", "was", "now", "seed", "household"], ascending=[False, True, True, True, True])
    # More of one kind and group than there are examples cannot be chosen.
    rows = rows.groupby(["is_followed", "was", "now", "group"], observed=True, sort=False).head(MOST)
    left = list(zip(~rows["is_followed"], rows["was"], rows["now"], rows["group"], rows.index, strict=True))
    told: list[tuple] = []
    while left and len(told) < MOST:
        kinds, groups = Counter(one[1:3] for one in told), Counter(one[3] for one in told)
        # Of equals, min takes the first: most alike, lowest seed and number.
        best = min(left, key=lambda one: (one[0], kinds[one[1:3]]))
        alike = [one for one in left if one[:3] == best[:3]]
        told.append(min(alike, key=lambda one: groups[one[3]]))
        left.remove(told[-1])
    return rows.loc[[one[-1] for one in told]].reset_index(drop=True)


def _told(row: pd.Series, was: list[Step] | None, now: list[Step] | None) -> tuple[str, ...]:
    """Return the texts of an example."""
    ends = [End(*(row[prefix + name] for name in End._fields)) for prefix in ("was_", "is_")]
    if was is None:
        return (ENDS_ONLY, "", "", *(telling.ending(end) for end in ends))
    first = telling.shared(was, now)
    dates = [steps[first].date for steps in (was, now) if len(steps) > first]
    parted = min(dates).isoformat() if dates else ""
    stories = [telling.told(steps, first, end) for steps, end in zip((was, now), ends, strict=True)]
    return (FOLLOWED, parted, telling.beginning(was[:first]), *stories)
