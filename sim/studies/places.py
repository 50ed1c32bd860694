"""A case of people by day and place: an ensemble beside what was observed, and the naive forecasts.

What simulates a case of this kind, and how it is read, is not known here: it hands over a `PlaceCase`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim import scores
from sim.studies.agreement import BANDS
from sim.studies.members import apart

HORIZON = 30  # days: how far the naive forecasts that know the past look ahead
FROM_PUBLISHED = ", from the last published counts"


@dataclass
class PlaceCase:
    """D days, P places, R members of the ensemble.

    Attributes
    ----------
    name
        Of the case.
    places
        Names (P,).
    dates
        Calendar days (D,).
    observed
        (D, P) people.
    predicted
        (R, D, P) people.
    draws
        (R,) number of the parameter set of each member; every set has the same seeds.
    capacities
        (P,) people; 0 where unknown. None where no capacity is known.
    nearest
        (D, P) people if everybody had gone to the nearest open place; None where the ways are not known.
    nowcast
        The model's own forecast, started anew on every day: of a horizon [days] and what is known on each day, (D, P)
        people, to (D, P) expected people, blank (NaN) before the horizon; None where the model has none, and its
        change since the start serves instead.
    published
        (D, P) the last count made by each day, where `observed` draws lines between counts, which know the later one;
        None where every day was counted.
    """

    name: str
    places: list[str]
    dates: pd.DatetimeIndex
    observed: np.ndarray
    predicted: np.ndarray
    draws: np.ndarray
    capacities: np.ndarray | None = None
    nearest: np.ndarray | None = None
    nowcast: Callable[[int, np.ndarray], np.ndarray] | None = None
    published: np.ndarray | None = None


def naive_predictions(case: PlaceCase, horizon: int = HORIZON) -> dict[str, np.ndarray]:
    """Return the naive forecasts by name, each (D, P); blank (NaN) on days for which one says nothing.

    Equal and capacity split divide the observed total of the day; persistence and trend look at the observations of
    `horizon` days before and earlier. Where a trend has no past yet, it is persistence.
    """
    totals = case.observed.sum(axis=1)
    found = {"equal split": scores.equal_split(totals, len(case.places))}
    if case.capacities is not None and case.capacities.sum() > 0:
        found["capacity split"] = scores.in_proportion(totals, case.capacities)
    if case.nearest is not None:
        found["nearest open place"] = case.nearest
    found["persistence"], found["last trend"] = _continued(case.observed, horizon)
    return found


def overall(case: PlaceCase, horizon: int = HORIZON) -> pd.DataFrame:
    """Return one line for the model and for each naive forecast: ard, ard_rescaled, mae, bias and so on.

    Skill is 1 less the model's rescaled ARD over the naive one's on the days of which the naive forecast says
    something; forecasts that know the past do so from day `horizon` on.
    """
    mean = case.predicted.mean(axis=0)
    lines = [{"forecast": "model", "from_day": 0, **_errors(mean, case.observed), **_ensemble(case)}]
    for name, naive in naive_predictions(case, horizon).items():
        told = ~np.isnan(naive).any(axis=1)
        if not told.any():
            continue
        errors = _errors(naive[told], case.observed[told])
        own = scores.ard_rescaled(mean[told], case.observed[told])
        skill = scores.skill(own, errors["ard_rescaled"])
        lines.append({"forecast": name, "from_day": int(told.argmax()), **errors, "model_there": own, "skill": skill})
    return pd.DataFrame(lines)


def _errors(predicted: np.ndarray, observed: np.ndarray) -> dict[str, float]:
    rules = (scores.ard, scores.ard_rescaled, scores.mean_absolute_error, scores.bias)
    names = ("ard", "ard_rescaled", "mae", "bias")
    return {name: rule(predicted, observed) for name, rule in zip(names, rules, strict=True)}


def _ensemble(case: PlaceCase) -> dict[str, float]:
    covered = {f"coverage_{name}": scores.coverage(case.predicted, case.observed, BANDS[name]) for name in BANDS}
    return covered | _parts(case) | {"crps": float(scores.crps(case.predicted, case.observed).mean())}


def _parts(case: PlaceCase) -> dict[str, float]:
    """Return how wide the 90 % bands of chance and of parameters alone are, as shares of that of both."""
    n_draws = len(np.unique(case.draws))
    parts = apart(case.predicted.reshape(n_draws, -1, *case.observed.shape))
    whole, *widths = (np.subtract(*scores.band(one, BANDS["90"])[::-1]).sum() for one in (case.predicted, *parts))
    share = 1.0 / whole if whole > 0 else np.nan
    return {f"width_{name}": float(width * share) for name, width in zip(("chance", "parameters"), widths, strict=True)}


def by_place(case: PlaceCase) -> pd.DataFrame:
    """Return a line a place: its part of the ARD (normal, rescaled), mae, bias, coverage, crps, people at the end."""
    mean = case.predicted.mean(axis=0)
    rescaled = scores.rescaled(mean, case.observed)
    lines = {
        "place": case.places,
        "ard_part": scores.ard_by_place(mean, case.observed),
        "ard_rescaled_part": scores.ard_by_place(rescaled, case.observed),
        "mae": np.abs(mean - case.observed).mean(axis=0),
        "bias": (mean - case.observed).mean(axis=0),
    }
    for name, level in BANDS.items():
        low, high = scores.band(case.predicted, level)
        lines[f"coverage_{name}"] = ((low <= case.observed) & (case.observed <= high)).mean(axis=0)
    lines["crps"] = scores.crps(case.predicted, case.observed).mean(axis=0)
    return pd.DataFrame({**lines, "observed_at_end": case.observed[-1], "predicted_at_end": mean[-1]})


def bands(case: PlaceCase) -> pd.DataFrame:
    """Return observed, predicted and the bands by day and place as a tidy table."""
    n_days, n_places = case.observed.shape
    table = {
        "date": np.repeat(case.dates, n_places),
        "place": pd.Categorical(np.tile(case.places, n_days), categories=case.places),
        "observed": case.observed.reshape(-1),
        "predicted": case.predicted.mean(axis=0).reshape(-1),
    }
    for name, level in BANDS.items():
        low, high = scores.band(case.predicted, level)
        table |= {f"low_{name}": low.reshape(-1), f"high_{name}": high.reshape(-1)}
    return pd.DataFrame(table)


def ahead(case: PlaceCase, horizon: int = HORIZON, known: np.ndarray | None = None) -> PlaceCase:
    """Return forecasts that start from what was known `horizon` days before, for every day from `horizon` on.

    Where the model can be started anew, its members are spread around that forecast as they are in the run from
    day 0; else a member's forecast is the count of the start plus its own change at that place since then. Both are
    at least 0.

    Parameters
    ----------
    known
        (D, P) people as known on each day; the observed, if not given.
    """
    known = case.observed if known is None else known
    changes = case.predicted[:, horizon:] - case.predicted[:, :-horizon]
    if case.nowcast is None:
        expected = known[:-horizon] + changes
    else:
        expected = case.nowcast(horizon, known)[horizon:] + changes - changes.mean(axis=0)
    later = {"dates": case.dates[horizon:], "observed": case.observed[horizon:]}
    return replace(case, **later, predicted=np.maximum(expected, 0.0))


def forecasts(case: PlaceCase, horizon: int = HORIZON) -> pd.DataFrame:
    """Score the forecasts of `ahead` against what came.

    Returns
    -------
    A line for them, for the count of the start plus the model's change since, for the model run from day 0, for
    persistence and last trend, all on the same days; and where counts are not made daily, the same from the last
    published counts. Skill is 1 less the rescaled ARD over that of the naive forecast from the same counts.
    """
    table = _started(case, horizon, case.observed)
    if case.published is None:
        return table
    late = _started(case, horizon, case.published)
    late["forecast"] += FROM_PUBLISHED
    return pd.concat([table, late[~late["forecast"].str.startswith("model from day 0")]], ignore_index=True)


def _started(case: PlaceCase, horizon: int, known: np.ndarray) -> pd.DataFrame:
    """Score forecasts that start from what was known."""
    own = ahead(case, horizon, known)
    changed = ahead(replace(case, nowcast=None), horizon, known).predicted.mean(axis=0)
    last, trend = _continued(known, horizon)
    others = {
        "model's change since": changed,
        "model from day 0": case.predicted.mean(axis=0)[horizon:],
        "persistence": last[horizon:],
        "last trend": trend[horizon:],
    }
    started = {"forecast": "model from observed stocks", **_errors(own.predicted.mean(axis=0), own.observed)}
    lines = [{**started, **_ensemble(own)}]
    lines += [{"forecast": name, **_errors(predicted, own.observed)} for name, predicted in others.items()]
    table = pd.DataFrame(lines)
    for name in ("persistence", "last trend"):
        error = float(table["ard_rescaled"][table["forecast"] == name].iloc[0])
        table[f"skill_{name.replace(' ', '_')}"] = [scores.skill(own, error) for own in table["ard_rescaled"]]
    return table


def _continued(known: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Return persistence and last trend, (D, P) each; where the trend has no past yet, it is persistence."""
    last, trend = scores.persistence(known, horizon), scores.last_trend(known, horizon)
    return last, np.where(np.isnan(trend), last, trend)
