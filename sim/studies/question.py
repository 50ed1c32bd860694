"""`question`: what a sweep says of its options: which are dominated, which are regretted, and when one beats another.

An option is what can be decided, a future what cannot: both are settings that the sweep varies. Options are compared
with a baseline future by future and seed by seed: the same households with the same luck.
"""

import datetime
import hashlib
import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.dataset import SweepTables, open_sweep
from sim.errors import InputError, nearest
from sim.metrics import OUTCOMES
from sim.paths import shown
from sim.results import check_writable, read_table, write_folder, write_json, write_tables
from sim.runner import provenance, repeatable
from sim.studies import discovery
from sim.studies.paired import paired
from sim.studies.variants import listed
from sim.studies.weighing import choices, dominators, regrets
from sim.studies.words import own_words
from sim.terminal import columns, number, signed

KIND, QUESTION = "question", "question.json"
BETTER = ("less", "more")
DEFAULT = ("displaced", "dead_on_the_way")
ENOUGH = 40  # futures from which a box tells more than a list of them
_OWN = ("options", "futures", "outcomes", "better", "baseline", "weights", "output.pictures", "out")
_LISTED = 8  # futures that are named in a line


@dataclass
class _Asked:
    sweep: SweepTables
    options: list[str]  # names of settings
    futures: list[str]
    outcomes: list[str]
    better: list[str]
    values: pd.DataFrame  # (option, future, seed) by outcome
    baseline: str
    weights: np.ndarray  # of the futures, in their order in the sweep
    command: str
    folder: Path

    @property
    def future_names(self) -> list[str]:
        return list(self.values.index.unique("future"))


def question(folder: Path | str, words: Sequence[str] = ()) -> Path:
    """Ask a sweep, and return the folder with the answer.

    Parameters
    ----------
    words
        What stands behind the sweep's folder on the command line.

    Raises
    ------
    InputError
        Where the sweep cannot answer; nothing is written then.
    """
    asked = _asked(folder, list(words))
    check_writable(asked.folder, KIND)
    tables = _answer(asked)
    about = _about(asked)
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")

    def write(hidden: Path) -> None:
        write_tables(hidden, tables, csv=True)
        write_json(hidden / QUESTION, about)
        if "output.pictures=false" not in words:
            from sim.views import draw_question  # Matplotlib takes half a second to import

            draw_question(tables, about, hidden, repeatable(asked.command))

    return write_folder(asked.folder, KIND, {"command": asked.command, "started": started, **provenance()}, write)


def _asked(folder: Path | str, words: list[str]) -> _Asked:
    own, others = own_words(words, _OWN)
    if others:
        name = others[0].partition("=")[0]
        raise InputError(f"'{others[0]}' is no setting of sim question: {', '.join(_OWN)}{nearest(name, _OWN)}")
    sweep = open_sweep(folder)
    options, futures = _settings(sweep, own)
    outcomes = listed(own.get("outcomes", "")) or list(DEFAULT)
    known = sorted(sweep.summary["outcome"].astype(str).unique())
    for name in outcomes:
        if name not in known:
            raise InputError(f"outcomes names '{name}', but must be of {', '.join(known)}{nearest(name, known)}")
    better = listed(own.get("better", "")) or [BETTER[0]] * len(outcomes)
    if len(better) != len(outcomes) or not set(better) <= set(BETTER):
        raise InputError(f"better is '{own['better']}', but must say less or more for each of {', '.join(outcomes)}")
    values = _values(sweep, options, futures, outcomes)
    names = list(values.index.unique("option"))
    baseline = own.get("baseline", names[0])
    if baseline not in names:
        raise InputError(f"baseline is '{baseline}', but must be one of {'; '.join(names)}{nearest(baseline, names)}")
    weights = _weights(own.get("weights"), list(values.index.unique("future")))
    command = shlex.join(["sim", "question", str(folder), *words])
    digest = hashlib.sha256(repeatable(command).encode()).hexdigest()[:6]
    out = Path(own.get("out") or f"results/question-{digest}").absolute()
    return _Asked(sweep, options, futures, outcomes, better, values, baseline, weights, command, out)


def _settings(sweep: SweepTables, own: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return which settings are options and which futures; every setting that is swept is one of them."""
    swept = [name for name in sweep.settings if sweep.runs[name].nunique() > 1]
    usual = [name for name in ("policy", "scenario") if name in swept][:1] or swept[:1]
    options = listed(own.get("options", "")) or usual
    rest = [name for name in swept if name not in options]
    futures = listed(own["futures"]) if "futures" in own else rest
    for name in [*options, *futures]:
        if name not in swept:
            told = f"'{name}' is not swept in {sweep.folder}: {', '.join(swept) or 'nothing but the seed is'}"
            raise InputError(f"{told}{nearest(name, swept)}")
    for name in rest:
        if name not in futures:
            raise InputError(f"'{name}' is swept, too: name it in options or in futures")
    if not options:
        raise InputError(f"{sweep.folder} has nothing to choose from: nothing but the seed is swept")
    if set(options) & set(futures):
        raise InputError(f"'{(set(options) & set(futures)).pop()}' cannot be both an option and a future")
    return options, futures


def _values(sweep: SweepTables, options: list[str], futures: list[str], outcomes: list[str]) -> pd.DataFrame:
    """Return each outcome (columns) by option, future and seed (rows), in the order of the sweep."""
    summary = sweep.summary[sweep.summary["outcome"].isin(outcomes)]
    named = {"option": _names(sweep.runs, options), "future": _names(sweep.runs, futures)}
    by_run = {key: dict(zip(sweep.runs["run"], names, strict=True)) for key, names in named.items()}
    rows = summary[["seed", "value"]].assign(
        outcome=summary["outcome"].astype(str), **{key: summary["run"].astype(str).map(by_run[key]) for key in by_run}
    )
    wide = rows.pivot_table(index=["option", "future", "seed"], columns="outcome", values="value", sort=False)
    have = wide.groupby(level=["option", "future"], sort=False).size().unstack()
    for option, future in [(o, f) for o in have.index for f in have.columns if pd.isna(have.loc[o, f])]:
        under = f" under {future}" if futures else ""
        raise InputError(f"{sweep.folder} has no finished run of {option}{under}: options are compared in every future")
    return wide[outcomes]


def _names(runs: pd.DataFrame, settings: list[str]) -> list[str]:
    """Return a name for each run: the value of its one setting if that is a word, else all values with their names."""
    if len(settings) == 1 and runs[settings[0]].dtype.kind not in "if":
        return [str(value) for value in runs[settings[0]]]
    rows = runs[settings].itertuples(index=False)
    return [", ".join(f"{name}={_text(value)}" for name, value in zip(settings, row, strict=True)) for row in rows]


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _weights(text: str | None, futures: list[str]) -> np.ndarray:
    """Return how likely each future is taken to be: all the same, if not said."""
    try:
        weights = np.array([float(one) for one in listed(text)] if text else [1.0] * len(futures))
    except ValueError:
        weights = np.array([-1.0])
    if len(weights) != len(futures) or not np.isfinite(weights).all() or (weights < 0).any() or not weights.sum():
        raise InputError(f"weights is '{text}', but must be a number, 0 or more, for each of: {'; '.join(futures)}")
    return weights / weights.sum()


def _answer(asked: _Asked) -> dict[str, pd.DataFrame]:
    means = asked.values.groupby(level=["option", "future"], sort=False).mean()
    sign = np.array([1.0 if one == "less" else -1.0 for one in asked.better])
    weight = pd.Series(asked.weights, asked.future_names)
    by_option = means.mul(weight, axis=0, level="future").groupby(level="option", sort=False).sum()
    beaten = dominators(by_option.to_numpy() * sign)
    names = [*by_option.index, ""]
    options = by_option.assign(dominated=beaten >= 0, dominated_by=[names[one] for one in beaten]).reset_index()
    tables = {"options": options, "conditions": _conditions(asked)}
    if asked.futures:
        first = means[asked.outcomes[0]].unstack("future", sort=False)
        regret = regrets(first * sign[0])
        tables["regrets"] = regret.stack().rename("regret").reset_index().assign(value=first.stack().to_numpy())
        tables["choices"] = choices(regret, asked.weights).reset_index()
    boxes = _boxes(asked, tables["conditions"])
    return tables | ({"boxes": boxes} if len(boxes) else {})


def _conditions(asked: _Asked) -> pd.DataFrame:
    """Return the difference of each option from the baseline in each future, with its interval over the seeds."""
    found = []
    for outcome, better in zip(asked.outcomes, asked.better, strict=True):
        for (option, future), own in asked.values[outcome].groupby(level=["option", "future"], sort=False):
            if option == asked.baseline:
                continue
            base = asked.values[outcome].loc[(asked.baseline, future)]
            both = pd.concat([own.droplevel(["option", "future"]), base], axis=1, join="inner").T
            if not both.shape[1]:
                raise InputError(f"{option} and {asked.baseline} share no seed under {future}: sweep the same seeds")
            row = paired(both.iloc[[0]], both.iloc[[1]]).iloc[0]
            gain = -row["difference"] if better == "less" else row["difference"]
            told = {"option": option, "future": future, "outcome": outcome, "unit": OUTCOMES[outcome][0]}
            kept = {name: row[name] for name in ("baseline", "value", "difference", "low", "high")}
            found.append({**told, **kept, "n": int(row["n"]), "beats": bool(gain > 0)})
    return pd.DataFrame(found)


def _boxes(asked: _Asked, conditions: pd.DataFrame) -> pd.DataFrame:
    """Return, where there are many futures, the box of conditions in which each option beats the baseline."""
    if len(asked.future_names) < ENOUGH:
        return pd.DataFrame()
    runs = asked.sweep.runs.assign(future=_names(asked.sweep.runs, asked.futures)).drop_duplicates("future")
    points = pd.get_dummies(runs.set_index("future")[asked.futures], prefix_sep="=", dtype=float)
    found = []
    for option, rows in conditions[conditions["outcome"] == asked.outcomes[0]].groupby("option", sort=False):
        beats = rows.set_index("future")["beats"].reindex(points.index).to_numpy()
        bounds, about = discovery.box(points.reset_index(drop=True), beats)
        found.append(bounds.assign(option=option, **about))
    return pd.concat(found, ignore_index=True)


def _about(asked: _Asked) -> dict:
    """Return what was asked, how to ask it again, and what it rests on."""
    seeds = sorted(int(one) for one in asked.values.index.unique("seed"))
    return {
        "command": asked.command,
        "sweep": asked.sweep.command,
        "sources": f"Simulated, not observed: {len(asked.sweep.members)} runs, seeds {seeds[0]} to {seeds[-1]}; "
        f"the sweep was made by: {repeatable(asked.sweep.command)}",
        "options": asked.options,
        "futures": dict(zip(asked.future_names, map(float, asked.weights), strict=True)) if asked.futures else {},
        "outcomes": dict(zip(asked.outcomes, asked.better, strict=True)),
        "baseline": asked.baseline,
        "left": asked.sweep.left,
    }


def told(folder: Path) -> str:
    """Tell the answer in a few lines, and where everything lies."""
    about = json.loads((folder / QUESTION).read_text(encoding="utf-8"))
    tables = {path.stem: read_table(path) for path in folder.glob("*.parquet")}
    blocks = [_options_told(tables["options"], about)]
    if "choices" in tables:
        blocks.append(_choices_told(tables["choices"], about))
    blocks.append(_conditions_told(tables["conditions"], about))
    if about["left"]:
        blocks.append(f"note: {about['left']} runs of the sweep are not finished, and stand in nothing of this")
    return "\n\n".join([*blocks, f"results    {shown(folder)}"])


def _options_told(options: pd.DataFrame, about: dict) -> str:
    outcomes = list(about["outcomes"])
    rows = [("mean over futures and seeds", *[name.replace("_", " ") for name in outcomes], "dominated by")]
    for row in options.to_dict("records"):
        rows.append((str(row["option"]), *[number(row[name]) for name in outcomes], str(row["dominated_by"])))
    return columns(rows)


def _choices_told(table: pd.DataFrame, about: dict) -> str:
    outcome = next(iter(about["outcomes"]))
    rows = [(f"regret, {outcome.replace('_', ' ')}", "largest", "in the future", "expected", "")]
    for row in table.to_dict("records"):
        words = ["least of the largest"] * row["is_minimax"] + ["least expected"] * row["is_least_expected"]
        largest, expected = number(row["max_regret"]), number(row["expected_regret"])
        where = str(row["worst_future"]) if row["max_regret"] else ""
        rows.append((str(row["option"]), largest, where, expected, ", ".join(words)))
    weights = "; ".join(f"{name}: {weight:.2g}" for name, weight in list(about["futures"].items())[:_LISTED])
    return f"{columns(rows)}\n(weights of the futures: {weights}{'; ...' * (len(about['futures']) > _LISTED)})"


def _conditions_told(table: pd.DataFrame, about: dict) -> str:
    lines = []
    outcome, better = next(iter(about["outcomes"].items()))
    for option, rows in table[table["outcome"] == outcome].groupby("option", sort=False, observed=True):
        there = rows[rows["beats"]]
        head = f"{option} beats {about['baseline']} ({better} {outcome.replace('_', ' ')})"
        if not rows["difference"].any():
            same = f"{option} and {about['baseline']} come to the same {outcome.replace('_', ' ')}"
            lines.append(same + " in every future" * bool(about["futures"]))
        elif not about["futures"]:
            lines.append(f"{option} against {about['baseline']}: {signed(rows['difference'].iloc[0])} {outcome}")
        elif len(there) in (0, len(rows)):
            lines.append(f"{head} in {'none' if there.empty else 'every one'} of {len(rows)} futures")
        else:
            where = "; ".join(map(str, there["future"].head(_LISTED))) + "; ..." * (len(there) > _LISTED)
            lines.append(f"{head} in {len(there)} of {len(rows)} futures: {where}")
    return "\n".join(lines)
