"""From the run's tables to what a map shows: people by place and status group, lost places, crossings."""

import datetime

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.views.style import STATUS_GROUPS

LOST = {
    "control_initial": "held_before",
    "sub_district_partly_lost": "partly_lost",
    "sub_district_lost": "lost",
}
CROSSING_ROLES = ("entry_gate", "exit_gate", "coast")
WATCHED_DAYS = 7
GROUP_OF_STATUS = {status: key for key, (_, _, statuses) in STATUS_GROUPS.items() for status in statuses}


def find_day(daily: pd.DataFrame, when: int | str | datetime.date) -> tuple[int, datetime.date]:
    """Return the day number and the calendar date of a day that the table covers.

    Parameters
    ----------
    when
        A day number, an ISO date or a date.

    Raises
    ------
    InputError
        If the run has no such day.
    """
    start = pd.Timestamp(daily["date"].iloc[0]) - pd.Timedelta(days=int(daily["day"].iloc[0]))
    try:
        day = when if isinstance(when, int) else (pd.Timestamp.fromisoformat(str(when)) - start).days
    except ValueError:
        raise InputError(f"'{when}' is not a date such as 2020-03-05.") from None
    last = int(daily["day"].max())
    if not 0 <= day <= last:
        end = start + pd.Timedelta(days=last)
        raise InputError(f"The run covers {start:%Y-%m-%d} to {end:%Y-%m-%d} (days 0 to {last}), not {when}.")
    return int(day), (start + pd.Timedelta(days=day)).date()


def displaced_rows(daily: pd.DataFrame, case) -> pd.DataFrame:
    """Return the rows of people in displacement, with their status group and the place they are counted in.

    People at home count where home is a refuge: those displaced before day 0, and those in the centres on
    islands. Refugees settled in the host country are left out: they would hide everything else.
    """
    places = case.locations.set_index("name")
    location, status = (daily[column].astype("category") for column in ("location", "status"))
    role, key = location.map(places["role"]).astype(object), status.map(GROUP_OF_STATUS).astype(object)
    at_home = status == "home"
    key = key.mask(at_home & (role == "island"), "camp")
    key = key.mask(at_home & (role == "theatre") & (daily["group"] == "displaced_before"), "settled")
    rows = daily.assign(key=key, place=location.map(counted_in(case)).astype(object))
    return rows[rows["key"].notna()]


def counted_in(case) -> pd.Series:
    """Return the place in which each place is counted: itself, or the one that it is a part of."""
    places = case.locations.set_index("name")
    return places["part_of"].where(places["part_of"].fillna("") != "", places.index.to_series())


def people_by_place(daily: pd.DataFrame, case, day: int) -> pd.DataFrame:
    """Return people in displacement on a day: a row a place, a column a status group, mean over seeds."""
    rows = displaced_rows(daily[daily["day"] == day], case)
    table = rows.pivot_table(index="place", columns="key", values="people", aggfunc="sum", fill_value=0)
    return table.reindex(columns=list(STATUS_GROUPS), fill_value=0) / daily["seed"].nunique()


def busiest_day(daily: pd.DataFrame, case) -> int:
    """Return the day with most people in displacement."""
    totals = displaced_rows(daily, case).groupby("day")["people"].sum()
    return int(totals.idxmax()) if len(totals) else 0


def lost_places(events: pd.DataFrame, date: datetime.date) -> dict[str, str]:
    """Return the places under government control on a date: held_before, partly_lost or lost."""
    marks = {}
    for kind, mark in LOST.items():
        rows = events[(events["type"] == kind) & (pd.to_datetime(events["date"]) <= pd.Timestamp(date))]
        marks.update({place: mark for cell in rows["places"] for place in cell.split(";") if place})
    return marks


def crossing_states(border: pd.DataFrame, case, day: int) -> dict[str, str]:
    """Return gate_open, gate_shut or gate_quiet for each crossing, from the week that ends on a day."""
    states = crossing_states_by_day(border[border["day"] <= day], case, day + 1)
    return {name: states[name].iloc[-1] for name in states}


def crossing_states_by_day(border: pd.DataFrame, case, n_days: int) -> pd.DataFrame:
    """Return gate_open, gate_shut or gate_quiet: a row a day, a column a crossing, from the week that ends on it."""
    crossings = pd.Index(case.locations.loc[case.locations["role"].isin(CROSSING_ROLES), "name"])
    names = border["crossing"].astype("category")
    number = crossings.get_indexer(names.cat.categories)[names.cat.codes]
    cell = (border["day"] * len(crossings) + number)[number >= 0]
    weeks = []
    for name in ("attempts", "admitted"):
        people = np.bincount(cell, border.loc[number >= 0, name], n_days * len(crossings)).reshape(n_days, -1)
        total = np.cumsum(people, axis=0)
        weeks.append(total - np.vstack([np.zeros((WATCHED_DAYS, len(crossings))), total])[:n_days])
    attempts, admitted = weeks
    states = np.where(attempts == 0, "gate_quiet", np.where(admitted * 2 >= attempts, "gate_open", "gate_shut"))
    return pd.DataFrame(states, range(n_days), crossings)
