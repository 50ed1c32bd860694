"""Fit where refugees go, and how many leave, on four conflicts in Flee's format: once on all, and without each one.

    python experiments/fit_conflicts.py
    python experiments/tell_conflicts.py > experiments/conflicts.md

One set of values for all conflicts; the score that counts is that of the conflict left out of the fit. Every fit is a
few lines of `experiments/conflicts.csv`: variant, conflict left out, name, value. Fits that stand there already are not
made again, so that a stopped run goes on where it stood; delete lines to make them anew. At the end the sets fitted
without a conflict are written to `conf/refuge/`; `default.yaml` there has the set fitted on all. Nelder and Mead's
simplex from three starts within the prior ranges, on expected numbers (`sim/flee/expected.py`), without luck: the same
numbers each time. About fifteen minutes on one core.

Of the observations a fit sees the daily total, by which people set out, the stocks of day 0, and, of the conflicts it
is fitted on, the scores. The capacities come from `locations.csv` and were filled in from the largest counts, which is
why there are variants without them.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from sim import scores
from sim.compose import compose
from sim.config import RefugeSettings
from sim.flee import FleeCase, read_flee
from sim.flee.expected import expected_stocks
from sim.flee.nowcast import nowcasts
from sim.flee.origins import observed_departures, origin_weights, own_departures
from sim.flee.places import CAMPS
from sim.flee.refuge import Ways, find_ways
from sim.paths import data_folder

CONFLICTS = ("burundi", "car", "mali", "ssudan")
NONE = "none"
RECORD = Path(__file__).with_name("conflicts.csv")
PRIORS = {"room_exponent": (0.0, 3.0), "distance_exponent": (0.1, 3.0), "host_exponent": (0.1, 1.0)}
STARTS = (0.3, 0.5, 0.7)  # of the way through each prior range
HORIZON = 30  # days
FITS = ("model", "departures", "nowcast")  # that give settings; the other variants are held against them
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass
class Ready:
    """A conflict made ready to be simulated many times."""

    case: FleeCase
    ways: Ways
    departures: np.ndarray  # (D, Z)
    observed: np.ndarray  # (D, J)


@dataclass
class Variant:
    """The model, or the model without one of its parts: settings held at a value, and what is read otherwise."""

    name: str
    fixed: dict
    capacities: bool = True
    redirection: bool = True
    conflict_days: bool = True


VARIANTS = (
    Variant("model", {}),
    Variant("room has no effect", {"room_exponent": 0.0}),
    Variant("half the effect of room", {"room_exponent": 1.0}),
    Variant("one stage, camps without countries", {"host_exponent": 1.0}),
    Variant("distance has no effect", {"distance_exponent": 0.0}),
    Variant("closed borders have no effect", {"closed_border_km": 0.0}),
    Variant("closed borders are impassable", {"closed_border_km": 1e6}),
    Variant("camps that send people on receive them", {}, redirection=False),
    Variant("people set out from all zones on all days", {}, conflict_days=False),
    Variant("capacities unknown", {"room_exponent": 0.0}, capacities=False),
)


def ready(name: str, variant: Variant) -> Ready:
    """Read a conflict as a variant sees it."""
    case = read_flee(name)
    settings = replace(compose([]).refuge, **variant.fixed)
    ways = find_ways(case, settings.closed_border_km)
    if not variant.capacities:
        ways = ways.without_capacities
    if not variant.redirection:
        ways = replace(ways, is_open=np.isin(case.kinds[:, ways.camps], CAMPS))
    departures = observed_departures(case)
    if not variant.conflict_days:
        ever = np.broadcast_to(case.intensity.max(axis=0), case.intensity.shape)
        weights = origin_weights(case, ever)
        departures = weights / weights.sum(axis=1, keepdims=True) * case.arrivals[:, None]
    return Ready(case, ways, departures[:, ways.zones], case.observed[case.camps].to_numpy(np.float64))


def stocks(one: Ready, settings: RefugeSettings) -> np.ndarray:
    """Return the expected people by day and camp (D, J)."""
    return expected_stocks(one.ways, settings, one.departures, one.observed[0])


def simplex(loss, priors: dict[str, tuple[float, float]]) -> dict[str, float]:
    """Return the values with the smallest loss, to three digits."""
    found = []
    for share in STARTS:
        start = [low + share * (high - low) for low, high in priors.values()]
        options = {"xatol": 2e-3, "fatol": 1e-5, "maxiter": 150}
        found.append(minimize(loss, start, method="Nelder-Mead", bounds=list(priors.values()), options=options))
    best = min(found, key=lambda one: one.fun)
    return {name: float(f"{value:.3g}") for name, value in zip(priors, best.x, strict=True)}


def fit_variant(variant: Variant, left_out: str, cases: dict[str, Ready]) -> dict[str, float]:
    """Fit the exponents on all conflicts but one; return them, the loss, and the scores of the one left out."""
    priors = {name: span for name, span in PRIORS.items() if name not in variant.fixed}
    base = replace(compose([]).refuge, **variant.fixed)
    fitted = [cases[name] for name in CONFLICTS if name != left_out]

    def loss(values) -> float:
        settings = replace(base, **dict(zip(priors, map(float, values), strict=True)))
        return float(np.mean([scores.ard_rescaled(stocks(one, settings), one.observed) for one in fitted]))

    values = simplex(loss, priors)
    found = {**values, "loss": loss(values.values())}
    if left_out != NONE:
        one, settings = cases[left_out], replace(base, **values)
        found["ard"] = scores.ard(stocks(one, settings), one.observed)
        found["ard_rescaled"] = scores.ard_rescaled(stocks(one, settings), one.observed)
    return found


def fit_departures(left_out: str, cases: dict[str, Ready]) -> dict[str, float]:
    """Fit the hazard of leaving on all conflicts but one: mean distance of the logarithms of the numbers so far."""
    base = compose([]).refuge
    priors = {"leave_rate": (np.log(1e-4), np.log(0.1)), "leave_fade_days": (np.log(5.0), np.log(1000.0))}

    def settings_of(values) -> RefugeSettings:
        return replace(base, **dict(zip(priors, np.exp(values).tolist(), strict=True)))

    def loss(values) -> float:
        fitted = [cases[name] for name in CONFLICTS if name != left_out]
        return float(np.mean([log_distance(one, settings_of(values)) for one in fitted]))

    logs = simplex(loss, priors)
    found = {name: float(f"{np.exp(value):.3g}") for name, value in logs.items()}
    found["loss"] = loss(np.log(list(found.values())))
    if left_out != NONE:
        own, seen = so_far(cases[left_out], settings_of(np.log([found[name] for name in priors])))
        found |= {f"ratio_day_{day}": own[day] / seen[day] for day in (30, 90)} | {"ratio_end": own[-1] / seen[-1]}
    return found


def so_far(one: Ready, settings: RefugeSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return the people who have set out by each day, by the model's hazard and as observed, (D,) each."""
    return own_departures(one.case, settings).sum(axis=1).cumsum(), one.departures.sum(axis=1).cumsum()


def log_distance(one: Ready, settings: RefugeSettings) -> float:
    """Return the mean distance of the logarithms, a thousand people added so that the first days do not decide."""
    own, seen = so_far(one, settings)
    return float(np.abs(np.log((own + 1000) / (seen + 1000))).mean())


def fit_nowcast(left_out: str, cases: dict[str, Ready]) -> dict[str, float]:
    """Choose the weight of recent growth on all conflicts but one, with the exponents fitted on these."""
    exponents = {name: value for name, value in read_record()["model", left_out].items() if name in PRIORS}
    base = replace(compose([]).refuge, **exponents)

    def error(name: str, weight: float) -> float:
        settings = replace(base, recent_weight=weight)
        predicted = nowcasts(cases[name].case, settings, HORIZON)[HORIZON:]
        return scores.ard_rescaled(predicted, cases[name].observed[HORIZON:])

    fitted = [name for name in CONFLICTS if name != left_out]
    losses = [float(np.mean([error(name, weight) for name in fitted])) for weight in WEIGHTS]
    best = WEIGHTS[int(np.argmin(losses))]
    return {"recent_weight": best, "loss": min(losses)}


def read_record() -> dict[tuple[str, str], dict[str, float]]:
    """Return the numbers of each fit by variant and conflict left out."""
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    with RECORD.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["variant"], row["left_out"]][row["name"]] = float(row["value"])
    return found


def main() -> None:
    """Make every fit that is not on record."""
    if not RECORD.exists():
        RECORD.write_text("variant,left_out,name,value\n", encoding="utf-8", newline="\n")
    for variant in VARIANTS:
        fit_missing(variant, lambda left, cases, variant=variant: fit_variant(variant, left, cases))
    fit_missing(Variant("departures", {}), fit_departures)
    fit_missing(Variant("nowcast", {}), fit_nowcast)
    for conflict in CONFLICTS:
        write_settings(conflict)


def write_settings(conflict: str) -> None:
    """Write the values fitted without a conflict as a choice of `conf/refuge`."""
    head = f"# Fitted by experiments/fit_conflicts.py on the conflicts of seeds/flee but {conflict}."
    record, lines = read_record(), [head, "defaults:", "  - default"]
    for fit in FITS:
        own = [(name, value) for name, value in record[fit, conflict].items() if hasattr(compose([]).refuge, name)]
        lines += [f"{name}: {value:g}" for name, value in own]
    path = data_folder("conf") / "refuge" / f"without_{conflict}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def fit_missing(variant: Variant, fit) -> None:
    """Make and record the fits of a variant that are not on record."""
    done = read_record()
    missing = [left for left in (NONE, *CONFLICTS) if (variant.name, left) not in done]
    cases = {name: ready(name, variant) for name in CONFLICTS} if missing else {}
    for left_out in missing:
        found = fit(left_out, cases)
        with RECORD.open("a", encoding="utf-8", newline="") as file:
            rows = [(variant.name, left_out, name, f"{value:.6g}") for name, value in found.items()]
            csv.writer(file, lineterminator="\n").writerows(rows)
        told = ", ".join(f"{name} {value:.4g}" for name, value in found.items())
        print(f"{variant.name}, without {left_out}: {told}", flush=True)


if __name__ == "__main__":
    main()
