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
    living = recorder.stock.copy()
    living[..., DEAD] = 0
    by_status = recorder.stock[:, theatre].sum(axis=(1, 2))
    moves = recorder.moves.sum(axis=1)
    arrivals = recorder.arrivals
    at_gates = recorder.border[:, gates].sum(axis=(1, 2))
    western = recorder.border[:, role >= HOST].sum(axis=(1, 2))
    everywhere = recorder.border.sum(axis=(1, 2))
    came_back = arrivals[:, :, CAME_BACK].sum(axis=1)
    entered_host = arrivals[:, (role >= HOST) & (role < ISLAND), CROSSED_BORDER].sum(axis=1)
    displaced = np.cumsum(moves[:, FIRST_MOVE])
    away = np.cumsum(moves[:, FIRST_MOVE] + moves[:, MOVE_AFTER_RETURN] - came_back)
    return {
        "displaced": displaced,
        "gross_moves": moves[:, [FIRST_MOVE, REPEAT_MOVE, MOVE_AFTER_RETURN]].sum(axis=1),
        "remaining_displaced": away,
        "returned": np.cumsum(came_back - moves[:, MOVE_AFTER_RETURN]),
        "returns": came_back,
        "northern_aleppo": _displaced_in_the_north(recorder),
        "hosted": by_status[:, HOSTED],
        "in_camps": by_status[:, CAMP],
        "in_tents": by_status[:, TENT],
        "in_unfinished_buildings": by_status[:, UNFINISHED],
        "open_air": by_status[:, OPEN_AIR],
        "nights_in_the_open": by_status[:, OPEN_AIR],
        "travelling": by_status[:, TRAVELLING],
        "entered_host": entered_host,
        "people_at_land_border": recorder.stock[:, gates][..., AT_GATE].sum(axis=(1, 2)),
        "attempts": at_gates[:, ATTEMPTS],
        "prevented": at_gates[:, PREVENTED],
        "admitted": everywhere[:, ADMITTED],
        "pushed_back": western[:, PUSHED_BACK],
        "intercepted": western[:, INTERCEPTED],
        "gave_up": western[:, GAVE_UP],
        "land_arrivals": arrivals[:, role == BEYOND, CROSSED_BORDER].sum(axis=1),
        "island_arrivals": arrivals[:, islands, CROSSED_BORDER].sum(axis=1),
        "island_stock": np.delete(living[:, islands], TRAVELLING, axis=3).sum(axis=(1, 2, 3)),
        "injured_at_border": everywhere[:, INJURED],
        "dead_on_the_way": recorder.stock[..., DEAD].sum(axis=(1, 2)),
        "people_in_host_country": living[:, (role >= HOST) & (role < ISLAND)].sum(axis=(1, 2, 3)),
    }


def _displaced_in_the_north(recorder: Recorder) -> np.ndarray:
    """Return people displaced since day 0 who stay in the Turkish-held north: arrivals less departures."""
    north = recorder.geography.place[recorder.geography.turkish_held]
    refuge = [HOSTED, CAMP, TENT, UNFINISHED, OPEN_AIR]
    people = recorder.stock[:, north][..., refuge].sum(axis=(1, 2, 3))
    return people - recorder.camp_people_start[north].sum()


def outcome_series(recorder: Recorder, world: World) -> pd.DataFrame:
    """Return the outcomes as a tidy frame: day, date, outcome, value."""
    values = outcome_values(recorder, world)
    days = np.arange(recorder.n_days)
    return pd.DataFrame(
        {
            "day": np.tile(days, len(values)).astype(np.int16),
            "date": np.tile(recorder.dates(days), len(values)),
            "outcome": pd.Categorical.from_codes(np.repeat(np.arange(len(values)), len(days)), categories=list(values)),
            "value": np.concatenate([series.astype(np.float64) for series in values.values()]),
        }
    )


def summarise(series: pd.DataFrame) -> list[dict]:
    """Sum each outcome up in one number: its last value, its peak, or its sum."""
    summary = []
    for outcome, rows in series.groupby("outcome", observed=True, sort=False):
        unit, how = OUTCOMES[outcome]
        value = {"last": rows["value"].iloc[-1], "peak": rows["value"].max(), "sum": rows["value"].sum()}[how]
        summary.append({"outcome": outcome, "unit": unit, "how": how, "value": float(value)})
    return summary
