"""Who was where under one policy and under another: every household's end, side by side.

The luck is shared, so a household's path differs only through the policy. That makes the person-level question
meaningful: of the people who ended here under A, where did they end under B?
"""

import numpy as np
import pandas as pd

from sim.population import LARGEST_HOUSEHOLD
from sim.results import Run
from sim.seeds import Case

_NO_HOST = ("theatre", "island")
_SHELTERED = ("hosted", "camp", "tent", "unfinished", "open_air")
RECORD = ["status", "location", "moves", "tries", "travelled_km", "people", "dead", "path"]
SIZES = {2: "1 or 2", 5: "3 to 5", 8: "6 to 8", LARGEST_HOUSEHOLD: "9 and more"}  # people, up to
DEAD, NEVER_MOVED = "dead", "never moved"


def states(case: Case) -> list[str]:
    """Return the states in which people may end, in the order in which tables show them."""
    theatre, host, beyond = (_country(case, role) for role in ("theatre", "host", "beyond"))
    in_theatre = case.locations[case.locations["role"] == "theatre"]
    north = in_theatre["control"] == "turkish_held"
    return [
        NEVER_MOVED,
        "returned home",
        f"displaced in {_area(in_theatre[~north], theatre)}",
        f"displaced in {_area(in_theatre[north], 'the Turkish-held north')}",
        "at a border",
        "on the way",
        f"in {host}, came from {theatre}",
        f"home in {host} after a journey",
        f"reached {beyond}",
        f"brought to {beyond}'s mainland",
        DEAD,
    ]


def _country(case: Case, role: str) -> str:
    found = case.locations.loc[case.locations["role"] == role, "country"]
    return found.iloc[0] if len(found) else f"the {role}"


def _area(places: pd.DataFrame, default: str) -> str:
    """Return the area that most of the places lie in."""
    areas = places["area"][places["area"] != ""].str.split(";").str[0].value_counts()
    return areas.index[0] if len(areas) else default


def _state_numbers(table: pd.DataFrame, case: Case) -> np.ndarray:
    """Return the number in `states` of the end of the living of each household."""
    facts = case.locations.set_index("name")
    status, location, home = table["status"], table["location"], table["home"]
    north = _told(location, facts["control"] == "turkish_held")
    of_theatre, settled = _told(home, facts["role"] == "theatre"), _told(home, ~facts["role"].isin(_NO_HOST))
    of_island = _told(home, facts["role"] == "island")
    crossed, transferred = status == "crossed", status == "transferred"
    here = status == "home"
    chosen = [
        status == "dead",
        status == "returned",
        status.isin(_SHELTERED) & (location == home) & (table["moves"] == 0),
        status.isin(_SHELTERED) & north,
        status.isin(_SHELTERED),
        status.isin(["at_gate", "at_coast"]),
        status == "travelling",
        status.eq("settled_abroad") & of_theatre,
        here & settled & (table["travelled_km"] + table["tries"] > 0),
        status.eq("settled_abroad"),
        transferred & of_island,
        crossed | transferred,
    ]
    return np.select(chosen, [10, 1, 0, 3, 2, 4, 5, 6, 7, 7, 9, 8], 0)


def _told(places: pd.Series, facts: pd.Series) -> np.ndarray:
    """Return what is true of each place: looked up once a name, not once a row."""
    return facts.reindex(places.cat.categories).to_numpy(bool)[places.cat.codes]


def ends(run: Run, case: Case) -> pd.DataFrame:
    """Return each household's record with the number of its state; who is not in it was at home all the time."""
    table = run.table("households")
    return table[["seed", "household", *RECORD]].assign(state=_state_numbers(table, case))


def joined(was: pd.DataFrame, now: pd.DataFrame, start: pd.DataFrame) -> pd.DataFrame:
    """Put the ends of two runs side by side, one row a household that left home in one of them.

    Parameters
    ----------
    start
        Every household as it began, from `sim.studies.start`; what a run does not record of a household is as then.

    Returns
    -------
    seed, household, group, origin, household_size, people, was, now (states of the living), changed (bool); and each
    column of `RECORD` under both runs, with `was_` and `is_` before its name, people there the living, path the mark
    of every change of place, status and destination with its day (0: none).
    """
    both = was.merge(now, on=["seed", "household"], how="outer", suffixes=("_was", "_now"))
    began = start.loc[both["household"]].reset_index(drop=True)
    found = {
        "seed": both["seed"],
        "household": both["household"],
        **began[["group", "origin", "household_size", "people"]],
        "was": both["state_was"].fillna(0).astype("int64"),
        "now": both["state_now"].fillna(0).astype("int64"),
    }
    beginning = {"location": began["origin"], "status": began["status"], "people": began["people"]}
    for name in RECORD:
        for side, prefix in (("was", "was_"), ("now", "is_")):
            found[prefix + name] = _filled(both[f"{name}_{side}"], beginning.get(name, 0))
    differs = [found[f"was_{name}"] != found[f"is_{name}"] for name in RECORD]
    return pd.DataFrame({**found, "changed": np.logical_or.reduce(differs)})


def _filled(column: pd.Series, beginning: pd.Series | int) -> pd.Series:
    """Return a column of a run's record, with the beginning where the run tells nothing."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.fillna(beginning).astype("int64")
    names = column.cat.categories.union(beginning.cat.categories, sort=False)
    return column.cat.set_categories(names).fillna(beginning.cat.set_categories(names))


def transitions(both: pd.DataFrame, case: Case, total: int, n_seeds: int) -> pd.DataFrame:
    """Count people by where they ended in the one and in the other run: was, now, people (mean over seeds).

    Parameters
    ----------
    total
        People in all; who is in neither table stayed at home in both runs.
    """
    names = states(case)
    counts = np.zeros((len(names), len(names)))
    dead = names.index(DEAD)
    columns = ("was", "now", "was_people", "is_people", "people")
    was, now, living_was, living_now, people = (both[name].to_numpy(np.int64) for name in columns)
    # Who dies of a household is not said; as many as can be are taken for the same persons in both runs.
    living = np.minimum(living_was, living_now)
    np.add.at(counts, (was, now), living)
    np.add.at(counts, (was, dead), living_was - living)
    np.add.at(counts, (dead, now), living_now - living)
    counts[dead, dead] += (people - np.maximum(living_was, living_now)).sum()
    counts /= n_seeds
    counts[0, 0] += total - counts.sum()
    was, now = np.nonzero(counts)
    return pd.DataFrame(
        {
            "was": pd.Categorical.from_codes(was, names),
            "is": pd.Categorical.from_codes(now, names),
            "people": counts[was, now],
        }
    )


def changed(both: pd.DataFrame, start: pd.DataFrame, n_seeds: int) -> pd.DataFrame:
    """Count people whose path differs at all, by who they are.

    A path is every change of place, status and destination with its day, of which the runs record a mark of 32 bits,
    and how many moves, failed attempts, kilometres and deaths there are in all. A path that differs in its mark only
    is missed with a chance of 2**-32.

    Returns
    -------
    group, origin, household_size, people (mean over the seeds), of (all such people, also where nobody differs, so
    that both columns may be added up).
    """
    keys = ["group", "origin", "household_size"]
    often = np.bincount(both["household"], weights=both["changed"], minlength=len(start))  # in how many seeds
    counts = start[keys].assign(people=start["people"] * often / n_seeds, of=start["people"])
    found = counts.groupby(keys, observed=True)[["people", "of"]].sum()
    return found.reset_index().sort_values(["people", *keys], ascending=[False, True, True, True])


def shares(changed: pd.DataFrame, by: str) -> pd.DataFrame:
    """Add up the people whose path differs: scenario, name, people, of, most people first.

    Parameters
    ----------
    changed
        The table of `changed` with a column `scenario`.
    by
        "group", "origin" or "household_size"; sizes are put into classes and stay in their order.
    """
    names, order = changed[by].astype(str), ["people", "of"]
    if by == "household_size":
        names = pd.cut(changed[by], [0, *SIZES], labels=list(SIZES.values()))
    sums = changed.groupby(["scenario", names.rename("name")], observed=True)[order].sum().reset_index()
    if by == "household_size":
        return sums.sort_values(["scenario", "name"], ignore_index=True)
    return sums.sort_values(["scenario", *order], ascending=[True, False, False], kind="stable", ignore_index=True)


def persons(both: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Return the households whose path differs at all, by name: where and how they end under both runs.

    Returns
    -------
    seed, household, group, origin, household_size, people, was, is (states, as in `transitions`), and was_status,
    is_status, was_location, is_location ... for each column of `RECORD`.
    """
    names, rows = states(case), both[both["changed"]].sort_values(["seed", "household"])
    rows = rows.rename(columns={"now": "is"}).drop(columns="changed").reset_index(drop=True)
    return rows.assign(**{side: pd.Categorical.from_codes(rows[side], names) for side in ("was", "is")})
