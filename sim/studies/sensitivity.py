"""`sensitivity`: which parameters move which outcomes, and under which conditions is one scenario better than another?

Sample, evaluate, analyse: the points come from `indices.py` or `discovery.py`, which also analyse; what lies between
is here: each point simulated through the one runner and kept in a store, so that a killed study goes on where it stood.
"""

import datetime
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.compose import compose
from sim.config import Config, require_one_of
from sim.errors import InputError, nearest
from sim.metrics import OUTCOMES
from sim.paths import shown
from sim.results import SUMMARY, check_writable, read_table, write_folder, write_json, write_tables
from sim.runner import Progress, checked_case, command_line, described, provenance, repeatable
from sim.studies import discovery, indices
from sim.studies.batches import STORE, Batches, cell_config
from sim.studies.priors import Prior, chosen_priors, read_settings, values_at
from sim.studies.variants import Variant, listed, variants
from sim.studies.words import number_of, own_words
from sim.terminal import columns

KIND = "sensitivity"
KEPT = "summary"  # of each simulation: one number an outcome
DISCOVER = "discover"
METHODS = (*indices.METHODS, DISCOVER)
SAMPLES = {"morris": 10, "sobol": 64, DISCOVER: 200}
SHOWN = (
    "displaced",
    "open_air",
    "in_camps",
    "returned",
    "people_at_land_border",
    "attempts",
    "land_arrivals",
    "island_arrivals",
)
BETTER = ("less", "more")
_OWN = ("method", "parameters", "outcomes", "outcome", "scenarios", "better", "samples", "priors", "out")


@dataclass
class _Asked:
    method: str
    configs: list[Config]
    scenarios: list[str]
    priors: list[Prior]
    outcomes: list[str]
    better: str
    n_samples: int
    folder: Path
    command: str


@dataclass
class Findings:
    """Tables by name and a summary; what was simulated and what was found in the store."""

    tables: dict[str, pd.DataFrame]
    summary: dict
    simulated: int = 0
    found: int = 0


def sensitivity(words: Sequence[str], progress: Progress | None = None) -> Path:
    """Vary parameters over their priors and return the folder that tells what this changes.

    Parameters
    ----------
    words
        The words that stand behind `sim sensitivity` on the command line.

    Raises
    ------
    InputError
        For choices, facts or a place for the results that cannot be used; nothing is written then.
    """
    asked = _asked(words)
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    check_writable(asked.folder, KIND)
    found = _discovered(asked, progress) if asked.method == DISCOVER else _indices(asked, progress)
    manifest = {"command": asked.command, "started": started.isoformat(timespec="seconds"), **provenance()}
    manifest |= {"simulated": found.simulated, "found_in_store": found.found}
    manifest |= {"seconds": round(time.perf_counter() - clock, 3)}

    def write(hidden: Path) -> None:
        write_tables(hidden, found.tables, csv=True)
        write_json(hidden / SUMMARY, found.summary)
        if asked.configs[0].output.pictures:
            from sim.views import draw_sensitivity  # Matplotlib takes half a second to import

            draw_sensitivity(found.tables, found.summary, hidden, repeatable(asked.command))

    return write_folder(asked.folder, KIND, manifest, write)


def _asked(words: Sequence[str]) -> _Asked:
    own, others = own_words(words, _OWN)
    method = own.get("method", METHODS[0])
    require_one_of("method", method, METHODS)
    _refuse_what_has_no_effect(own, method)
    chosen = _scenarios(own, others) if method == DISCOVER else [Variant("", compose(others), others)]
    config = chosen[0].config
    if config.posterior is not None:
        raise InputError("a sensitivity study chooses the parameters itself: leave posterior out")
    priors = chosen_priors(listed(own.get("parameters", "")), read_settings(own.get("priors")), config)
    better = own.get("better", BETTER[0])
    require_one_of("better", better, BETTER)
    command = command_line(words, "sensitivity")
    digest = hashlib.sha256("\0".join([repeatable(command), described(config)]).encode()).hexdigest()[:6]
    folder = Path(own.get("out", Path("results") / f"sensitivity-{digest}")).absolute()
    n_samples = number_of(own, "samples", SAMPLES[method], 2)
    configs = [cell_config(one.config) for one in chosen]
    names = [one.name for one in chosen]
    return _Asked(method, configs, names, priors, _outcomes(own, method), better, n_samples, folder, command)


def _refuse_what_has_no_effect(own: dict[str, str], method: str) -> None:
    only = ("scenarios", "outcome", "better") if method != DISCOVER else ("outcomes",)
    for name in only:
        if name in own:
            other = f"method={DISCOVER}" if method != DISCOVER else f"method={' or '.join(indices.METHODS)}"
            raise InputError(f"'{name}' needs {other} beside it")


def _scenarios(own: dict[str, str], others: list[str]) -> list[Variant]:
    names = listed(own.get("scenarios", ""))
    if len(names) != 2:
        raise InputError(f"scenarios names {len(names)}, but method={DISCOVER} compares two: scenarios=[a,b]")
    return variants(names, others)


def _outcomes(own: dict[str, str], method: str) -> list[str]:
    default = "displaced" if method == DISCOVER else ",".join(SHOWN)
    names = listed(own.get("outcome" if method == DISCOVER else "outcomes", default))
    if not names or (method == DISCOVER and len(names) > 1):
        raise InputError("outcome must name one" if method == DISCOVER else "outcomes must name one or more")
    for name in names:
        if name not in OUTCOMES:
            raise InputError(f"there is no outcome '{name}'{nearest(name, OUTCOMES)}")
        if names.count(name) > 1:
            raise InputError(f"outcomes names '{name}' twice")
    return names


def _evaluated(asked: _Asked, points: np.ndarray, progress: Progress | None) -> tuple[list[np.ndarray], Batches]:
    """Return the outcomes at each point under each configuration, (N, O), means over the seeds; same luck for all."""
    sets = [values_at(asked.priors, point) for point in points]
    values, simulated, found = [], 0, 0
    for number, config in enumerate(asked.configs):
        seeds = range(config.seed, config.seed + config.replicates)
        expected = (len(asked.configs) - number) * len(points) * len(seeds) + simulated + found
        store = asked.folder.parent / STORE
        batches = Batches(config, checked_case(config), KEPT, store, expected, progress, simulated, found)
        records = batches.records(sets, seeds, "point")
        simulated, found = batches.simulated, batches.found
        values.append(np.array([np.mean([_values(one, asked.outcomes) for one in seed], axis=0) for seed in records]))
    return values, batches


def _values(summary: list[dict], outcomes: Sequence[str]) -> list[float]:
    by_name = {entry["outcome"]: entry["value"] for entry in summary}
    return [by_name[name] for name in outcomes]


def _table(asked: _Asked, points: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame([values_at(asked.priors, point) for point in points], dtype=float)


def _indices(asked: _Asked, progress: Progress | None) -> Findings:
    config, names = asked.configs[0], [prior.name for prior in asked.priors]
    points = indices.sample(asked.method, len(names), asked.n_samples, config.seed)
    (values,), batches = _evaluated(asked, points, progress)
    found = [
        indices.analyse(asked.method, points, column, names, config.seed).assign(outcome=outcome)
        for outcome, column in zip(asked.outcomes, values.T, strict=True)
    ]
    table = pd.concat(found, ignore_index=True)[["outcome", "parameter", "index", "value", "low", "high"]]
    at_points = _table(asked, points).assign(**dict(zip(asked.outcomes, values.T, strict=True)))
    units = {name: OUTCOMES[name][0] for name in asked.outcomes}
    summary = {**_chosen(asked, len(points)), "outcomes": units}
    return Findings({"indices": table, "points": at_points}, summary, batches.simulated, batches.found)


def _discovered(asked: _Asked, progress: Progress | None) -> Findings:
    config, (outcome,) = asked.configs[0], asked.outcomes
    shares = discovery.latin_hypercube(len(asked.priors), asked.n_samples, config.seed)
    (one, other), batches = _evaluated(asked, shares, progress)
    difference = one[:, 0] - other[:, 0]
    better = difference < 0 if asked.better == "less" else difference > 0
    points = _table(asked, shares)
    bounds, quality = discovery.box(points, better)
    scores = discovery.feature_scores(points, difference, config.seed)
    told = {asked.scenarios[0]: one[:, 0], asked.scenarios[1]: other[:, 0], "difference": difference, "better": better}
    tables = {"box": bounds, "scores": scores, "points": points.assign(**told)}
    summary = {
        **_chosen(asked, len(points)),
        "scenarios": asked.scenarios,
        "outcome": outcome,
        "unit": OUTCOMES[outcome][0],
        "better": asked.better,
        "box": quality,
        "priors": {prior.name: [prior.low, prior.high] for prior in asked.priors},
    }
    return Findings(tables, summary, batches.simulated, batches.found)


def _chosen(asked: _Asked, n_points: int) -> dict:
    config = asked.configs[0]
    seeds = list(range(config.seed, config.seed + config.replicates))
    sizes = {"samples": asked.n_samples, "points": n_points, "seeds": seeds, "one_in": config.population.one_in}
    scenario = {} if asked.method == DISCOVER else {"scenario": config.scenario.name}
    return {"method": asked.method, "case": config.case.name, **scenario, **sizes}


def told(folder: Path) -> str:
    """Tell what a sensitivity study found in a few lines, and where everything lies."""
    summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    if summary["method"] == DISCOVER:
        return "\n".join([*_told_conditions(folder, summary), "", f"results    {shown(folder)}"])
    leading = {"morris": "mu_star", "sobol": "total"}[summary["method"]]
    table = read_table(folder / "indices.parquet")
    rows = [("", "first", "second", "third")]
    for outcome, part in table[table["index"] == leading].groupby("outcome", observed=True, sort=False):
        best = part.sort_values("value", ascending=False, kind="stable").head(3).itertuples()
        cells = [f"{str(line.parameter).removeprefix('behaviour.')} {line.value:,.3g}" for line in best]
        rows.append((str(outcome).replace("_", " "), *cells, *[""] * (3 - len(cells))))
    what = "mean change over the whole prior" if leading == "mu_star" else "share of the variance, with interactions"
    return "\n".join([columns(rows), f"({what})", "", f"results    {shown(folder)}"])


def _told_conditions(folder: Path, summary: dict) -> list[str]:
    first, second = summary["scenarios"]
    quality, words = summary["box"], f"{summary['better']} {summary['outcome'].replace('_', ' ')}"
    lines = [f"{first} has {words} than {second} at {quality['base']:.0%} of {summary['points']} points"]
    bounds = read_table(folder / "box.parquet")
    for line in bounds.itertuples():
        lines.append(f"  {line.parameter} between {line.low:.3g} and {line.high:.3g} (by chance: p = {line.p:.2g})")
    if len(bounds):
        lines.append(f"there at {quality['density']:.0%}; {quality['coverage']:.0%} of all such points lie there")
    return lines
