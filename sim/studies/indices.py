"""Sensitivity indices of any function of some parameters: sample, evaluate elsewhere, analyse; the importer of SALib.

Everything is in shares of the priors (0 to 1), so that a plain function can be analysed as a simulation is.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.studies.search import library

METHODS = ("morris", "sobol")
LEVEL = 0.95  # of the intervals
_LEVELS = 4  # of Morris' grid
_RESAMPLES = 1000


def sample(method: str, n_parameters: int, n_base: int, seed: int) -> np.ndarray:
    """Return the points at which a function is to be evaluated, (N, P), 0 to 1.

    Parameters
    ----------
    n_base
        morris: trajectories, N = n_base (P + 1) (Morris 1991, Technometrics 33).
        sobol: points of each of the two base samples, N = n_base (P + 2) (Saltelli and others 2010, Computer Physics
        Communications 181); a power of 2 keeps the sequence balanced.
    """
    problem = _problem(n_parameters)
    if method == "morris":
        return library("SALib.sample.morris").sample(problem, n_base, num_levels=_LEVELS, seed=seed)
    return library("SALib.sample.sobol").sample(problem, n_base, calc_second_order=False, seed=seed)


def analyse(method: str, points: np.ndarray, values: np.ndarray, names: Sequence[str], seed: int) -> pd.DataFrame:
    """Return the indices of each parameter for one outcome.

    Parameters
    ----------
    points, values
        What `sample` returned, (N, P), and the function there, (N,).

    Returns
    -------
    A row a parameter and index: parameter, index, value, low, high (95 % bootstrap interval). Indices of morris, in
    the outcome's unit over the whole prior: mu (mean effect), mu_star (mean of its absolute value), sigma (its
    spread: interactions and bends). Of sobol, in shares of the variance: first (alone), total (with all
    interactions). An outcome that never differs has indices of 0.
    """
    if np.ptp(values) == 0:
        constant = ("mu_star", "mu", "sigma") if method == "morris" else ("total", "first")
        return pd.concat([_rows(names, index, np.zeros(len(names)), np.zeros(len(names))) for index in constant])
    problem = _problem(points.shape[1])
    options = {"num_resamples": _RESAMPLES, "conf_level": LEVEL, "seed": seed}
    if method == "morris":
        found = library("SALib.analyze.morris").analyze(problem, points, values, num_levels=_LEVELS, **options)
        unknown = np.full(len(names), np.nan)
        parts = [("mu_star", found["mu_star"], found["mu_star_conf"]), ("mu", found["mu"], unknown)]
        parts.append(("sigma", found["sigma"], unknown))
    else:
        scaled = (values - values.mean()) / values.std()
        found = library("SALib.analyze.sobol").analyze(problem, scaled, calc_second_order=False, **options)
        parts = [("total", found["ST"], found["ST_conf"]), ("first", found["S1"], found["S1_conf"])]
    return pd.concat([_rows(names, *part) for part in parts], ignore_index=True)


def _problem(n_parameters: int) -> dict:
    names = [f"p{i}" for i in range(n_parameters)]
    return {"num_vars": n_parameters, "names": names, "bounds": [[0.0, 1.0]] * n_parameters}


def _rows(names: Sequence[str], index: str, values: np.ndarray, half: np.ndarray) -> pd.DataFrame:
    values, half = np.asarray(values, np.float64), np.asarray(half, np.float64)
    told = {"parameter": list(names), "index": index, "value": values, "low": values - half, "high": values + half}
    return pd.DataFrame(told)
