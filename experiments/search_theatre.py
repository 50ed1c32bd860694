"""Search the values of the theatre on the calibration rows: how the numbers marked C in conf/behaviour came about.

    python experiments/search_theatre.py --minutes 15

A plain evolution strategy within the prior ranges, on two samples of one household in fifteen, people of the theatre
only (nothing beyond its border acts on them). It reads no row but those marked calibration, and the published ratio
of moves to people. Prints the best values, and each row beside what a fresh, larger sample gives. It is a search, not
a posterior: distant sets fit nearly as well.
"""

import argparse
import dataclasses
import datetime
import time

import numpy as np

from sim.compose import compose
from sim.model import DisplacementModel
from sim.paths import data_folder
from sim.seeds import load_case, places_in

PRIORS = {
    "push_strike": (0.3, 2.5), "push_offensive": (0.1, 2), "push_capture": (0.5, 4), "half_life_air": (2, 12),
    "spread_km": (6, 25), "spread_share": (0.2, 1.2), "highway_factor": (2, 6), "border_shelter": (0.5, 0.98),
    "leave_max": (0.08, 0.3), "threshold_sigma": (0.25, 0.8), "onward_rate": (0.1, 0.3), "distance_cost": (0.02, 0.3),
    "size_exponent": (0.5, 1.2), "danger_aversion": (1.5, 4), "same_governorate": (0.8, 2), "seam_cost": (0, 1.5),
    "room_weight": (0, 1.5), "belt_pull": (0.5, 3), "ties_weight": (0, 0.6), "route_danger": (0, 1),
}
SPREAD = {"displaced": 0.04, "departures": 0.15, "arrivals": 0.15, "arrivals_flow": 0.2, "moves_per_person": 0.05}
MOVES_PER_PERSON = 1.6  # published 1.65 counts moves inside a sub-district, which the model cannot see
# A monthly round of interviews may hold the last days of January; read so, the tables of February fit better.
ROUND_OF_FEBRUARY = datetime.date(2020, 1, 27)
DAYS = 91


def people_of_the_theatre():
    """Return the case with nobody outside the theatre."""
    case = load_case(data_folder("seeds") / "idlib_2020")
    inside = case.locations["name"][case.locations["role"] == "theatre"]
    return dataclasses.replace(case, initial=case.initial[case.initial["location"].isin(inside)].copy())


def calibration_rows(case):
    """Return the observations that may be fitted to."""
    rows = case.observed[(case.observed["use"] == "calibration") & case.observed["outcome"].isin(SPREAD)]
    return list(rows.itertuples())


def simulated(model, row):
    """Return what the model counts in place of one observation."""
    recorder, geography = model.recorder, model.geography
    begin = row.period_start
    if row.outcome in ("departures", "arrivals") and row.kind == "flow":
        begin = ROUND_OF_FEBRUARY
    days = slice((begin - model.config.start).days, (row.date - model.config.start).days + 1)
    if row.outcome == "displaced":  # counted from 1 December also where publications count from the 12th
        return recorder.moves[: days.stop, :, 1].sum()
    flows = model.recorder.frames()["flows"]
    flows = flows[flows["day"].between(days.start, days.stop - 1)]
    if row.outcome == "arrivals_flow":
        origin, destination = (places_in(model.case.locations, f"{end} governorate") for end in row.place.split(">"))
        return flows.loc[flows["origin"].isin(origin) & flows["destination"].isin(destination), "people"].sum()
    places = places_in(model.case.locations, row.place)
    if row.kind == "cumulative":
        came = flows["destination"].isin(places) & ~flows["origin"].isin(places)
        return flows.loc[came, "people"].sum()
    numbers = [geography.number(name) for name in places]
    if row.outcome == "departures":
        return recorder.moves[days][:, numbers, 1:].sum()
    return recorder.arrivals[days][:, numbers, :2].sum()


def counts(values, config, case, seeds):
    """Run the model with some values; return (row id, outcome, mean count, observed) for each calibration row."""
    for name, value in values.items():
        setattr(config.behaviour, name, float(value))
    rows = calibration_rows(case)
    totals, moves = np.zeros(len(rows)), 0.0
    for seed in seeds:
        model = DisplacementModel(config, case, seed)
        while model.running:
            model.step()
        totals += [simulated(model, row) for row in rows]
        moves += model.recorder.moves[:, :, 1:].sum() / model.displaced
    found = [(row.id, row.outcome, total / len(seeds), row.value) for row, total in zip(rows, totals, strict=True)]
    return [*found, ("moves_per_person", "moves_per_person", moves / len(seeds), MOVES_PER_PERSON)]


def loss(found):
    """Return the sum of squared errors in logarithms, each in units of its spread."""
    return sum((np.log(max(value, 1e-9) / observed) / SPREAD[outcome]) ** 2 for _, outcome, value, observed in found)


def search(config, case, minutes, seed=5):
    """Return the best values found, by mutation and by differences between good sets."""
    rng = np.random.default_rng(seed)
    low, high = np.array(list(PRIORS.values())).T
    start = np.array([getattr(config.behaviour, name) for name in PRIORS])
    good = [(loss(counts(dict(zip(PRIORS, start, strict=True)), config, case, (1, 2))), start)]
    end, width = time.monotonic() + 60 * minutes, 0.15
    while time.monotonic() < end:
        parent = good[rng.integers(len(good)) if rng.random() < 0.3 else 0][1]
        step = rng.normal(0, width, len(low)) * (high - low) * (rng.random(len(low)) < 0.35)
        if len(good) > 5 and rng.random() < 0.5:
            one, other = rng.choice(len(good), 2, replace=False)
            step = 0.6 * (good[one][1] - good[other][1]) + 0.2 * step
        trial = np.clip(parent + step, low, high)
        good.append((loss(counts(dict(zip(PRIORS, trial, strict=True)), config, case, (1, 2))), trial))
        good = sorted(good, key=lambda pair: pair[0])[:20]
        width = max(0.03, width * 0.995)
    return dict(zip(PRIORS, good[0][1], strict=True))


def main():
    """Search, then print the values and how a fresh sample compares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=0, help="0 only compares the values of conf/behaviour")
    minutes = parser.parse_args().minutes
    config, case = compose(["population=class", "population.one_in=15", f"days={DAYS}"]), people_of_the_theatre()
    best = search(config, case, minutes) if minutes else {n: getattr(config.behaviour, n) for n in PRIORS}
    config.population.one_in = 8
    found = counts(best, config, case, (11, 12, 13))
    print("\n".join(f"{name}: {value:.3g}" for name, value in best.items()), "\n")
    for name, _, value, observed in found:
        print(f"{name:42} {value:12,.2f} {observed:12,.2f} {value / observed - 1:+7.0%}")
    print(f"loss {loss(found):.1f}")


if __name__ == "__main__":
    main()
