"""Write the page on the four conflicts from the fits on record, with what is measured with them.

    python experiments/tell_conflicts.py > experiments/conflicts.md

Reads `experiments/conflicts.csv` (written by `fit_conflicts.py`), `seeds/flee/scores.csv` (Flee and rules of a few
lines) and `experiments/conflicts_told.md` (what the numbers mean). About three minutes on one core, most of it Flee's
rules without capacities.
"""

import csv
import time
from dataclasses import replace

import numpy as np
from fit_conflicts import CONFLICTS, FITS, HORIZON, NONE, RECORD, VARIANTS, Ready, read_record, ready, stocks

from sim import scores
from sim.compose import compose
from sim.config import RefugeSettings
from sim.flee import simulate_flee
from sim.flee.nowcast import nowcasts, published
from sim.flee.onward import people_by_day
from sim.paths import data_folder

TOLD = RECORD.with_name("conflicts_told.md")
NOISE_DRAWS = 20
FEW_LINES = ("equal_split", "capacity_split", "straight_1", "straight_3")


def read_bars() -> dict[tuple[str, str, str], float]:
    """Return published scores by conflict, rule and score."""
    with (data_folder("seeds") / "flee" / "scores.csv").open(encoding="utf-8", newline="") as file:
        return {(row["case"], row["rule"], row["score"]): float(row["value"]) for row in csv.DictReader(file)}


def settings_without(record: dict, conflict: str) -> RefugeSettings:
    """Return the settings that were fitted without a conflict."""
    base, found = compose([]).refuge, {}
    for variant in FITS:
        found |= {name: value for name, value in record[variant, conflict].items() if hasattr(base, name)}
    return replace(base, **found)


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def over_conflicts(name: str, values: list[float]) -> list[str]:
    """Return a line of a table: a name, a number for each conflict, and their mean."""
    return [name, *(f"{value:.3f}" for value in values), f"{np.mean(values):.3f}"]


def left_out(record, cases: dict[str, Ready], bars) -> str:
    """Tell the scores of each conflict with values fitted without it, row by row with seed 1, beside the others'."""
    normal, rescaled, seconds = [], [], []
    for name in CONFLICTS:
        case, started = cases[name].case, time.process_time()
        found = people_by_day(case, settings_without(record, name), "observed", seed=1)
        seconds.append(f"{time.process_time() - started:.1f}")
        found = found[:, [case.names.index(camp) for camp in case.camps]]
        normal.append(scores.ard(found, cases[name].observed))
        rescaled.append(scores.ard_rescaled(found, cases[name].observed))
    few = [min(bars[name, rule, "ard_rescaled"] for rule in FEW_LINES) for name in CONFLICTS]
    rows = [
        over_conflicts("**rules onward, conflict left out, rescaled**", rescaled),
        over_conflicts("Flee, best of eight settings, rescaled", bar(bars, "flee_best", "ard_rescaled")),
        over_conflicts("Flee, default settings, rescaled", bar(bars, "flee_default", "ard_rescaled")),
        over_conflicts("best rule of a few lines, rescaled", few),
        over_conflicts("**rules onward, conflict left out, normal**", normal),
        over_conflicts("Flee, best of eight settings, normal", bar(bars, "flee_best", "ard")),
        over_conflicts("Flee, default settings, normal", bar(bars, "flee_default", "ard")),
        ["CPU seconds, one row a person, first one compiles", *seconds, ""],
    ]
    return table(["averaged relative difference", *CONFLICTS, "mean"], rows)


def bar(bars: dict, rule: str, score: str) -> list[float]:
    """Return the score of a rule in each conflict."""
    return [bars[name, rule, score] for name in CONFLICTS]


def values(record) -> str:
    """Tell the fitted values."""
    names = ("room_exponent", "distance_exponent", "host_exponent", "leave_rate", "leave_fade_days", "recent_weight")
    rows = []
    for left in (NONE, *CONFLICTS):
        own = settings_without(record, left)
        rows.append([left, *(f"{getattr(own, name):.3g}" for name in names), f"{record['model', left]['loss']:.3f}"])
    return table(["left out", *names, "rescaled ARD of the fitted ones"], rows)


def ablation(record) -> str:
    """Tell the left-out scores of the model without each of its parts, fitted anew."""
    rows = [
        over_conflicts(one.name, [record[one.name, left]["ard_rescaled"] for left in CONFLICTS]) for one in VARIANTS
    ]
    return table(["left out, rescaled, expected numbers", *CONFLICTS, "mean"], rows)


def capacities(record, cases: dict[str, Ready]) -> str:
    """Tell what is left of the scores where capacities are worse known; Flee's rules without any beside them."""

    def scored(change) -> list[float]:
        found = []
        for name in CONFLICTS:
            one = cases[name]
            changed = replace(one, ways=replace(one.ways, capacity=change(one.ways.capacity)))
            found.append(scores.ard_rescaled(stocks(changed, settings_without(record, name)), one.observed))
        return found

    rows = [over_conflicts(f"all times {k}", scored(lambda own, k=k: own * k)) for k in (1, 1.25, 1.5, 2)]
    rows.append(over_conflicts("to the nearest power of 2", scored(lambda own: 2.0 ** np.round(np.log2(own)))))
    for sigma in (0.25, 0.5):
        random = np.random.default_rng(1)
        noisy = [
            scored(lambda own, s=sigma, r=random: own * np.exp(s * r.standard_normal(len(own))))
            for _ in range(NOISE_DRAWS)
        ]
        rows.append(over_conflicts(f"each wrong by a factor exp({sigma} z), mean of 20", np.mean(noisy, axis=0)))
    unknown = [record["capacities unknown", left]["ard_rescaled"] for left in CONFLICTS]
    rows.append(over_conflicts("unknown (fitted anew)", unknown))
    rows.append(over_conflicts("unknown, by Flee's rules, default settings", flee_without(cases)))
    return table(["capacities", *CONFLICTS, "mean"], rows)


def flee_without(cases: dict[str, Ready]) -> list[float]:
    """Return the rescaled scores of Flee's rules where no camp has a capacity; one row for ten people."""
    found = []
    for name in CONFLICTS:
        case = cases[name].case
        people = case.locations["people"].where(~case.locations["name"].isin(case.camps), 0)
        unlimited = replace(case, locations=case.locations.assign(people=people))
        daily = simulate_flee(unlimited, compose([]).flee, seed=1, one_in=10)
        predicted = daily.pivot(index="day", columns="location", values="people")[case.camps].to_numpy()
        found.append(scores.ard_rescaled(predicted, cases[name].observed))
    return found


def forecasts(record, cases: dict[str, Ready]) -> str:
    """Tell the scores of forecasts from the stocks of 30 days before, all days from day 30 on."""
    rows = []
    for what, source in (("series between counts", lambda case: None), ("counts made by then", published)):
        known = {name: source(cases[name].case) for name in CONFLICTS}
        start = {name: cases[name].observed if known[name] is None else known[name] for name in CONFLICTS}
        naive = [scored_ahead(cases[name], scores.persistence(start[name], HORIZON)) for name in CONFLICTS]
        rows.append(over_conflicts(f"persistence of shares, from the {what}", naive))
        for growth, told in (("trend", "as many newcomers as of late"), ("observed", "newcomers known")):
            own = [
                scored_ahead(
                    cases[name],
                    nowcasts(cases[name].case, settings_without(record, name), HORIZON, growth, known[name]),
                )
                for name in CONFLICTS
            ]
            rows.append(over_conflicts(f"rules onward, {told}, from the {what}", own))
    return table(["30 days ahead, rescaled, conflict left out", *CONFLICTS, "mean"], rows)


def scored_ahead(one: Ready, predicted: np.ndarray) -> float:
    """Return the rescaled score on all days that have a forecast."""
    return scores.ard_rescaled(predicted[HORIZON:], one.observed[HORIZON:])


def departures(record) -> str:
    """Tell how many set out by the model's own hazard, over how many did, with values fitted without the conflict."""
    days = {"ratio_day_30": "by day 30", "ratio_day_90": "by day 90", "ratio_end": "by the end"}
    rows = [[told, *(f"{record['departures', left][key]:.2f}" for left in CONFLICTS)] for key, told in days.items()]
    return table(["set out, model / observed", *CONFLICTS], rows)


def main() -> None:
    """Print the page: the text, with each table in the place that names it."""
    record, cases = read_record(), {name: ready(name, VARIANTS[0]) for name in CONFLICTS}
    tables = {
        "LEFT_OUT": lambda: left_out(record, cases, read_bars()),
        "VALUES": lambda: values(record),
        "ABLATION": lambda: ablation(record),
        "CAPACITIES": lambda: capacities(record, cases),
        "FORECASTS": lambda: forecasts(record, cases),
        "DEPARTURES": lambda: departures(record),
    }
    text = TOLD.read_text(encoding="utf-8")
    for name, write in tables.items():
        text = text.replace(f"[{name}]\n", write())
    print(text, end="")


if __name__ == "__main__":
    main()
