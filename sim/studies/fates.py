"""Who was where under one policy and under another: every household's end, side by side.

The luck is shared, so a household's path differs only through the policy. That makes the person-level question
meaningful: of the people who ended here under A, where did they end under B?
"""

import numpy as np
import pandas as pd

from sim.results import Run
from sim.seeds import Case

_SHELTERED = ("hosted", "camp", "tent", "unfinished", "open_air")
_RECORD = ["people", "dead", "location", "status", "moves", "tries", "travelled_km"]
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
    status = table["status"].astype(str)
    location, home = table["location"].astype(str), table["home"].astype(str)
    north = location.map(facts["control"]) == "turkish_held"
    home_role = home.map(facts["role"])
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
        status.eq("settled_abroad") & (home_role == "theatre"),
        here & ~home_role.isin(["theatre", "island"]) & (table["travelled_km"] + table["tries"] > 0),
        status.eq("settled_abroad"),
        transferred & (home_role == "island"),
        crossed | transferred,
    ]
    return np.select(chosen, [10, 1, 0, 3, 2, 4, 5, 6, 7, 7, 9, 8], 0)


def ends(run: Run, case: Case) -> pd.DataFrame:
    """Return each household's record with the number of its state, sorted by seed and household."""
    table = run.table("households")
    columns = {name: table[name].cat.codes if name in ("location", "status") else table[name] for name in _RECORD}
    keys = {"seed": table["seed"], "household": table["household"], "group": table["group"], "origin": table["home"]}
    return pd.DataFrame({**keys, **columns, "state": _state_numbers(table, case)})


def joined(was: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Put the ends of two runs side by side, one row a household that left home in one of them.

    Returns
    -------
    seed, group, origin, was, now (states of the living), living_was, living_now, people, changed (bool).
    """
    both = was.merge(now, on=["seed", "household"], how="outer", suffixes=("_was", "_now"))
    at_home_was, at_home_now = both["state_was"].isna(), both["state_now"].isna()
    people_was, people_now = both["people_was"] + both["dead_was"], both["people_now"] + both["dead_now"]
    people = people_was.fillna(people_now).astype("int64")
    same = np.logical_and.reduce([both[f"{name}_was"] == both[f"{name}_now"] for name in _RECORD])
    return pd.DataFrame(
        {
            "seed": both["seed"],
            "group": both["group_was"].fillna(both["group_now"]),
            "origin": both["origin_was"].fillna(both["origin_now"]),
            "was": both["state_was"].fillna(0).astype("int64"),
            "now": both["state_now"].fillna(0).astype("int64"),
            "living_was": both["people_was"].where(~at_home_was, people).astype("int64"),
            "living_now": both["people_now"].where(~at_home_now, people).astype("int64"),
            "people": people,
            "changed": ~same,
        }
    )


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
    was, now, living_was, living_now, people = (
        both[name].to_numpy() for name in ("was", "now", "living_was", "living_now", "people")
    )
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


def changed(both: pd.DataFrame, initial: pd.DataFrame, n_seeds: int) -> pd.DataFrame:
    """Count people whose recorded path differs at all: group, origin, people (mean over seeds), of (who lived there).

    Parameters
    ----------
    initial
        People at the start: location, group, people.
    """
    rows = both[both["changed"]]
    counts = rows.groupby(["group", "origin"], observed=True)["people"].sum() / n_seeds
    lived = initial.groupby(["group", "location"])["people"].sum().rename_axis(["group", "origin"])
    found = counts.rename("people").to_frame()
    found["of"] = lived.reindex(found.index).astype(float)
    return found.reset_index().sort_values(["people", "group", "origin"], ascending=[False, True, True])
