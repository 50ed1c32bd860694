"""What would be published had the model been right: simulated counts, with the error of counting them.

Who counts people errs: numbers are rounded, rounds of interviews differ, two sources tell two numbers of one thing. How
large that error is stands with its reasons in `conf/calibration.yaml`, and must not be learnt from how far the model is
from published counts that it is validated on: this module is handed what was counted, never what was published.
"""

import hashlib
from statistics import NormalDist

import numpy as np
import pandas as pd

from sim.studies.agreement import family_of
from sim.studies.priors import tolerance


def with_counting_error(rows: pd.DataFrame, values: pd.DataFrame, settings: dict) -> pd.DataFrame:
    """Return simulated counts times a log-normal error with median 1, its standard deviation the family's tolerance.

    Each error is a pure function of the observation's id, the parameter set and the seed: more of any of them change
    none, and no draw of the model is used.

    Parameters
    ----------
    rows
        Observations; looked at are id, outcome, kind and dates.
    values
        Id by (draw, seed).
    settings
        As from `sim.studies.priors.read_settings`.
    """
    sizes = [tolerance(family_of(row), settings) for row in rows.itertuples()]
    errors = [[normal(name, *member) for member in values.columns] for name in rows["id"]]
    return values.loc[rows["id"]] * np.exp(np.array(sizes)[:, None] * np.array(errors))


def normal(name: str, draw: int, seed: int) -> float:
    """Return a standard normal number that belongs to an observation, a parameter set and a seed."""
    digest = hashlib.sha256(f"{name}\0{draw}\0{seed}".encode()).digest()
    return NormalDist().inv_cdf((int.from_bytes(digest[:4], "big") + 0.5) / 2**32)
