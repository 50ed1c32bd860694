"""A Flee directory simulated person by person: by this model's rules, or by Flee's in its order of a day."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from sim.config import Config, FleeSettings
from sim.draws import to_cumulative
from sim.flee import onward, rules
from sim.flee.case import FleeCase
from sim.flee.origins import origin_weights
from sim.flee.people import CHOICE, PERSON, WORLD, draw_origins, set_out, travel
from sim.flee.places import MARKER, TOWN

Progress = Callable[[int, int], object]


def simulate_case(case: FleeCase, config: Config, seed: int, progress: Progress | None = None) -> pd.DataFrame:
    """Simulate a case by the rules that a configuration names; returns what `simulate_flee` does, and raises that."""
    one_in, days = config.population.one_in, config.days
    if config.rules == "flee":
        return simulate_flee(case, config.flee, seed, one_in, days, progress)
    stocks = onward.people_by_day(case, config.refuge, config.departures, seed, one_in, days, progress)
    return _as_frame(case, stocks * one_in)


def simulate_flee(
    case: FleeCase,
    settings: FleeSettings,
    seed: int = 1,
    one_in: int = 1,
    n_days: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Simulate a case by Flee's rules.

    Parameters
    ----------
    case
        As read; whether Flee's defects are reproduced was decided then.
    settings
        Flee's parameters; `conf/flee` has the sets it is used with.
    one_in
        One row stands for so many people; capacities and arrivals are divided by it.
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
        Where the case has no observations: these tell how many people set out.
    """
    return _as_frame(case, people_by_day(case, settings, seed, one_in, n_days, progress) * one_in)


def people_by_day(
    case: FleeCase,
    settings: FleeSettings,
    seed: int,
    one_in: int = 1,
    n_days: int | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """Return the rows in each place at the end of each day (D, P); parameters as in `simulate_flee`."""
    n_days = n_days or case.n_days
    world = _World(case, settings, seed, one_in, n_days)
    stocks = np.empty((n_days, len(case.names)), dtype=np.int64)
    for day in range(n_days):
        world.step(day)
        stocks[day] = world.places["stock"]
        if progress:
            progress(day + 1, n_days)
    return stocks


class _World:
    """The people, and the tables of every day."""

    def __init__(self, case: FleeCase, settings: FleeSettings, seed: int, one_in: int, n_days: int):
        self.case, self.settings, self.seed = case, settings, seed
        arrived = np.cumsum(case.arrivals[:n_days]) // one_in
        self.new_people = np.diff(arrived, prepend=0)
        at_start = case.observed.iloc[0].reindex(case.names, fill_value=0).to_numpy() // one_in
        self.leave = rules.leaving_thresholds(case, settings)
        self.score = rules.scores(case, settings)
        self.origins = to_cumulative(origin_weights(case, case.intensity * rules.decays(case, settings)))
        self.is_marker = (case.locations["type"] == MARKER).to_numpy()
        self.links = rules.build_links(case, settings)
        self.places = rules.build_places(case, settings, one_in, at_start)
        self.pulls = rules.pulls_of_room(settings)
        self.ways: dict[bytes, tuple] = {}  # by which links are open
        self.choices: dict[bytes, tuple] = {}  # by that and the scores of the places
        self._allocate(at_start, int(at_start.sum() + arrived[-1]))
        self.world = self._constants()

    def _allocate(self, at_start: np.ndarray, n_people: int) -> None:
        """Make a row for everybody there will be; those of day 0 are in the camps."""
        self.n_people = int(at_start.sum())
        self.at = np.zeros(n_people, dtype=np.int32)  # place, or -(link + 1) on the way
        self.at[: self.n_people] = np.repeat(np.arange(len(at_start)), at_start)
        self.people = np.zeros(n_people, dtype=PERSON)
        self.people["fresh"] = True
        n_further = self.settings.awareness_level + int(self.is_marker.sum()) - 1
        # Links after the next one; None leaves planning out of the compiled code.
        self.plan = np.full((n_people, n_further), -1, dtype=np.int32) if n_further else None
        self.rows = np.empty(n_people, dtype=np.int64)

    def _constants(self) -> np.ndarray:
        settings, world = self.settings, np.zeros(1, dtype=WORLD)
        world["speed"] = round(settings.max_move_speed * 1000)
        world["walking"] = round(settings.max_walk_speed * 1000) if settings.start_on_foot else world["speed"]
        world["hurry"] = settings.avoid_short_stints
        return world

    def step(self, day: int) -> None:
        """Simulate a day: new people, closures, scores, decisions in order of rows, travel in order of rows."""
        first, self.n_people = self.n_people, self.n_people + int(self.new_people[day])
        tables = (self.at, self.places, self.pulls, self.world)
        draw_origins(first, self.n_people, self.seed, day, self.origins[day], *tables)
        choices, ways = self._today(day)
        tables = (self.rows, self.at, self.people, self.plan, self.places, self.links, choices, ways, self.pulls)
        n_rows = set_out(self.n_people, self.seed, day, *tables, self.world)
        travel(n_rows, self.seed, day, *tables, self.world)

    def _today(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Put the day's thresholds, closures and weights into the tables; return the ways to choose from."""
        self.links["is_open"] = np.repeat(self.case.route_open[day], 2)
        is_open = self.links["is_open"].tobytes()
        key = is_open + self.score[day].tobytes()
        if key not in self.choices:
            self.choices[key] = self._weighed(is_open, self.score[day])
        first, ways, choices = self.choices[key]
        self.places["leave"], self.places["is_town"] = self.leave[day], self.case.kinds[day] == TOWN
        self.places["first"], self.places["end"], self.places["stamp"] = first[:-1], first[1:], -1
        return choices, ways

    def _weighed(self, is_open: bytes, score: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the first way from each place, the ways, and these as `CHOICE`; few days differ in any of it."""
        settings, links = self.settings, self.links
        if is_open not in self.ways:
            first, ways = rules.find_ways(links, links["is_open"], self.is_marker, settings.awareness_level)
            self.ways[is_open] = first, ways, *rules.way_ends(links, ways)
        first, ways, ends, km = self.ways[is_open]
        choices = np.zeros(len(ways), dtype=CHOICE)
        choices["end"], choices["link"] = ends, ways[:, 0]
        choices["weight"] = rules.way_weights(first, ends, km, score, settings)
        return first, ways, choices


def _as_frame(case: FleeCase, stocks: np.ndarray) -> pd.DataFrame:
    """Return the camps of (D, P) people by day as rows: day, location, people."""
    columns = [case.names.index(name) for name in case.camps]
    n_days, n_camps = len(stocks), len(columns)
    return pd.DataFrame(
        {
            "day": np.repeat(np.arange(n_days), n_camps),
            "location": pd.Categorical.from_codes(np.tile(np.arange(n_camps), n_days), categories=case.camps),
            "people": stocks[:, columns].ravel(),
        }
    )
