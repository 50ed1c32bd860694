"""Forecasts of people in the camps of a Flee directory that start from the stocks of each day."""

import numpy as np

from sim.config import RefugeSettings
from sim.flee.case import FleeCase
from sim.flee.expected import expected_stocks
from sim.flee.origins import observed_departures
from sim.flee.refuge import Ways, find_ways


def nowcasts(
    case: FleeCase, settings: RefugeSettings, horizon: int, growth: str = "trend", known: np.ndarray | None = None
) -> np.ndarray:
    """Forecast the people in each camp from what was known `horizon` days before; (D, J), blank (NaN) before that.

    Who is there stays. Newcomers are shared out by the rules onward, which see how much room the stocks of the start
    leave, and in proportion to the recent growth of the camps (`recent_weight` of them). Closures and openings of
    the days ahead are taken as announced.

    Parameters
    ----------
    growth
        How many newcomers: `trend`, as many a day as in the last `horizon` days; or `observed`, as came in the end
        (a forecast of shares, not of numbers).
    known
        (D, J) people in the camps as known on each day; the observed series, if not given.
    """
    ways = find_ways(case, settings.closed_border_km)
    known = _of_all_camps(case) if known is None else known
    departures = observed_departures(case)[:, ways.zones]
    found = np.full(known.shape, np.nan)
    for start in range(case.n_days - horizon):
        before = known[max(start - horizon, 0)]
        ahead = departures[start : start + horizon + 1]
        if growth == "trend":
            daily = max(known[start].sum() - before.sum(), 0.0) / max(min(start, horizon), 1)
            ahead = _origins(departures, start)[None, :] * np.full((horizon + 1, 1), daily)
        found[start + horizon] = _ahead(ways, settings, known[start], before, ahead, start)
    return found


def published(case: FleeCase) -> np.ndarray:
    """Return the last count of each camp that had been made by each day, (D, J), instead of lines between counts.

    Before the first count of a camp this is its first count, as in the observed series.
    """
    stocks, days = _of_all_camps(case), np.arange(case.n_days)
    for j, name in enumerate(case.camps):
        made = np.unique(case.reported["day"][case.reported["place"] == name])
        made = made[(made >= 0) & (made < case.n_days)]
        if len(made):
            last = made[np.maximum(np.searchsorted(made, days, side="right") - 1, 0)]
            stocks[:, j] = stocks[last, j]
    return stocks


def _ahead(ways: Ways, settings: RefugeSettings, now, before, departures, start: int) -> np.ndarray:
    """Return the stocks (J,) at the end of the days for which departures (H + 1, Z) are given, from `now` (J,)."""
    arrived = expected_stocks(ways, settings, departures, now, start)[-1] - now
    grown = np.maximum(now - before, 0.0)
    if grown.sum() == 0.0:
        return now + arrived
    alike = arrived.sum() * grown / grown.sum()
    return now + (1.0 - settings.recent_weight) * arrived + settings.recent_weight * alike


def _origins(departures: np.ndarray, day: int) -> np.ndarray:
    """Return the shares of the zones among those who set out, on the last day on which anybody did (Z,)."""
    some = np.flatnonzero(departures[: day + 1].sum(axis=1))
    if not len(some):
        return np.full(departures.shape[1], 1.0 / departures.shape[1])
    return departures[some[-1]] / departures[some[-1]].sum()


def _of_all_camps(case: FleeCase) -> np.ndarray:
    """Return the observed people in every camp (D, J), 0 where there are no observations."""
    return case.observed.reindex(columns=case.camps, fill_value=0).to_numpy(np.float64, copy=True)
