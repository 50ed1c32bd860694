"""`calibrate`: which values of the parameters make the calibration rows come out, and what do these leave open?

A search (Optuna) or sequential Monte Carlo (pyABC) over priors of `conf/calibration.yaml`. The loss is that of
`residuals.py`, the only part that sees observations. What comes out is an ensemble of parameter sets that fit about
equally, with weights: `posterior.csv`, from which `sim run posterior=FILE` takes a set for each replicate.
"""

import datetime
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.compose import compose
from sim.config import Config
from sim.errors import InputError, nearest
from sim.parameters import WEIGHT, value_of
from sim.results import SUMMARY, check_writable, read_manifest, write_folder, write_json, write_tables
from sim.runner import Progress, checked_case, command_line, described, provenance, repeatable
from sim.studies import search
from sim.studies.batches import Batches, cell_config
from sim.studies.priors import Prior, chosen_priors, read_settings, shares_of, values_at
from sim.studies.residuals import Goal, goal
from sim.studies.variants import listed
from sim.studies.words import number_of, own_words

KIND = "calibration"
METHODS = ("cmaes", "tpe", "abc")
TRIALS, SETS, SEEDS = 300, 50, 3
PROPOSALS = 4  # a set of the ensemble, after a search
STORE = "cells"  # beside the folder: studies that lie side by side share what they have simulated
_OWN = ("parameters", "trials", "method", "sets", "priors", "out")


@dataclass
class Fit:
    """What a calibration found.

    Attributes
    ----------
    tried, losses
        Every set in shares of the priors, (N, P), and its loss, (N,).
    sets, set_losses, weights
        The ensemble, (M, P), (M,), (M,) with sum 1.
    """

    tried: np.ndarray
    losses: np.ndarray
    sets: np.ndarray
    set_losses: np.ndarray
    weights: np.ndarray

    @property
    def best(self) -> np.ndarray:
        """The set of least loss of all, (P,)."""
        every = np.vstack([self.tried, self.sets])
        return every[np.concatenate([self.losses, self.set_losses]).argmin()]


@dataclass
class _Asked:
    config: Config
    priors: list[Prior]
    settings: dict
    method: str
    n_trials: int
    n_sets: int
    folder: Path
    command: str


def calibrate(words: Sequence[str], progress: Progress | None = None) -> Path:
    """Fit parameters to the calibration rows and return the folder with the result.

    Parameters
    ----------
    words
        The words that stand behind `sim calibrate` on the command line.

    Raises
    ------
    InputError
        For choices, facts or a place for the results that cannot be used; nothing is written then.
    """
    asked = _asked(words)
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    check_writable(asked.folder, KIND)
    aim = goal(cell_config(asked.config), checked_case(asked.config), asked.settings)
    n_seeds, n_proposals = asked.config.replicates, 0 if asked.method == "abc" else PROPOSALS * asked.n_sets
    expected = (asked.n_trials + n_proposals + asked.n_sets + 2) * n_seeds
    batches = Batches(aim.config, aim.case, aim.keep, asked.folder.parent / STORE, expected, progress)
    fit = _fit(asked, aim, batches, n_proposals)
    tables, summary = _told(asked, aim, batches, fit)
    manifest = {"command": asked.command, "started": started.isoformat(timespec="seconds"), **provenance()}
    manifest |= {"simulated": batches.simulated, "found_in_store": batches.found}
    manifest |= {"seconds": round(time.perf_counter() - clock, 3)}
    return _written(asked, tables, summary, manifest)


def _asked(words: Sequence[str]) -> _Asked:
    own, others = own_words(words, _OWN)
    method = own.get("method", METHODS[0])
    if method not in METHODS:
        raise InputError(f"method is '{method}', but must be {', '.join(METHODS)}{nearest(method, METHODS)}")
    if not any(word.startswith("replicates=") for word in others):
        others = [*others, f"replicates={SEEDS}"]
    config = compose(others)
    if config.posterior is not None:
        raise InputError("a calibration makes a posterior, it cannot start from one: leave posterior out")
    settings = read_settings(own.get("priors"))
    priors = chosen_priors(listed(own.get("parameters", "")), settings, config)
    command = command_line(words, "calibrate")
    digest = hashlib.sha256("\0".join([repeatable(command), described(config)]).encode()).hexdigest()[:6]
    folder = Path(own.get("out", Path("results") / f"calibrate-{digest}")).absolute()
    sizes = number_of(own, "trials", TRIALS, 1), number_of(own, "sets", SETS, 2)
    return _Asked(config, priors, settings, method, *sizes, folder, command)


def _fit(asked: _Asked, aim: Goal, batches: Batches, n_proposals: int) -> Fit:
    seeds = range(asked.config.seed, asked.config.seed + asked.config.replicates)

    def losses(shares: np.ndarray) -> np.ndarray:
        return aim.loss(np.array(batches.records([values_at(asked.priors, one) for one in shares], seeds)))

    seed, n_sets = asked.config.seed, asked.n_sets
    if asked.method == "abc":
        return Fit(*search.sequential(len(asked.priors), n_sets, asked.n_trials, seed, losses))
    start = shares_of(asked.priors, asked.config)
    tried, found = search.search(asked.method, start, asked.n_trials, seed, losses)
    return Fit(tried, found, *search.importance(tried, found, n_sets, n_proposals, seed, losses))


def _told(asked: _Asked, aim: Goal, batches: Batches, fit: Fit) -> tuple[dict[str, pd.DataFrame], dict]:
    """Return the tables and the summary; residuals before and after are of seeds that the fit has not met."""
    n_seeds = asked.config.replicates
    seeds = range(asked.config.seed, asked.config.seed + n_seeds)
    fresh = range(seeds.stop, seeds.stop + n_seeds)
    best = values_at(asked.priors, fit.best)
    ensemble = [values_at(asked.priors, one) for one in fit.sets]
    both = np.array(batches.records([{}, best], fresh, "check"))
    spread = np.array(batches.records(ensemble, seeds)).mean(axis=1)
    tables = {
        "trials": _sets_table(asked.priors, fit.tried).assign(loss=fit.losses),
        "posterior": _sets_table(asked.priors, fit.sets).assign(loss=fit.set_losses, **{WEIGHT: fit.weights}),
        "best": pd.DataFrame([best]),
        "parameters": _parameters_table(asked, fit),
        "residuals": _residuals_table(aim, both, spread, fit.weights),
    }
    before, after = (float(loss) for loss in aim.loss(both))
    summary = {
        "method": asked.method,
        "rows": len(aim.rows),
        "left_out": aim.left_out,
        "days": aim.config.n_days,
        "seeds": list(seeds),
        "fresh_seeds": list(fresh),
        "loss_before": before,
        "loss_best": after,
        "loss_best_on_its_own_seeds": float(min(fit.losses.min(), fit.set_losses.min())),
        "loss_tolerated": float(fit.set_losses.max()),
        "sets": len(fit.sets),
        "effective_sets": float(1.0 / (fit.weights**2).sum()),
    }
    return tables, summary


def _sets_table(priors: list[Prior], shares: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame([values_at(priors, one) for one in shares], dtype=float)


def _parameters_table(asked: _Asked, fit: Fit) -> pd.DataFrame:
    """Return for each parameter its prior, its value before, the best, and the ensemble's mean and 5 to 95 percent.

    `told` is the ensemble's spread in shares of the prior over that of the prior itself (1 / sqrt 12).
    """
    lines = []
    for i, prior in enumerate(asked.priors):
        own = fit.sets[:, i]
        low, middle, high = quantiles(own, fit.weights, (0.05, 0.5, 0.95))
        sd = np.sqrt(np.average((own - np.average(own, weights=fit.weights)) ** 2, weights=fit.weights))
        values = {"q05": low, "median": middle, "q95": high, "best": fit.best[i]}
        lines.append(
            {
                "parameter": prior.name,
                "unit": prior.parameter.unit,
                **{key: getattr(prior, key) for key in ("low", "high", "scale")},
                "before": value_of(asked.config, prior.name),
                **{key: prior.value(share) for key, share in values.items()},
                "told": sd * np.sqrt(12.0),
                "because": prior.because,
            }
        )
    return pd.DataFrame(lines)


def _residuals_table(aim: Goal, both: np.ndarray, spread: np.ndarray, weights: np.ndarray) -> pd.DataFrame:
    rows = aim.rows[["id", "family", "place", "kind", "period_start", "date", "value", "tolerance"]]
    means, residuals = both.mean(axis=1), aim.residuals(both)
    low, high = np.array([quantiles(column, weights, (0.05, 0.95)) for column in spread.T]).T
    told = {"before": means[0], "best": means[1], "ensemble_q05": low, "ensemble_q95": high}
    dates = {name: rows[name].map(lambda day: "" if pd.isna(day) else str(day)) for name in ("period_start", "date")}
    return rows.assign(**dates, **told, residual_before=residuals[0], residual_best=residuals[1])


def quantiles(values: np.ndarray, weights: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    """Return the values below which shares of the weight lie, each value standing in the middle of its own weight."""
    order = np.argsort(values, kind="stable")
    own = weights[order] / weights.sum()
    return np.interp(shares, np.cumsum(own) - own / 2.0, values[order])


def _written(asked: _Asked, tables: dict[str, pd.DataFrame], summary: dict, manifest: dict) -> Path:
    def write(hidden: Path) -> None:
        write_tables(hidden, tables, csv=True)
        write_json(hidden / SUMMARY, summary)
        if asked.config.output.pictures:
            from sim.views import draw_calibration  # Matplotlib takes half a second to import

            draw_calibration(tables, summary, hidden, repeatable(asked.command))

    folder = write_folder(asked.folder, KIND, manifest, write)
    read_manifest(folder, KIND)
    return folder
