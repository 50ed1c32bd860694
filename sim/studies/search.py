"""Search for parameter sets of small loss, in shares of the priors; the only importer of Optuna and pyABC."""

import importlib
import logging
import math
import random
import warnings
from collections.abc import Callable

import numpy as np

from sim.errors import InputError

# How many sets are asked for before any is answered: fixed, so that the number of processes does not show.
BATCH = 12
_STEP = 0.15  # first step of CMA-ES, in shares of the priors
ROUNDS, PROPOSALS = 2, 3  # of an ensemble: rounds, and in each so many proposals a set
_WIDER = 1.25  # by how much proposals spread more than the good sets that they surround
_LEAST = 0.03  # least spread of proposals, in shares of the priors

# Takes shares (N, P) and returns losses (N,).
Losses = Callable[[np.ndarray], np.ndarray]


def library(name: str):
    """Import a library of the extra `studies`, or say how it is installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pandas and others announce what they will change some day
            return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise InputError(f"this needs the package '{package}': pip install 'onward-sim[studies]'") from error


def search(method: str, start: np.ndarray, n_trials: int, seed: int, losses: Losses) -> tuple[np.ndarray, np.ndarray]:
    """Return every set that was tried, (N, P), and its loss, (N,); the first is where the search starts.

    Parameters
    ----------
    method
        cmaes: covariance matrix adaptation (Hansen 2016), good with up to some ten parameters that act together.
        tpe: tree of Parzen estimators (Bergstra and others 2011), good with many parameters and few trials.
    start
        (P,) shares of the priors.

    Notes
    -----
    The search keeps no state on disk: it is deterministic for a seed, so that asking again, with every answer found
    in the store of cells, comes to where it was stopped.
    """
    optuna = library("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    names = [f"p{i}" for i in range(len(start))]
    space = {name: optuna.distributions.FloatDistribution(0.0, 1.0) for name in names}
    study = optuna.create_study(sampler=_sampler(optuna, method, dict(zip(names, start, strict=True)), seed))
    study.enqueue_trial(dict(zip(names, map(float, start), strict=True)))
    tried, found = [], []
    while len(tried) < n_trials:
        # The first answer comes alone: CMA-ES draws at random until it has one.
        trials = [study.ask(space) for _ in range(min(BATCH, n_trials - len(tried)) if tried else 1)]
        shares = np.array([[trial.params[name] for name in names] for trial in trials])
        answers = losses(shares)
        for trial, answer in zip(trials, answers, strict=True):
            study.tell(trial, float(answer))
        tried += list(shares)
        found += list(answers)
    return np.array(tried), np.array(found)


def _sampler(optuna, method: str, start: dict[str, float], seed: int):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # experimental options; x0 and sigma0, which go with Optuna 6
        if method == "tpe":
            own = {"multivariate": True, "constant_liar": True, "n_startup_trials": 2 * BATCH}
            return optuna.samplers.TPESampler(seed=seed, **own)
        library("cmaes")
        return optuna.samplers.CmaEsSampler(x0=start, sigma0=_STEP, seed=seed, popsize=BATCH)


def ensemble(
    tried: np.ndarray, losses_tried: np.ndarray, n_sets: int, seed: int, losses: Losses, n_fitted: int | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return sets that fit about equally, all of the same weight: drawn evenly where the good ones lie, the best kept.

    In each round the proposals fill an ellipsoid evenly, as far as it lies within the priors. It has a little more
    than the spread of the best sets known so far, so that it grows where these reach its edge (as the ellipsoids of
    nested sampling; Mukherjee and others 2006, Astrophysical Journal Letters 638). Of the last round the best are
    accepted: rejection sampling with the prior, cut off at the last ellipsoid. Weights would not do: in ten dimensions
    two or three sets would have them all.

    Parameters
    ----------
    tried
        (N, P)
    n_fitted
        How many of the P parameters, the first ones, were searched; the others come from the whole prior, by a Latin
        hypercube (McKay, Beckman and Conover 1979, Technometrics 21).

    Returns
    -------
    Sets (N, P), losses (N,), weights (N,) with sum 1; the largest loss is the tolerance.
    """
    rng = np.random.default_rng(seed)
    n_fitted = tried.shape[1] if n_fitted is None else n_fitted
    n_points = PROPOSALS * n_sets
    for _ in range(ROUNDS):
        n_good = min(len(tried), max(n_sets, 3 * n_fitted))
        good = tried[np.argsort(losses_tried, kind="stable")[:n_good], :n_fitted]
        others = _latin(n_points, tried.shape[1] - n_fitted, rng)
        proposals = np.hstack([_evenly(good, n_points, rng), others])
        found = losses(proposals)
        tried, losses_tried = np.vstack([tried, proposals]), np.concatenate([losses_tried, found])
    kept = np.argsort(found, kind="stable")[:n_sets]
    return proposals[kept], found[kept], np.full(n_sets, 1.0 / n_sets)


def _latin(n_points: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return points (N, P), 0 to 1: of each coordinate one in every N-th part."""
    parts = np.array([rng.permutation(n_points) for _ in range(n)]).reshape(n, n_points).T
    return (parts + rng.random((n_points, n))) / n_points


def _evenly(good: np.ndarray, n_points: int, rng: np.random.Generator) -> np.ndarray:
    """Return points (N, P), 0 to 1, that fill the ellipsoid of some sets evenly."""
    n = good.shape[1]
    spread = np.cov(good, rowvar=False).reshape(n, n) * _WIDER**2 + np.eye(n) * _LEAST**2
    root = np.linalg.cholesky(spread * (n + 2))  # points that fill a ball of radius 1 evenly have variance 1 / (n + 2)
    found = np.empty((0, n))
    while len(found) < n_points:
        directions = rng.standard_normal((n_points, n))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        points = good.mean(axis=0) + (directions * rng.random((n_points, 1)) ** (1.0 / n)) @ root.T
        found = np.vstack([found, points[((points >= 0) & (points <= 1)).all(axis=1)]])
    return found[:n_points]


def sequential(
    n_parameters: int, n_sets: int, n_trials: int, seed: int, losses: Losses
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return all sets tried and their losses, then the last population of ABC-SMC: sets, losses, weights.

    pyABC's sequential Monte Carlo (Toni and others 2009; Klinger and others 2018) from the whole prior, tolerance by
    the median of each generation, one set after the other, so that it can be repeated.
    """
    pyabc = library("pyabc")
    for name in ("ABC", "ABC.History", "ABC.Sampler", "ABC.Epsilon", "ABC.Distance"):
        logging.getLogger(name).setLevel(logging.ERROR)
    names = [f"p{i}" for i in range(n_parameters)]
    tried: list[list[float]] = []
    found: list[float] = []

    def model(chosen) -> dict[str, float]:
        tried.append([float(chosen[name]) for name in names])
        found.append(float(losses(np.array(tried[-1:]))[0]))
        return {"distance": math.sqrt(found[-1])}

    state = np.random.get_state(), random.getstate()
    try:
        np.random.seed(seed)  # pyABC draws from the global generators
        random.seed(seed)
        prior = pyabc.Distribution(**{name: pyabc.RV("uniform", 0, 1) for name in names})
        sampler = pyabc.sampler.SingleCoreSampler()
        abc = pyabc.ABCSMC(model, prior, lambda x, _: x["distance"], n_sets, sampler=sampler)
        abc.new("sqlite://", {"distance": 0.0})
        history = abc.run(max_total_nr_simulations=n_trials)
        sets, weights = history.get_distribution(m=0)
    finally:
        np.random.set_state(state[0])
        random.setstate(state[1])
    shares = sets[names].to_numpy(np.float64)
    by_set = {tuple(one): loss for one, loss in zip(tried, found, strict=True)}
    return np.array(tried), np.array(found), shares, np.array([by_set[tuple(one)] for one in shares]), weights
