"""The rules onward in expected numbers instead of rows of people: what the fit and the forecasts use, in milliseconds.

The shares are those by which rows are drawn (`refuge.py`); means over many seeds of the rows agree with these numbers
but for the order within a day, which has no effect.
"""

import numpy as np

from sim.compiled import loop
from sim.config import RefugeSettings
from sim.flee.refuge import Ways, attraction, camp_shares, nearness, sizes


def expected_stocks(
    ways: Ways, settings: RefugeSettings, newcomers: np.ndarray, at_start: np.ndarray, first_day: int = 0
) -> np.ndarray:
    """Return the expected people in each camp at the end of each day, (D, J); the first line is the start itself.

    Parameters
    ----------
    newcomers
        (D, Z) people who set out from each zone on each day; those of the first day have arrived already.
    at_start
        (J,) people in the camps at the end of the first day.
    first_day
        Day of the case on which this begins.
    """
    days = slice(first_day, first_day + len(newcomers))
    return _expected(
        np.ascontiguousarray(newcomers, dtype=np.float64),
        np.asarray(at_start, dtype=np.float64),
        ways.period[days],
        nearness(ways, settings),
        np.maximum(ways.metres - 1, 0) // round(settings.speed_km * 1000),
        ways.is_open[days],
        ways.capacity,
        sizes(ways),
        ways.host,
        settings.room_exponent,
        settings.host_exponent,
    )


@loop
def _expected(
    newcomers, at_start, period, nearness, nights, is_open, capacity, size, host, room_exponent, host_exponent
):
    n_days, n_zones = newcomers.shape
    n_camps = len(at_start)
    stocks = np.zeros((n_days, n_camps))
    stocks[0] = at_start
    arriving = np.zeros((n_days, n_camps))
    bound, waiting = at_start.copy(), np.zeros(n_zones)
    for day in range(1, n_days):
        now = period[day]
        pull = attraction(bound, capacity, size, is_open[day], room_exponent)
        shares = camp_shares(nearness[now], pull, host, host_exponent)
        for zone in range(n_zones):
            people = newcomers[day, zone] + waiting[zone]
            waiting[zone] = people
            for j in range(n_camps):
                setting_out = people * shares[zone, j]
                if setting_out > 0.0:
                    waiting[zone] = 0.0
                    bound[j] += setting_out
                    arrives = day + nights[now, zone, j]
                    if arrives < n_days:
                        arriving[arrives, j] += setting_out
        stocks[day] = stocks[day - 1] + arriving[day]
    return stocks
