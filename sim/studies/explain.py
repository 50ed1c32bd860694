"""`explain`: why people are where they are, or why a household went where it went, in sentences with their numbers.

A run keeps counts, not reasons. So it is simulated anew to the day that is asked for, with the same people and luck,
and watched while it happens.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from sim.address import program_checksum
from sim.compose import recomposed
from sim.config import Config
from sim.errors import InputError, nearest
from sim.parameters import Replicate, replicates
from sim.results import Run, open_run
from sim.studies.attraction import Attraction
from sim.studies.blame import Blame
from sim.studies.comparison import facts_of
from sim.studies.journey import Follow, journey_text
from sim.studies.ledger import at_the_start, ledger, on_the_way, residents
from sim.studies.place_text import place_text
from sim.studies.witness import PHASES, Progress, WatchedModel, watched

ASKED = ("location", "day", "household", "seed")
RANDOM = "random"


@dataclass
class Explanation:
    """What `explain` found; `text` says it, `frames` hold every number behind it, by name.

    Of a place: `ledger` (who came, went and died, by mechanism), `people` (who is there now), `choice` (what spoke for
    and against the place), `attacks` (what people fled from), `numbers` (one row: start, came, went, ...). Of a
    household: `steps` (day, what it did, reason).
    """

    text: str
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in self.frames:
            raise AttributeError(f"an explanation has no '{name}'")
        return self.frames[name]

    def __str__(self) -> str:
        return self.text


def explain(
    run: Run | Path | str,
    location: str | None = None,
    day: int | str | datetime.date | None = None,
    household: int | str | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Tell which mechanisms brought people to a place until a day, or why a household did what it did.

    Parameters
    ----------
    run
        A finished run, or its folder.
    location, day
        A place, and a day of the run as a number from 0 or a date; without a day, the last one.
    household
        The number of a household, as in the tables `households` and `journeys`, or "random" for one that moved.
    seed
        Which replicate; the first, if not said.

    Raises
    ------
    InputError
        Where there is no such place, day, household or seed, or the program or the facts have changed since.
    """
    run = run if isinstance(run, Run) else open_run(run)
    if (location is None) == (household is None):
        raise InputError("say location=NAME and day=N, or household=N, but not both")
    config = _config(run)
    replicate = _replicate(config, seed)
    last = config.n_days - 1 if day is None else _day(day, config)
    if location is not None:
        return _of_place(run, replicate, location, last, progress)
    return _of_household(run, replicate, household, last, progress)


def read_words(words: Sequence[str]) -> dict:
    """Read `NAME=VALUE` words as arguments of `explain`."""
    found = {}
    for word in words:
        name, is_set, value = word.partition("=")
        if not is_set or name not in ASKED:
            hint = nearest(name, ASKED) or f"; it can be asked for {', '.join(ASKED)}"
            raise InputError(f"'{word}': there is no such setting{hint}")
        found[name] = value
    if "seed" in found:
        found["seed"] = _whole("seed", found["seed"])
    return found


def _config(run: Run) -> Config:
    if run.manifest["source_checksum"] != program_checksum():
        raise InputError(f"{run.folder} was simulated by another version of the program, run it again to explain it")
    return recomposed(run.config)


def _replicate(config: Config, seed: int | None) -> Replicate:
    found = {one.seed: one for one in replicates(config)}
    if seed is None:
        return next(iter(found.values()))
    if seed not in found:
        raise InputError(f"seed is {seed}, but the run has {', '.join(map(str, found))}")
    return found[seed]


def _whole(name: str, value: int | str) -> int:
    try:
        return int(value)
    except ValueError:
        raise InputError(f"{name} is '{value}', but must be a whole number") from None


def _day(day: int | str | datetime.date, config: Config) -> int:
    """Return the number of a day that is given as a number or as a date."""
    last = config.start + datetime.timedelta(days=config.n_days - 1)
    try:
        number = (datetime.date.fromisoformat(str(day)) - config.start).days
    except ValueError:
        try:
            number = int(day)
        except ValueError:
            raise InputError(f"day is '{day}', but must be a number such as 60, or a date such as {last}") from None
    if not 0 <= number < config.n_days:
        raise InputError(
            f"day is {day}, but the run has days 0 to {config.n_days - 1}, {config.start} to {last}"
        )
    return number


def _of_place(run: Run, replicate: Replicate, location: str, day: int, progress: Progress | None) -> Explanation:
    case = facts_of(run)
    names = case.locations["name"].tolist()
    same = [name for name in names if name.casefold() == location.casefold()]
    if not same:
        raise InputError(f"location is '{location}', but there is no such place{nearest(location, names)}")
    place = names.index(same[0])
    model = watched(
        replicate.config, case, replicate.luck, day, [Blame, lambda model: Attraction(model, place)], progress
    )
    blame, attraction = model.looking
    notes = model.notes()
    entries = ledger(model, notes, place)
    frames = {
        "numbers": _numbers(model, place, entries, attraction),
        "ledger": entries,
        "people": residents(model, place),
        "choice": attraction.frame(),
        "attacks": _attacks(model, notes, place, blame),
    }
    return Explanation(place_text(model, replicate.seed, place, frames), frames)


def _numbers(model: WatchedModel, place: int, entries: pd.DataFrame, attraction: Attraction) -> pd.DataFrame:
    sums = entries.groupby("direction")["people"].sum()
    camp = model.camp_places[place]
    flows = {name: int(sums.get(name, 0)) for name in ("came", "went", "died")}
    row = {"start": at_the_start(model, place), **flows, "now": int(residents(model, place)["people"].sum())}
    row |= {"on_the_way": on_the_way(model, place), "camp_places": int(camp), **vars(attraction.chances)}
    return pd.DataFrame([row])


def _attacks(model: WatchedModel, notes: pd.DataFrame, place: int, blame: Blame) -> pd.DataFrame:
    """Return kind, at, first, last, n_days, share: behind the flight of those who left home for here."""
    left = notes[(notes["phase"] == PHASES.index("leave_home")) & (notes["destination"] == place)]
    columns = (left["day"], model.world.spot_of[left["was_place"].to_numpy(np.int64)], left["people"])
    names, spots = model.geography.names, model.geography.place
    rows = [
        (kind, names[spots[spot]], blame.days[kind, spot][0], blame.days[kind, spot][-1], share)
        for (kind, spot), share in blame.behind(*map(np.asarray, columns)).items()
    ]
    return pd.DataFrame(rows, columns=["kind", "at", "first", "last", "share"])


def _of_household(
    run: Run, replicate: Replicate, household: int | str, day: int, progress: Progress | None
) -> Explanation:
    case = facts_of(run)
    number = _some_household(run, replicate.seed) if household == RANDOM else _whole("household", household)
    if number < 0:
        raise InputError(f"household is {number}, but the first one is 0")
    model = watched(replicate.config, case, replicate.luck, day, [Blame, lambda model: Follow(model, number)], progress)
    follow = model.looking[1]
    return Explanation(journey_text(model, follow, replicate.seed), {"steps": follow.frame()})


def _some_household(run: Run, seed: int) -> int:
    """Return a household that moved, another one each time."""
    households = run.table("households")
    rows = households.loc[(households["seed"] == seed) & (households["moves"] > 0), "household"]
    if rows.empty:
        raise InputError(f"{run.folder}: no household moved, there is no journey to tell")
    return int(np.random.default_rng().choice(rows.to_numpy()))
