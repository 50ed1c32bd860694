"""Under which conditions is one scenario better than another? Boxes and scores; the importer of EMA workbench."""

import inspect
import logging

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.studies.search import library

_TREES = 200
_MASS = 0.1  # least share of the points in a box
_REPEATS = 10


def latin_hypercube(n_parameters: int, n_points: int, seed: int) -> np.ndarray:
    """Return points (N, P), 0 to 1, each parameter cut into N equal parts with one point in each (McKay 1979)."""
    rng = np.random.default_rng(seed)
    cells = np.argsort(rng.random((n_points, n_parameters)), axis=0)
    return (cells + rng.random((n_points, n_parameters))) / n_points


def box(points: pd.DataFrame, better: np.ndarray) -> tuple[pd.DataFrame, dict]:
    """Return the box of parameters in which a scenario is better most often for its size (Friedman and Fisher 1999).

    Parameters
    ----------
    points
        Parameters (N, P), by name.
    better
        (N,) whether the scenario is better there.

    Returns
    -------
    Bounds of the box (parameter, low, high, p: how likely chance alone would gain as much by this bound), and of the
    box: coverage (share of the better points inside), density (share of the inside that is better), mass (share of
    all points inside), and `base` (share of all points that are better).
    """
    base = float(better.mean())
    if not 0 < better.sum() < len(better):
        return _bounds(points, better, {}), {"coverage": 1.0, "density": base, "mass": 1.0, "base": base}
    logging.getLogger("EMA").setLevel(logging.ERROR)
    prim = library("ema_workbench.analysis.prim")
    # Density matters as much as coverage: the box with the largest product on the way from all points to few.
    options = {"mass_min": _MASS}
    if "threshold" in inspect.signature(prim.Prim).parameters:  # 2.5, the newest for Python 3.11, asks for one
        options["threshold"] = 0.5  # of y, which is 0 or 1
    peeled = prim.Prim(points.astype(float), better.astype(int), **options).find_box()
    way = peeled.peeling_trajectory
    chosen = int((way["coverage"] * way["density"]).to_numpy().argmax())
    line, limits = way.iloc[chosen], peeled.box_lims[chosen]
    own = {name: (float(limits[name].iloc[0]), float(limits[name].iloc[1])) for name in points.columns}
    whole = {"coverage": float(line["coverage"]), "density": float(line["density"]), "mass": float(line["mass"])}
    return _bounds(points, better, own), {**whole, "base": base}


def _bounds(points: pd.DataFrame, better: np.ndarray, own: dict[str, tuple[float, float]]) -> pd.DataFrame:
    """Return the limits that cut something off, with the quasi-p-value of each (Bryant and Lempert 2010).

    That is the probability of as many better points inside if a point were better as often as it is without this limit.
    """
    inside = {name: points[name].between(low, high).to_numpy() for name, (low, high) in own.items()}
    whole = np.all(list(inside.values()), axis=0) if inside else np.ones(len(points), bool)
    rows = []
    for name, (low, high) in own.items():
        others = [other for key, other in inside.items() if key != name]
        without = np.all(others, axis=0) if others else np.ones(len(points), bool)
        if not inside[name].all():
            at_least = library("scipy.stats").binom.sf(better[whole].sum() - 1, whole.sum(), better[without].mean())
            rows.append({"parameter": name, "low": low, "high": high, "p": float(at_least)})
    return pd.DataFrame(rows, columns=["parameter", "low", "high", "p"])


def feature_scores(points: pd.DataFrame, differences: np.ndarray, seed: int) -> pd.DataFrame:
    """Return how much each parameter says about the difference: parameter, value, low, high over repeated forests.

    Importance in extremely randomised trees (Geurts and others 2006), with sum 1 over the parameters.
    """
    if np.ptp(differences) == 0:
        raise InputError("the two scenarios do not differ in this outcome under any of the conditions tried")
    scoring = library("ema_workbench.analysis.feature_scoring")
    mode = library("ema_workbench.analysis.scenario_discovery_util").RuleInductionType.REGRESSION
    kept = []
    for repeat in range(_REPEATS):
        options = {"mode": mode, "nr_trees": _TREES, "random_state": seed + repeat}
        scores, _ = scoring.get_ex_feature_scores(points.astype(float), differences, **options)
        kept.append(scores.iloc[:, 0].reindex(points.columns))
    scores = np.array(kept, np.float64)
    told = {"parameter": list(points.columns), "value": scores.mean(axis=0)}
    return pd.DataFrame({**told, "low": scores.min(axis=0), "high": scores.max(axis=0)})
