"""A Flee directory simulated by this model's rules, person by person: setting out, seeking refuge, travelling."""

import numpy as np

from sim.compiled import loop, rule
from sim.config import RefugeSettings
from sim.draws import DESTINATION, choose, key_of, luck, to_cumulative
from sim.flee.case import FleeCase
from sim.flee.origins import observed_departures, own_departures
from sim.flee.people import ORIGIN
from sim.flee.refuge import find_ways, nearness, sizes, todays_shares

WAITING, TRAVELLING, ARRIVED = 0, 1, 2

PERSON = np.dtype(
    [
        ("state", np.int8),
        ("zone", np.int16),  # where from, -1 for those in the camps on day 0
        ("camp", np.int16),  # -1 while waiting
        ("left", np.int32),  # of the way [m]
    ]
)
_WHOLE_PERSON = 1e-6  # sums of shares may fall short of a whole person by less


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
    metres
        (Z, J) length of the ways.
    bound, stock
        (J,) people in each camp, those on the way to it included and not; updated.
    """
    key = key_of(seed, day, DESTINATION)
    for row in range(end):
        if people[row]["state"] == ARRIVED:
            continue
        if people[row]["state"] == WAITING:
            zone = people[row]["zone"]
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


class OnwardWorld:
    """The people of a Flee directory, and the tables of every day.

    Parameters
    ----------
    departures
        `observed`: as many set out as the camps received; `endogenous`: by the model's own hazard.
    one_in
        One row stands for so many people.
    """

    def __init__(
        self, case: FleeCase, settings: RefugeSettings, departures: str, seed: int, one_in: int = 1, n_days: int = 0
    ):
        self.settings, self.seed = settings, seed
        self.n_days = min(n_days or case.n_days, case.n_days)
        self.ways = find_ways(case, settings.closed_border_km)
        self.capacity, self.size = self.ways.capacity / one_in, sizes(self.ways)
        self.nearness = nearness(self.ways, settings)
        self.speed = round(settings.speed_km * 1000)
        self._plan(observed_departures(case) if departures == "observed" else own_departures(case, settings), one_in)
        self._settle(case, one_in)

    def _plan(self, departures: np.ndarray, one_in: int) -> None:
        """Tell how many rows set out on each day, and from where."""
        departures = np.ascontiguousarray(departures[: self.n_days, self.ways.zones])
        so_far = np.floor((np.cumsum(departures.sum(axis=1)) + _WHOLE_PERSON) / one_in).astype(np.int64)
        self.new_people = np.diff(so_far, prepend=0)
        self.origins = to_cumulative(departures)

    def _settle(self, case: FleeCase, one_in: int) -> None:
        """Put the people of day 0 into the camps, in the first rows."""
        there = np.zeros(len(self.ways.camps), dtype=np.int64)
        if case.series is not None:
            there[:] = case.observed.iloc[0].reindex(case.camps, fill_value=0).to_numpy() // one_in
        self.n_people = int(there.sum())
        self.people = np.zeros(self.n_people + int(self.new_people.sum()), dtype=PERSON)
        settled = self.people[: self.n_people]
        settled["state"], settled["zone"] = ARRIVED, -1
        settled["camp"] = np.repeat(np.arange(len(there)), there)
        self.stock, self.bound = there, there.copy()

    def step(self, day: int) -> None:
        """Simulate a day: people set out, and those who have found no refuge yet seek it."""
        first, self.n_people = self.n_people, self.n_people + int(self.new_people[day])
        set_out(self.people, first, self.n_people, self.seed, day, self.origins[day])
        now, metres = self.ways.period[day], self.ways.metres
        tables = (to_cumulative(self._shares(day)), metres[now], self.speed)
        seek_refuge(self.people, self.n_people, self.seed, day, *tables, self.bound, self.stock)

    def _shares(self, day: int) -> np.ndarray:
        """Return the shares of the camps among those who leave each zone today (Z, J)."""
        return todays_shares(
            self.nearness[self.ways.period[day]],
            self.bound.astype(np.float64),
            self.capacity,
            self.size,
            self.ways.is_open[day],
            self.ways.host,
            self.settings.room_exponent,
            self.settings.host_exponent,
        )


def people_by_day(
    case: FleeCase,
    settings: RefugeSettings,
    departures: str,
    seed: int,
    one_in: int = 1,
    n_days: int | None = None,
    progress=None,
) -> np.ndarray:
    """Return the rows in each camp at the end of each day, (D, P) by the places of the case; parameters as above.

    Raises
    ------
    InputError
        Where departures are observed ones and the case has no observations.
    """
    world = OnwardWorld(case, settings, departures, seed, one_in, n_days or 0)
    stocks = np.zeros((world.n_days, len(case.names)), dtype=np.int64)
    for day in range(world.n_days):
        world.step(day)
        stocks[day, world.ways.camps] = world.stock
        if progress:
            progress(day + 1, world.n_days)
    return stocks
