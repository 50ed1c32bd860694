"""Outcomes: pure functions on what was recorded. A stock counts people at the end of a day, a flow during it."""

import numpy as np
import pandas as pd

from sim.geography import BEYOND, HOST, ISLAND, THEATRE
from sim.population import (
    ADMITTED,
    AT_GATE,
    ATTEMPTS,
    CAMP,
    DEAD,
    GAVE_UP,
    HOSTED,
    INJURED,
    INTERCEPTED,
    OPEN_AIR,
    PREVENTED,
    PUSHED_BACK,
    TENT,
    TRAVELLING,
    UNFINISHED,
    over_groups,
)
from sim.recorder import CAME_BACK, CROSSED_BORDER, FIRST_MOVE, MOVE_AFTER_RETURN, REPEAT_MOVE, Recorder
from sim.world import World

# outcome -> (unit, how a run is summed up in one number)
OUTCOMES = {
    "displaced": ("people", "last"),
    "gross_moves": ("moves of people", "sum"),
    "remaining_displaced": ("people", "last"),
    "returned": ("people", "last"),
    "returns": ("people", "sum"),
    "northern_aleppo": ("people", "last"),
    "hosted": ("people", "last"),
    "in_camps": ("people", "last"),
    "in_tents": ("people", "peak"),
    "in_unfinished_buildings": ("people", "peak"),
    "open_air": ("people", "peak"),
    "nights_in_the_open": ("person-nights", "sum"),
    "travelling": ("people", "peak"),
    "entered_host": ("people", "sum"),
    "people_at_land_border": ("people", "peak"),
    "attempts": ("attempts of people", "sum"),
    "prevented": ("attempts of people", "sum"),
    "admitted": ("people", "sum"),
    "pushed_back": ("people", "sum"),
    "intercepted": ("people", "sum"),
    "gave_up": ("people", "sum"),
    "land_arrivals": ("people", "sum"),
    "island_arrivals": ("people", "sum"),
    "island_stock": ("people", "last"),
    "injured_at_border": ("people", "sum"),
    "dead_on_the_way": ("people", "last"),
    "people_in_host_country": ("people", "last"),
}


def outcome_values(recorder: Recorder, world: World) -> dict[str, np.ndarray]:
    """Return every outcome by day, each (D,)."""
    role = recorder.geography.role
    theatre, islands, gates = role == THEATRE, role == ISLAND, world.exit_of >= 0
    in_host = (role >= HOST) & (role < ISLAND)
    people, border = (_over_groups_by_day(counts) for counts in (recorder.stock, recorder.border))
    arrivals = recorder.arrivals
    by_status = people[:, theatre].sum(axis=1)
    moves = recorder.moves.sum(axis=1)
    at_gates = border[:, gates].sum(axis=1)
    western = border[:, role >= HOST].sum(axis=1)
    everywhere = border.sum(axis=1)
    came_back = arrivals[:, :, CAME_BACK].sum(axis=1)
    displaced = np.cumsum(moves[:, FIRST_MOVE])
    away = np.cumsum(moves[:, FIRST_MOVE] + moves[:, MOVE_AFTER_RETURN] - came_back)
    return {
        "displaced": displaced,
        "gross_moves": moves[:, [FIRST_MOVE, REPEAT_MOVE, MOVE_AFTER_RETURN]].sum(axis=1),
        "remaining_displaced": away,
        "returned": np.cumsum(came_back - moves[:, MOVE_AFTER_RETURN]),
        "returns": came_back,
        "northern_aleppo": _displaced_in_the_north(people, recorder),
        "hosted": by_status[:, HOSTED],
        "in_camps": by_status[:, CAMP],
        "in_tents": by_status[:, TENT],
        "in_unfinished_buildings": by_status[:, UNFINISHED],
        "open_air": by_status[:, OPEN_AIR],
        "nights_in_the_open": by_status[:, OPEN_AIR],
        "travelling": by_status[:, TRAVELLING],
        "entered_host": arrivals[:, in_host, CROSSED_BORDER].sum(axis=1),
        "people_at_land_border": people[:, gates, AT_GATE].sum(axis=1),
        "attempts": at_gates[:, ATTEMPTS],
        "prevented": at_gates[:, PREVENTED],
        "admitted": everywhere[:, ADMITTED],
        "pushed_back": western[:, PUSHED_BACK],
        "intercepted": western[:, INTERCEPTED],
        "gave_up": western[:, GAVE_UP],
        "land_arrivals": arrivals[:, role == BEYOND, CROSSED_BORDER].sum(axis=1),
        "island_arrivals": arrivals[:, islands, CROSSED_BORDER].sum(axis=1),
        "island_stock": (people[:, islands, :DEAD].sum(axis=2) - people[:, islands, TRAVELLING]).sum(axis=1),
        "injured_at_border": everywhere[:, INJURED],
        "dead_on_the_way": people[:, :, DEAD].sum(axis=1),
        "people_in_host_country": people[:, in_host, :DEAD].sum(axis=(1, 2)),
    }


def _over_groups_by_day(counts: np.ndarray) -> np.ndarray:
    """Return counts by day, place, group and kind, (D, P, G, n), of all groups together, (D, P, n)."""
    n_days, n_places, n_groups, n = counts.shape
    return over_groups(counts.reshape(-1, n_groups, n)).reshape(n_days, n_places, n)


def _displaced_in_the_north(people: np.ndarray, recorder: Recorder) -> np.ndarray:
    """Return people displaced since day 0 who stay in the Turkish-held north: arrivals less departures."""
    north = recorder.geography.place[recorder.geography.turkish_held]
    refuge = [HOSTED, CAMP, TENT, UNFINISHED, OPEN_AIR]
    return people[:, north][:, :, refuge].sum(axis=(1, 2)) - recorder.camp_people_start[north].sum()


def outcome_series(values: dict[str, np.ndarray], recorder: Recorder) -> pd.DataFrame:
    """Return the outcomes as a tidy frame: day, date, outcome, value."""
    days = np.arange(recorder.n_days)
    return pd.DataFrame(
        {
            "day": np.tile(days, len(values)).astype(np.int16),
            "date": np.tile(recorder.dates(days), len(values)),
            "outcome": pd.Categorical.from_codes(np.repeat(np.arange(len(values)), len(days)), categories=list(values)),
            "value": np.concatenate([series.astype(np.float64) for series in values.values()]),
        }
    )


def summarise(values: dict[str, np.ndarray]) -> list[dict]:
    """Sum each outcome up in one number: its last value, its peak, or its sum."""
    summary = []
    for outcome, series in values.items():
        unit, how = OUTCOMES[outcome]
        value = {"last": series[-1], "peak": series.max(), "sum": series.sum()}[how]
        summary.append({"outcome": outcome, "unit": unit, "how": how, "value": float(value)})
    return summary
