"""A Flee directory simulated into a folder of its own, with how near it comes to what was observed."""

import datetime
import hashlib
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sim.compose import compose
from sim.config import Config
from sim.errors import InputError
from sim.flee import FleeCase, read_flee, simulate_case
from sim.parameters import replicates
from sim.paths import shown
from sim.results import CONFIG, SUMMARY, Run, check_writable, read_manifest, write_folder, write_json, write_tables
from sim.runner import command_line, described, provenance, seeds
from sim.scores import ard, ard_rescaled
from sim.terminal import columns, number

KIND = "conflict"


def is_conflict(config: Config) -> bool:
    """Tell whether a configuration's case is a Flee directory."""
    return config.case.format == "flee"


def read_conflict(config: Config) -> FleeCase:
    """Return the case of a configuration, read for what it means or with Flee's defects, as that says.

    Raises
    ------
    InputError
        For a directory that cannot be read, and for measures, which cannot act in one.
    """
    if config.policy:
        raise InputError(f"policy names {', '.join(config.policy)}, but measures do not act in a Flee directory")
    case = read_flee(config.case.path, config.case.observed, config.flee.defects)
    if config.days is not None and config.days > case.n_days:
        raise InputError(f"days is {config.days}, but {case.name} has {case.n_days} days, as its sim_period.csv says")
    return case


def run_conflict(choices: Config | Sequence[str], progress: Callable[[int, int], object] | None = None) -> Run:
    """Simulate a Flee directory and write its folder; parameters as those of `sim.run`.

    Returns
    -------
    The run, with the tables `daily` and `observed` and a summary with the averaged relative differences.

    Raises
    ------
    InputError
        For choices or a directory that cannot be used; nothing is written then.
    """
    config, words = (choices, []) if isinstance(choices, Config) else (compose(choices), list(choices))
    return _written(config, words, read_conflict(config), progress)


def run_conflicts(cells: Sequence[tuple[str, Config]], words: Sequence[str], progress=None):
    """Simulate several Flee directories or settings, one after the other; yield label, run and case of each."""
    for label, config in cells:
        if not is_conflict(config):
            raise InputError(f"'{label}' is no Flee directory; run these and other cases apart")
    cases = [read_conflict(config) for _, config in cells]
    for (label, config), case in zip(cells, cases, strict=True):
        if label and config.out:
            config = replace(config, out=str(Path(config.out) / re.sub(r"[^\w.=-]+", "_", label).strip("_")))
        yield label, _written(config, list(words), case, progress), case


def open_conflict(folder: Path | str) -> Run:
    """Open a finished run of a Flee directory."""
    return Run(Path(folder), read_manifest(Path(folder), KIND))


def _written(config: Config, words: list[str], case: FleeCase, progress) -> Run:
    folder = Path(config.out) if config.out else _own_folder(config, case)
    check_writable(folder, KIND)
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    n_days, runs = config.days or case.n_days, seeds(config)

    def told(i: int):
        return (lambda day, days: progress(i * days + day, len(runs) * days)) if progress else None

    found = [
        simulate_case(case, one.config, one.luck, told(i)).assign(seed=one.seed)
        for i, one in enumerate(replicates(config))
    ]
    daily = _dated(pd.concat(found, ignore_index=True), case)[["seed", "day", "date", "location", "people"]]
    manifest = {
        "command": command_line(words),
        "case": {"name": case.name, "checksum": case.checksum},
        "seeds": list(runs),
        "started": started.isoformat(timespec="seconds"),
        "simulation_seconds": round(time.perf_counter() - clock, 3),
        **provenance(),
    }

    def write(hidden: Path) -> None:
        (hidden / CONFIG).write_text(described(config), encoding="utf-8", newline="\n")
        write_json(hidden / SUMMARY, _summary(daily, case, n_days))
        write_tables(hidden, {"daily": daily, "observed": _observed(case, n_days)}, config.output.csv)

    return open_conflict(write_folder(folder, KIND, manifest, write))


def _own_folder(config: Config, case: FleeCase) -> Path:
    """Return a folder in `results` that no other choice of settings has."""
    digest = hashlib.sha256((described(config) + case.checksum).encode()).hexdigest()[:6]
    return Path("results") / f"{case.name}-{config.rules}-{config.population.name}-{digest}"


def _dated(table: pd.DataFrame, case: FleeCase) -> pd.DataFrame:
    return table.assign(date=case.dates[table["day"]])


def _observed(case: FleeCase, n_days: int) -> pd.DataFrame:
    """Return the observations as rows: day, date, location, people."""
    table = case.observed.iloc[:n_days].rename_axis(index="day", columns="location").stack().rename("people")
    table = table.reset_index()
    table["location"] = pd.Categorical(table["location"], categories=case.camps)
    return _dated(table, case)[["day", "date", "location", "people"]]


def _summary(daily: pd.DataFrame, case: FleeCase, n_days: int) -> list[dict]:
    """Return the scores, and the people in all camps on the last day: mean and range over the seeds."""
    observed = case.observed.iloc[:n_days]
    values: dict[str, list[float]] = {"ard": [], "ard_rescaled": [], "in_camps": []}
    for _, rows in daily.groupby("seed"):
        camps = rows.pivot(index="day", columns="location", values="people")
        predicted = camps[list(observed.columns)].to_numpy()
        values["ard"].append(ard(predicted, observed.to_numpy()))
        values["ard_rescaled"].append(ard_rescaled(predicted, observed.to_numpy()))
        values["in_camps"].append(float(camps.iloc[-1].sum()))
    units = {"ard": ("1", "mean"), "ard_rescaled": ("1", "mean"), "in_camps": ("people", "last")}
    return [
        {
            "outcome": outcome,
            "unit": units[outcome][0],
            "how": units[outcome][1],
            "value": sum(seen) / len(seen),
            "low": min(seen),
            "high": max(seen),
        }
        for outcome, seen in values.items()
    ]


def conflict_report(run: Run, case: FleeCase, label: str = "") -> str:
    """Tell what a run found: people in each camp on the last day, beside the observations, and the scores."""
    config, runs = run.config, run.manifest["seeds"]
    about = [
        label or case.name,
        f"rules {config['rules']}{', with its defects' * case.defects}",
        f"seed {runs[0]}" if len(runs) == 1 else f"seeds {runs[0]} to {runs[-1]}",
        f"simulated in {run.manifest['simulation_seconds']:.1f} s",
    ]
    last = run.daily[run.daily["day"] == run.daily["day"].max()]
    simulated = last.groupby("location", observed=False)["people"].mean()
    seen = run.observed[run.observed["day"] == run.observed["day"].max()].set_index("location")["people"]
    rows = [(f"people on {last['date'].iloc[0]:%Y-%m-%d}", "simulated", "observed")]
    rows += [(name, number(simulated[name]), number(seen[name]) if name in seen else "") for name in simulated.index]
    scores = [("averaged relative difference", "mean", "range over seeds")]
    for line in run.summary[:2]:
        spread = f"{line['low']:.3f} - {line['high']:.3f}" if len(runs) > 1 else ""
        scores.append((line["outcome"].replace("_", ", "), f"{line['value']:.3f}", spread))
    n_doubts = len(case.warnings)
    doubts = f"{n_doubts} warning{'s' * (n_doubts > 1)}: sim check case=flee case.path={shown(case.folder)}"
    places = [*[doubts] * (n_doubts > 0), f"results    {shown(run.folder)}"]
    return "\n".join(["; ".join(about), "", columns(rows), "", columns(scores), "", *places])


def check_report(case: FleeCase) -> str:
    """Tell how much a Flee directory holds, and every warning."""
    kinds = case.locations["type"].value_counts(sort=False)
    last_day = case.dates[-1]
    rows = [
        (f"{case.name}: {shown(case.folder)}", ""),
        (f"days, {case.start} to {last_day:%Y-%m-%d}", number(case.n_days)),
        *((f"places, {kind}", number(n)) for kind, n in kinds.items()),
        ("routes", number(len(case.routes))),
        ("closures", number(len(case.closures))),
        ("places ever in conflict", number((case.intensity > 0).any(axis=0).sum())),
    ]
    if case.series is not None:
        rows += [
            ("observations", number(len(case.reported))),
            ("camps with observations", number(case.observed.shape[1])),
            ("people in camps on day 0", number(case.observed.iloc[0].sum())),
            ("people who set out later", number(case.arrivals.sum())),
        ]
    return "\n".join([columns(rows), *(f"warning: {sentence}." for sentence in case.warnings)])
