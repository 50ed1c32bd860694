"""Who came to a place, who left it and who is there, from the notes of a watched run; to the person."""

import numpy as np
import pandas as pd

from sim.population import STATUSES, TRAVELLING
from sim.studies.witness import MECHANISMS, NEVER, WatchedModel, is_present

CAME = {
    "leave_home": "left home because of the threat there",
    "move_on": "moved on from a place of refuge",
    "try_entry": "entered the host country unseen",
    "leave_west": "set out for the border",
    "admitted": "were admitted at a crossing",
    "turned_back": "turned back from a crossing",
    "gave_up": "gave up at the gates",
    "evacuated": "were taken away from the gates",
    "stopped": "were stopped in a boat, or pushed back",
    "transferred": "were brought from the islands",
    "resettled": "were resettled",
    "go_home": "returned home",
    "crossed": "crossed the border",
}
WENT = {
    **CAME,
    "leave_home": "left because of the threat here, before they had moved or after a return",
    "move_on": "moved on: threat here, or an unprotected stop",
    "go_home": "set out for home",
}


def ledger(model: WatchedModel, notes: pd.DataFrame, place: int) -> pd.DataFrame:
    """Return what changed the number of people in a place until now.

    Returns
    -------
    direction (came, went, died), mechanism (of `MECHANISMS`, or crossed; of the
    dead the phase), other (the place they left for here, or
    set out for from here; blank for the dead), home, people: one row for each that differs.
    """
    here, was_here = (
        (notes[f"{when}place"] == place) & is_present(notes[f"{when}status"].to_numpy()) for when in ("", "was_")
    )
    came, went = notes[here & ~was_here], notes[was_here & ~here & (notes["status"] != STATUSES.index("dead"))]
    dead = notes[was_here & (notes["people"] < notes["was_people"])]
    parts = [
        _part("came", _mechanism_in(came), came["was_place"], came["people"], came["row"], model),
        _part("went", _mechanism_out(went), went["destination"].where(went["destination"] >= 0, went["place"]),
              went["people"], went["row"], model),
        _part("died", _names(dead["phase"]), None, dead["was_people"] - dead["people"], dead["row"], model),
    ]  # fmt: skip
    frame = pd.concat(parts, ignore_index=True)
    keys = ["direction", "mechanism", "other", "home"]
    return frame[frame["people"] > 0].groupby(keys, as_index=False, sort=False)["people"].sum()


def _names(phases: pd.Series) -> np.ndarray:
    return np.array([*MECHANISMS, ""], dtype=object)[phases.to_numpy(np.int64)]


def _mechanism_in(came: pd.DataFrame) -> np.ndarray:
    """Who arrives came for the reason for which it set out; who was not on the way has crossed."""
    travelled = came["was_status"].to_numpy() == TRAVELLING
    return np.where(travelled & (came["why"].to_numpy() != NEVER), _names(came["why"]), "crossed")


def _mechanism_out(went: pd.DataFrame) -> np.ndarray:
    return np.where(went["status"].to_numpy() == TRAVELLING, _names(went["why"]), "crossed")


def _part(direction: str, mechanism, other, people, rows, model) -> pd.DataFrame:
    names = np.array([*model.geography.names, ""], dtype=object)
    places = np.full(len(rows), -1) if other is None else other.to_numpy(np.int64)
    home = model.driver.population.home[rows.to_numpy(np.int64)]
    return pd.DataFrame(
        {
            "direction": direction,
            "mechanism": mechanism,
            "other": names[places],
            "home": names[home],
            "people": people.to_numpy(np.int64),
        }
    )


def residents(model: WatchedModel, place: int) -> pd.DataFrame:
    """Return who is in a place now: home, status, people."""
    p = model.driver.population
    rows = np.flatnonzero((p.place == place) & is_present(p.status))
    names = np.array(model.geography.names, dtype=object)
    frame = pd.DataFrame(
        {"home": names[p.home[rows]], "status": np.array(STATUSES, object)[p.status[rows]], "people": p.people[rows]}
    )
    return frame.groupby(["status", "home"], as_index=False)["people"].sum().astype({"people": np.int64})


def at_the_start(model: WatchedModel, place: int) -> int:
    """Return the people of a place before day 0."""
    homes = model.driver.population
    rows = homes.home == place
    return int(homes.people[rows].sum() + homes.dead[rows].sum())


def on_the_way(model: WatchedModel, place: int) -> int:
    """Return the people who travel to a place now."""
    p = model.driver.population
    return int(p.people[p.destination == place].sum())
