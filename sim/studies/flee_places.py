"""A directory of the Flee simulator as a case of people by day and camp."""

from collections.abc import Callable, Sequence

import numpy as np

from sim import scores
from sim.config import Config
from sim.errors import InputError
from sim.flee import FleeCase, read_flee, simulate_case
from sim.flee.nowcast import nowcasts, published
from sim.flee.places import CAMPS
from sim.geography import all_pairs, edge_matrix
from sim.studies.members import Draw, members
from sim.studies.places import PlaceCase

Progress = Callable[[int, int], object]


def flee_places(config: Config, draws: Sequence[Draw], progress: Progress | None = None) -> PlaceCase:
    """Simulate a Flee directory with every parameter set and seed, beside its observations.

    Raises
    ------
    InputError
        Where the directory cannot be read, or has no observations to compare with.
    """
    case = read_flee(config.case.path, config.case.observed, config.flee.defects)
    observed = case.observed.iloc[: config.days or case.n_days]
    if observed.shape[1] < 2:
        raise InputError(f"{case.folder}: nothing can be validated, {observed.shape[1]} camp has observations")
    crew, n_days = members(config, draws), len(observed)
    predicted = []
    for number, member in enumerate(crew):
        told = _told(progress, number * n_days, len(crew) * n_days)
        table = simulate_case(case, member.config, member.seed, told)
        people = table.pivot(index="day", columns="location", values="people")
        predicted.append(people[observed.columns].to_numpy(np.float64))
    capacities = case.locations.set_index("name")["people"][observed.columns]
    return PlaceCase(
        name=case.name,
        places=list(observed.columns),
        dates=case.dates[:n_days],
        observed=observed.to_numpy(np.float64),
        predicted=np.array(predicted),
        draws=np.array([member.draw for member in crew]),
        capacities=capacities.to_numpy(np.float64),
        nearest=nearest_camps(case, list(observed.columns), n_days),
        nowcast=_nowcast(case, [member.config for member in crew], n_days) if config.rules == "onward" else None,
        published=published(case)[:n_days, [case.camps.index(name) for name in observed]],
    )


def _nowcast(case: FleeCase, configs: list[Config], n_days: int) -> Callable:
    """Return the forecast by this model's rules, the mean over the parameter sets."""
    wanted = [case.camps.index(name) for name in case.observed]
    own = {id(config.refuge): config.refuge for config in configs}.values()  # one of each set

    def nowcast(horizon: int, known: np.ndarray) -> np.ndarray:
        everywhere = np.zeros((case.n_days, len(case.camps)))
        everywhere[:n_days, wanted] = known
        found = [nowcasts(case, settings, horizon, known=everywhere)[:n_days, wanted] for settings in own]
        return np.mean(found, axis=0)

    return nowcast


def _told(progress: Progress | None, before: int, total: int) -> Progress:
    return lambda day, _days: progress(before + day, total) if progress else None


def nearest_camps(case: FleeCase, camps: list[str], n_days: int) -> np.ndarray:
    """Return people by day and camp if everybody went to the nearest camp open on the day, along open routes, (D, P).

    People set out from the zones in conflict, in proportion to their population and the intensity.
    """
    number = [case.names.index(name) for name in camps]
    population = case.locations["people"].to_numpy(np.float64) * ~np.isin(case.locations["type"], CAMPS)
    weights = case.intensity[:n_days] * population
    sums = weights.sum(axis=1, keepdims=True)
    shares = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
    distance = np.full((n_days, len(case.names), len(camps)), np.inf)
    known: dict[bytes, np.ndarray] = {}
    for day, is_open in enumerate(case.route_open[:n_days]):
        key = is_open.tobytes()
        if key not in known:
            known[key] = _shortest_km(case, is_open)[:, number]
        is_camp = np.isin(case.kinds[day, number], CAMPS)
        distance[day] = np.where(is_camp, known[key], np.inf)
    newcomers = shares * case.arrivals[:n_days, None]
    return scores.nearest_open(case.observed.to_numpy()[0], newcomers, distance)


def _shortest_km(case: FleeCase, is_open: np.ndarray) -> np.ndarray:
    """Return the shortest way between all places along open routes [km], (P, P); infinite where there is none."""
    routes, number = case.routes[is_open], {name: i for i, name in enumerate(case.names)}
    ends = (routes[column].map(number).to_numpy(np.int64) for column in ("from", "to"))
    km = edge_matrix(len(number), *ends, routes["km"].to_numpy(np.float64))
    all_pairs(km.copy(), km, np.ones(len(number), dtype=np.bool_))
    return km
