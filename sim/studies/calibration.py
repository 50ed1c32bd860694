"""What a calibration tells: the ensemble, what it leaves of the priors, and how near each count comes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.config import Config
from sim.parameters import WEIGHT, value_of
from sim.paths import shown
from sim.results import SUMMARY, read_table
from sim.studies.batches import Batches
from sim.studies.priors import Prior, values_at
from sim.studies.residuals import Goal
from sim.terminal import columns


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


def result(
    config: Config, priors: list[Prior], n_fitted: int, aim: Goal, batches: Batches, fit: Fit
) -> tuple[dict[str, pd.DataFrame], dict]:
    """Return the tables and the summary; residuals before and after are of seeds that the fit has not met.

    Parameters
    ----------
    n_fitted
        How many of the parameters, the first ones, were searched.
    """
    seeds = range(config.seed, config.seed + config.replicates)
    fresh = range(seeds.stop, seeds.stop + config.replicates)
    best = values_at(priors, fit.best)
    ensemble = [values_at(priors, one) for one in fit.sets]
    both = np.array(batches.records([{}, best], fresh, "check"))
    spread = np.array(batches.records(ensemble, seeds)).mean(axis=1)
    tables = {
        "trials": _sets_table(priors, fit.tried).assign(loss=fit.losses),
        "posterior": _sets_table(priors, fit.sets).assign(loss=fit.set_losses, **{WEIGHT: fit.weights}),
        "best": pd.DataFrame([best]),
        "parameters": _parameters_table(config, priors, fit).assign(is_fitted=np.arange(len(priors)) < n_fitted),
        "residuals": _residuals_table(aim, both, spread, fit.weights),
    }
    before, after = (float(loss) for loss in aim.loss(both))
    summary = {
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
        "unfitted": len(priors) - n_fitted,
    }
    return tables, summary


def _sets_table(priors: list[Prior], shares: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame([values_at(priors, one) for one in shares], dtype=float)


def _parameters_table(config: Config, priors: list[Prior], fit: Fit) -> pd.DataFrame:
    """Return for each parameter its prior, its value before, the best, and the ensemble's mean and 5 to 95 percent.

    `told` is the ensemble's spread in shares of the prior over that of the prior itself (1 / sqrt 12).
    """
    lines = []
    for i, prior in enumerate(priors):
        own = fit.sets[:, i]
        low, middle, high = quantiles(own, fit.weights, (0.05, 0.5, 0.95))
        sd = np.sqrt(np.average((own - np.average(own, weights=fit.weights)) ** 2, weights=fit.weights))
        values = {"q05": low, "median": middle, "q95": high, "best": fit.best[i]}
        lines.append(
            {
                "parameter": prior.name,
                "unit": prior.parameter.unit,
                **{key: getattr(prior, key) for key in ("low", "high", "scale")},
                "before": value_of(config, prior.name),
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


def told(folder: Path) -> str:
    """Tell what a calibration found in a few lines, and where everything lies."""
    summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    rows = [("", "before", "best", "5 to 95 %", "spread of the prior's")]
    parameters = read_table(folder / "parameters.parquet")
    for line in parameters[parameters["is_fitted"]].itertuples():
        band = f"{line.q05:.3g} to {line.q95:.3g}"
        rows.append((str(line.parameter), f"{line.before:.3g}", f"{line.best:.3g}", band, f"{line.told:.0%}"))
    left_out = f"; not counted by a run: {', '.join(summary['left_out'])}" * bool(summary["left_out"])
    lines = [
        f"{summary['rows']} counts marked calibration{left_out}",
        f"sum of squared residuals on samples not fitted to: {summary['loss_before']:.1f} before, "
        f"{summary['loss_best']:.1f} with the best set",
        f"{summary['sets']} sets within {summary['loss_tolerated']:.1f} on their own samples, "
        f"worth {summary['effective_sets']:.0f} of equal weight",
        *_unfitted(parameters[~parameters["is_fitted"]]),
    ]
    return "\n".join([columns(rows), "", *lines, "", f"results    {shown(folder)}"])


def _unfitted(parameters: pd.DataFrame) -> list[str]:
    """Say of which parameter taken from its prior the counts know most after all."""
    if parameters.empty:
        return []
    least = parameters.loc[parameters["told"].idxmin()]
    return [
        f"taken from their priors: {len(parameters)}; the counts narrow {least['parameter']} most, "
        f"to {least['told']:.0%} of its prior's spread"
    ]
