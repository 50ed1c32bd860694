"""The tables of a comparison, each computed run by run, so that two runs at most are in memory at once."""

from dataclasses import dataclass

import pandas as pd

from sim.results import Run
from sim.seeds import Case
from sim.studies import bearers, examples, fates
from sim.studies.paired import paired
from sim.studies.start import households_at_start

_KEYS = {"differences": ["outcome"], "by_day": ["outcome", "day"], "bearers": ["outcome", "by", "name"]}
TABLES = ("differences", "by_day", "bearers", "transitions", "changed", "examples")
_INTERVAL = ["difference", "low", "high"]


@dataclass
class _Counts:
    """What a run counts: one row a quantity, one column a seed; and where its households ended."""

    differences: pd.DataFrame
    by_day: pd.DataFrame
    bearers: pd.DataFrame
    ends: pd.DataFrame
    paths: examples.Paths
    outcomes: dict[str, dict]  # outcome -> unit, how
    dates: pd.Series


def comparison_frames(runs: dict[str, Run], baseline: str, case: Case) -> dict[str, pd.DataFrame]:
    """Compare finished runs with one of them; `runs` is by scenario name, in the order in which they are shown."""
    base, start = _counts(runs[baseline], case), households_at_start(runs[baseline], case)
    found: dict[str, list] = {name: [] for name in TABLES}
    for name, run in runs.items():
        own = base if name == baseline else _counts(run, case)
        found["by_day"].append(_by_day(own, base).assign(scenario=name))
        if name == baseline:
            continue
        found["differences"].append(_differences(own, base).assign(scenario=name))
        found["bearers"].append(_bearers(own, base).assign(scenario=name))
        both, n_seeds = fates.joined(base.ends, own.ends, start), base.differences.shape[1]
        people = int(start["people"].sum())
        found["transitions"].append(fates.transitions(both, case, people, n_seeds).assign(scenario=name))
        found["changed"].append(fates.changed(both, start, n_seeds).assign(scenario=name))
        told = examples.examples(both, base.paths, own.paths, case, n_seeds)
        found["examples"].append(told.assign(scenario=name))
    return {name: _joined(frames, list(runs)) for name, frames in found.items()}


def _joined(frames: list[pd.DataFrame], scenarios: list[str]) -> pd.DataFrame:
    table = pd.concat(frames, ignore_index=True)
    table["scenario"] = pd.Categorical(table["scenario"], categories=scenarios)
    return table[["scenario", *table.columns.drop("scenario")]]


def _counts(run: Run, case: Case) -> _Counts:
    run = Run(run.folder, run.manifest)  # whose tables are let go of when they are counted
    series, summary = run.table("series"), {entry["outcome"]: entry for entry in run.summary}
    by_day = _by_seed(series.assign(outcome=series["outcome"].astype(str)), _KEYS["by_day"])
    by_day = by_day.reindex(summary, level="outcome")
    days = by_day.groupby(level="outcome", sort=False)
    summed = {"last": days.last(), "peak": days.max(), "sum": days.sum()}
    return _Counts(
        differences=pd.DataFrame({outcome: summed[entry["how"]].loc[outcome] for outcome, entry in summary.items()}).T,
        by_day=by_day,
        bearers=_by_seed(bearers.borne(run, case), _KEYS["bearers"]),
        ends=fates.ends(run, case),
        paths=examples.followed_paths(run),
        outcomes=summary,
        dates=series.drop_duplicates("day").set_index("day")["date"],
    )


def _by_seed(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return values with a row for each combination of the keys and a column for each seed; 0 where none is told."""
    return table.set_index([*keys, "seed"])["value"].unstack("seed", fill_value=0).astype(float)


def _aligned(own: pd.DataFrame, base: pd.DataFrame, seeds) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give two sparse tables of counts the same rows and columns; what is missing counts nobody."""
    rows = own.index.union(base.index)
    return tuple(table.reindex(index=rows, columns=seeds, fill_value=0.0) for table in (own, base))


def _differences(own: _Counts, base: _Counts) -> pd.DataFrame:
    table = paired(own.differences, base.differences).rename_axis("outcome").reset_index()
    table.insert(1, "unit", [base.outcomes[outcome]["unit"] for outcome in table["outcome"]])
    table.insert(2, "how", [base.outcomes[outcome]["how"] for outcome in table["outcome"]])
    endless = float("inf")
    order = pd.DataFrame({"ratio": table["ratio"].fillna(endless), "percent": table["percent"].abs().fillna(endless)})
    return table.loc[order.sort_values(["ratio", "percent"], ascending=False, kind="stable").index]


def _by_day(own: _Counts, base: _Counts) -> pd.DataFrame:
    table = paired(own.by_day, base.by_day)[["value", *_INTERVAL]]
    table.insert(1, "value_low", own.by_day.min(axis=1))
    table.insert(2, "value_high", own.by_day.max(axis=1))
    table = table.reset_index()
    table.insert(2, "date", table["day"].map(base.dates))
    return table


def _bearers(own: _Counts, base: _Counts) -> pd.DataFrame:
    table = paired(*_aligned(own.bearers, base.bearers, base.differences.columns)).reset_index()
    table.insert(3, "unit", table["outcome"].map(bearers.UNITS))
    order = pd.DataFrame(
        {
            "outcome": table["outcome"].map(list(bearers.UNITS).index),
            "by": table["by"].map(bearers.BY.index),
            "size": -table["difference"].abs(),
            "name": table["name"],
        }
    )
    columns = ["by", "name", "outcome", "unit", "baseline", "value", *_INTERVAL, "percent", "noise", "ratio", "n"]
    return table.loc[order.sort_values(["outcome", "by", "size", "name"]).index, columns]
