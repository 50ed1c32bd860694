"""Small worlds for the tests: a case from a few lines, a configuration from a few words, a run in one call."""

import copy
import dataclasses
import datetime
import functools
from pathlib import Path

import numpy as np
import pandas as pd

from sim.array_driver import ArrayDriver
from sim.compose import compose
from sim.config import Measure
from sim.model import DisplacementModel
from sim.paths import data_folder
from sim.population import BORDER_COUNTS, STATUSES
from sim.seeds import Case, load_case

START = datetime.date(2020, 1, 1)
COUNTRY = {"entry_gate": "Hostland", "host": "Hostland", "exit_gate": "Hostland", "coast": "Hostland"}
GROUPS = {  # name: household mean [people], counted as, readiness, share of sea departures
    "resident": (1.0, "syrian", 0.0, 0.0),
    "displaced_before": (1.0, "syrian", 0.0, 0.0),
    "syrian": (1.0, "syrian", 0.0, 0.0),
    "afghan": (1.0, "afghan", 1.0, 1.0),
    "islander": (1.0, "islander", 0.0, 0.0),
}
# Everything that could happen is switched off or certain; a test switches on what it is about.
CALM = {
    "push_bombardment": 1.0,
    "push_strike": 1.0,
    "push_offensive": 1.0,
    "push_capture": 1.0,
    "strike_people": 1e9,
    "half_life_air": 10.0,
    "half_life_ground": 10.0,
    "spread_km": 10.0,
    "spread_share": 0.0,
    "highway_factor": 1.0,
    "border_shelter": 0.0,
    "border_shelter_km": 10.0,
    "reassurance": 0.0,
    "reassurance_days": 1.0,
    "leave_max": 0.0,
    "leave_steepness": 2.0,
    "threshold_sigma": 0.0,
    "threat_weight_displaced": 0.0,
    "onward_rate": 0.0,
    "onward_fade_days": 10.0,
    "rest_days": 2,
    "size_exponent": 1.0,
    "distance_cost": 1e-12,
    "route_danger": 0.0,
    "danger_aversion": 0.0,
    "room_weight": 0.0,
    "room_share": 1.0,
    "same_governorate": 0.0,
    "seam_cost": 0.0,
    "belt_pull": 0.0,
    "ties_weight": 0.0,
    "poor_cost_factor": 1.0,
    "share_with_means": 1.0,
    "share_with_ties": 0.0,
    "theatre_speed": 60.0,
    "theatre_speed_min": 60.0,
    "crowd_people": 1e9,
    "host_speed": 200.0,
    "entry_attempts": 0.0,
    "entry_attempt_km": 10.0,
    "entry_success": 0.0,
    "entry_death_risk": 0.0,
    "host_ties": 0.0,
    "entry_cost": 0.0,
    "news_alone": 10.0,
    "news_spread": 50.0,
    "readiness_km": 10_000.0,
    "readiness_scale": 100.0,
    "belief_start": 1.0,
    "belief_learning": 0.0,
    "belief_people": 0.0,
    "belief_exponent": 1.0,
    "pack": 1.0,
    "sea_factor_open": 1.0,
    "gate_fare_scale": 400.0,
    "attempts_first": 0.0,
    "attempts_discouraged": 1.0,
    "success_guarded": 0.0,
    "give_up": 0.0,
    "give_up_fresh": 1.0,
    "switch_to_sea": 0.0,
    "switch_to_land": 0.0,
    "injury_risk": 0.0,
    "death_risk": 0.0,
    "intercept_sea": 0.0,
    "intercept_river": 0.0,
    "drowning_risk": 0.0,
    "weather_sd": 0.0,
    "hosted": 0.0,
    "rehousing": 0.0,
    "tent_share": 0.5,
    "cold_death_risk": 0.0,
    "return_max": 0.0,
    "return_threat": 1.0,
    "return_sigma": 0.0,
    "return_displaced_before": 1.0,
}

TWO_TOWNS = [("Ashford", "theatre"), ("Birchwood", "theatre")]
ONE_ROAD = [("Ashford", "Birchwood", 60)]
# A bombed household leaves at once.
SURE = {"leave_max": 1.0, "leave_steepness": 20.0, "push_bombardment": 20.0}


@functools.cache
def case(name):
    """Return one of the cases in `seeds`, read once."""
    return load_case(data_folder("seeds") / name)


@functools.cache
def _composed(words):
    return compose(words)


def composed(*words, policy=None, **behaviour):
    """Compose a configuration from words, as on the command line; measures and parameters may be changed."""
    config = copy.deepcopy(_composed(words))
    if policy is not None:
        config.policy = policy
    return dataclasses.replace(config, behaviour=dataclasses.replace(config.behaviour, **behaviour))


def calm(days, policy=None, **behaviour):
    """Return a configuration for an invented case from 1 January 2020, in which nothing happens by itself."""
    config = composed("case=toyland", policy=policy or {}, **(CALM | behaviour))
    config.case = dataclasses.replace(config.case, days=days)
    config.population = dataclasses.replace(config.population, name="full", one_in=1)
    return dataclasses.replace(config, days=days, check=True)


def measure(first_day="", last_day="", where=(), who=(), watch="", above=0.0, **effects):
    """Return a measure; days are dates, or numbers counted from 1 January 2020."""
    days = (str(date_of(day)) if isinstance(day, int) else day for day in (first_day, last_day))
    return Measure("a test", effects, "a test", "none", *days, list(where), list(who), "", watch, above)


def date_of(day):
    """Return the date of a day counted from 1 January 2020."""
    return START + datetime.timedelta(days=day)


def make_case(places, roads=(), people=(), events=(), camps=(), rates=(), groups=GROUPS) -> Case:
    """Build a case from a few lines.

    Parameters
    ----------
    places
        (name, role) or (name, role, {column: value}).
    roads
        (from, to, km) or (from, to, km, mode, share).
    people
        (place, group, people).
    events
        (day, type, places) or (day, type, places, {column: value}).
    camps
        (place, people).
    rates
        (quantity, people a day), from day 0 on.
    groups
        As `GROUPS`.
    """
    everyone = pd.DataFrame(people, columns=["location", "group", "people"]).assign(variant="all")
    living = everyone.groupby("location")["people"].sum()
    locations = [_location(name, role, living.get(name, 0), *extra) for name, role, *extra in places]
    routes = [(a, b, km, *(extra or ("road", np.nan))) for a, b, km, *extra in roads]
    dated = [
        {
            "date": date_of(day),
            "type": kind,
            "places": where,
            "share": np.nan,
            "control_after": "",
            **(extra or [{}])[0],
        }
        for day, kind, where, *extra in events
    ]
    return Case(
        name="small",
        folder=Path("."),
        checksum="",
        locations=pd.DataFrame(locations),
        routes=pd.DataFrame(routes, columns=["from", "to", "km", "mode", "share"]),
        events=pd.DataFrame(dated, columns=["date", "type", "places", "share", "control_after"]),
        groups=pd.DataFrame(
            [(name, *facts) for name, facts in groups.items()],
            columns=["group", "household_mean", "count_as", "readiness", "sea_share"],
        ),
        initial=everyone,
        camps=pd.DataFrame(camps, columns=["location", "people"]),
        rates=pd.DataFrame([(q, START, v) for q, v in rates], columns=["quantity", "first_date", "value"]),
        observed=pd.DataFrame(),
    )


def _location(name, role, people, columns=None):
    """Return one row of `locations`; on the map places lie far from each other unless told otherwise."""
    return {
        "name": name,
        "role": role,
        "country": COUNTRY.get(role, "Farland" if role in ("island", "beyond") else "Homeland"),
        "governorate": name,
        "control": "opposition",
        "part_of": "",
        "highway": "",
        "lat": 35.0,
        "lon": 36.0,
        "population": float(people),
    } | (columns or {})


def start(config, case, seed=1, driver=ArrayDriver):
    """Return a model before its first day."""
    return DisplacementModel(config, case, seed, driver)


def run(config, case, seed=1, driver=ArrayDriver):
    """Return a model after its last day."""
    model = start(config, case, seed, driver)
    while model.running:
        model.step()
    return model


def flight(bombed_on=0, km=60, n_people=1000, days=10, camps=(), policy=None, **behaviour):
    """Return a finished run in which all of Ashford sets out for Birchwood on one day."""
    towns = make_case(
        TWO_TOWNS,
        [("Ashford", "Birchwood", km)],
        [("Ashford", "resident", n_people), ("Birchwood", "resident", 10)],
        events=[(bombed_on, "bombardment", "Ashford")],
        camps=camps,
    )
    return run(calm(days, policy, **(SURE | behaviour)), towns)


def people(model, place, status, day=-1):
    """Return the people of all groups at a place in a status at the end of a day."""
    return int(model.recorder.stock[day, model.geography.number(place), :, STATUSES.index(status)].sum())


def count(model, place, name, day=None):
    """Return a count at a crossing, on a day or over all days."""
    counts = model.recorder.border[:, model.geography.number(place), :, BORDER_COUNTS.index(name)].sum(axis=1)
    return int(counts.sum() if day is None else counts[day])


def households(model):
    """Return people, group, place, status and destination of every household, (n, 5)."""
    return model.driver.snapshot(np.arange(len(model.driver.population.people)))


def chi_square_limit(degrees, z=4.0):
    """Return the value a chi-square exceeds as rarely as a normal exceeds `z` (Wilson and Hilferty 1931)."""
    spread = 2.0 / (9.0 * degrees)
    return degrees * (1.0 - spread + z * spread**0.5) ** 3


def chi_square(counts, expected):
    """Return Pearson's sum of squared differences."""
    return float(((np.asarray(counts) - expected) ** 2 / expected).sum())


def tables(model, until=None):
    """Return everything that was counted before a day."""
    recorder = model.recorder
    return [recorder.stock[:until], recorder.arrivals[:until], recorder.border[:until], recorder.moves[:until]]


def same(left, right):
    """Tell whether two lists of arrays are equal, number by number."""
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))
