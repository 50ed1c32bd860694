"""Who lived where on day 0: every household of a run, also those that never left home."""

import numpy as np
import pandas as pd

from sim.config import Behaviour, PopulationConfig
from sim.geography import THEATRE, build_geography
from sim.population import STATUSES, build_population, fill_camps
from sim.results import Run
from sim.seeds import Case

DISPLACED_BEFORE = "displaced_before"


def households_at_start(run: Run, case: Case) -> pd.DataFrame:
    """Return the households of a run as they began; they are the same in every replicate.

    Returns
    -------
    One row a household, which is the index: group, origin, household_size [people], people (that the row stands for:
    household_size times the households it represents), status. The last household of a place takes the people that
    are left, so its size is rounded up.
    """
    config, geography = run.config, build_geography(case)
    behaviour, sample = Behaviour(**config["behaviour"]), PopulationConfig(**config["population"])
    one_in, copies = sample.one_in, sample.multiply
    # Sizes and homes do not depend on the seed, only traits that are not told here.
    population = build_population(case, geography, behaviour, config["initial"], one_in, seed=0, multiply=copies)
    groups = list(case.groups["group"])
    if DISPLACED_BEFORE in groups:
        fill_camps(population, copies * _camp_places(case, geography), groups.index(DISPLACED_BEFORE))
    return pd.DataFrame(
        {
            "group": pd.Categorical.from_codes(population.group, groups),
            "origin": pd.Categorical.from_codes(population.home, list(geography.names)),
            "household_size": -(-population.people // one_in),
            "people": population.people.astype(np.int64),  # whose sums over seeds may be large
            "status": pd.Categorical.from_codes(population.status, list(STATUSES)),
        }
    )


def _camp_places(case: Case, geography) -> np.ndarray:
    """Return the camp places of each place of the theatre on day 0."""
    places = np.zeros(len(geography.names), np.int64)
    places[[geography.number(name) for name in case.camps["location"]]] = case.camps["people"]
    return np.where(geography.role == THEATRE, places, 0)
