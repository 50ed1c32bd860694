"""A Flee directory simulated by this model's rules, person by person: setting out, seeking refuge, travelling."""

import numpy as np
import pandas as pd

from sim.compiled import loop, rule
from sim.config import RefugeSettings
from sim.draws import DESTINATION, choose, key_of, luck, to_cumulative
from sim.flee.case import FleeCase
from sim.flee.people import ORIGIN
from sim.flee.origins import origin_weights
from sim.flee.refuge import Ways, find_ways, nearness, sizes, todays_shares

WAITING, TRAVELLING, ARRIVED = 0, 1, 2

PERSON = np.dtype(
    [
        ("state", np.int8),
        ("zone", np.int16),
        ("camp", np.int16),  # -1 while waiting
        ("left", np.int32),  # of the way [m]
    ]
)


@rule("int64(int64, int64)")
def left_after(metres, speed):
    """Return how much of a way is left after a day [m]; the day of setting out is a day of travel."""
    return max(metres - speed, 0)


@loop
def set_out(people, first, end, seed, day, origins):
    """Place those who set out today, rows `first` to `end`, in the zones by cumulative thresholds (Z,)."""
    key = key_of(seed, day, ORIGIN)
    for row in range(first, end):
        people[row]["zone"] = choose(origins, luck(key, row))
        people[row]["camp"] = -1


@loop
def seek_refuge(people, end, seed, day, table, metres, speed, bound, stock):
    """Let those who wait choose a camp, and all who are on the way travel a day.

    Who finds no camp in reach waits. Nobody sees what others choose on the same day, so that order has no effect.

    Parameters
    ----------
    table
        (Z, J) cumulative thresholds of the camps, from each zone.
    bound, stock
        (J,) people in each camp, those on the way included and not; updated.
    """
    key = key_of(seed, day, DESTINATION)
    for row in range(end):
        if people[row]["state"] == ARRIVED:
            continue
        zone = people[row]["zone"]
        if people[row]["state"] == WAITING:
            camp = choose(table[zone], luck(key, row))
            if camp < 0:
                continue
            people[row]["state"] = TRAVELLING
            people[row]["camp"] = camp
            people[row]["left"] = metres[zone, camp]
            bound[camp] += 1
        people[row]["left"] = left_after(people[row]["left"], speed)
        if people[row]["left"] == 0:
            people[row]["state"] = ARRIVED
            stock[people[row]["camp"]] += 1


def simulate_onward(
    case: FleeCase,
    settings: RefugeSettings,
    seed: int = 1,
    one_in: int = 1,
    n_days: int | None = None,
    progress=None,
) -> pd.DataFrame:
    """Simulate a case by this model's rules.

    Parameters
    ----------
    one_in
        One row stands for so many people.
    n_days
        So many days only.
    progress
        Called with the days done and all days.

    Returns
    -------
    One row for each day and camp: day, location, people (in the camp at the end of the day).

    Raises
    ------
    InputError
        Where the case has no observations: these tell how many people set out, and who is there on day 0.
    """
    n_days = n_days or case.n_days
    world = OnwardWorld(case, settings, seed, one_in, n_days)
    stocks = np.empty((n_days, len(case.camps)), dtype=np.int64)
    for day in range(n_days):
        world.step(day)
        stocks[day] = world.stock
        if progress:
            progress(day + 1, n_days)
    n_camps = len(case.camps)
    return pd.DataFrame(
        {
            "day": np.repeat(np.arange(n_days), n_camps),
            "location": pd.Categorical.from_codes(np.tile(np.arange(n_camps), n_days), categories=case.camps),
            "people": stocks.ravel() * one_in,
        }
    )


def newcomers_of(case: FleeCase, ways: Ways) -> np.ndarray:
    """Return the shares of the zones among those who set out on each day, (D, Z)."""
    weights = np.ascontiguousarray(origin_weights(case, case.intensity)[:, ways.zones])
    return weights / weights.sum(axis=1, keepdims=True)


class OnwardWorld:
    """The people, and the tables of every day."""

    def __init__(self, case: FleeCase, settings: RefugeSettings, seed: int, one_in: int, n_days: int):
        self.settings, self.seed = settings, seed
        self.ways = find_ways(case, settings.closed_border_km)
        arrived = np.cumsum(case.arrivals[:n_days]) // one_in
        self.new_people = np.diff(arrived, prepend=0)
        self.origins = to_cumulative(newcomers_of(case, self.ways)[:n_days])
        self.capacity, self.size = self.ways.capacity / one_in, sizes(self.ways)
        self.nearness = nearness(self.ways, settings)
        self.speed = round(settings.speed_km * 1000)
        self.stock = case.observed.iloc[0].reindex(case.camps, fill_value=0).to_numpy() // one_in
        self._settle(int(arrived[-1]))

    def _settle(self, n_newcomers: int) -> None:
        """Put the people of day 0 into the camps, in the first rows."""
        self.n_people = int(self.stock.sum())
        self.people = np.zeros(self.n_people + n_newcomers, dtype=PERSON)
        self.people["state"][: self.n_people] = ARRIVED
        self.people["zone"][: self.n_people] = -1
        self.people["camp"][: self.n_people] = np.repeat(np.arange(len(self.stock)), self.stock)
        self.bound = self.stock.copy()

    def step(self, day: int) -> None:
        """Simulate a day: people set out, and those who have found no refuge yet seek it."""
        first, self.n_people = self.n_people, self.n_people + int(self.new_people[day])
        set_out(self.people, first, self.n_people, self.seed, day, self.origins[day])
        now, ways = self.ways.period[day], self.ways
        exponents = (self.settings.room_exponent, self.settings.host_exponent)
        shares = todays_shares(
            self.nearness[now],
            self.bound.astype(np.float64),
            self.capacity,
            self.size,
            ways.is_open[day],
            ways.host,
            *exponents,
        )
        tables = (to_cumulative(shares), ways.metres[now], self.speed)
        seek_refuge(self.people, self.n_people, self.seed, day, *tables, self.bound, self.stock)
