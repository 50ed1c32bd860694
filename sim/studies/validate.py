"""`validate`: how near does the model come to what was published, and is it better than a naive forecast?

Each case becomes `Findings`: tables, scores and pictures. What is special to a kind of case stands in `crisis.py`
(published counts of its own) and `flee_places.py` (people by day and camp); the scores of the latter are those of
`places.py`, whatever simulated it.
"""

import datetime
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from sim.compose import compose
from sim.config import Config
from sim.errors import InputError, nearest
from sim.parameters import ParameterSets, posterior_file
from sim.results import SUMMARY, check_writable, write_folder, write_json, write_tables
from sim.runner import Progress, checked_case, command_line, described, provenance, repeatable
from sim.studies import crisis, places
from sim.studies.agreement import FAMILIES
from sim.studies.batches import STORE
from sim.studies.left_out import fitted_without
from sim.studies.members import Draw
from sim.studies.priors import read_settings
from sim.studies.stock_forecasts import stock_forecasts
from sim.studies.validation import KIND, PAGE, Validation, finite, open_validation
from sim.studies.validation_page import page
from sim.studies.variants import listed
from sim.studies.words import own_words

MODES = ("fit", "forecast")
REPLICATES = 20  # if not said: a 90 % band needs 19 members
DRAWS, REPLICATES_OF_DRAW = 20, 3  # parameter sets of a posterior, and replicates of each, if not said
_OWN = ("mode", "horizon", "draws", "left_out", "out", "folders", "page")


@dataclass
class _Asked:
    """What is validated, and where the answer goes."""

    configs: list[Config]
    mode: str
    horizon: int
    draws: list[Draw]
    left_out: bool
    folder: Path
    command: str
    pictures: bool


@dataclass
class Findings:
    """What is found of one case: tables by name, scores, and what draws its pictures into a folder."""

    case: str
    tables: dict[str, pd.DataFrame]
    summary: dict
    draw: Callable[[Path, str], object]
    notes: list[str] = field(default_factory=list)


def validate(words: Sequence[str], progress: Progress | None = None) -> Validation | Path:
    """Validate the model on one case or several, or write the page of finished validations.

    Parameters
    ----------
    words
        The words that stand behind `sim validate` on the command line.
    progress
        Called with the days done and all days of a case.

    Returns
    -------
    The finished validation; with `folders=` the path of the page.

    Raises
    ------
    InputError
        For choices, facts or a place for the results that cannot be used; nothing is written then.
    """
    own, others = own_words(words, _OWN)
    if "folders" in own:
        return _write_page(own, others)
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    asked = _asked(own, others, command_line(words, "validate"))
    check_writable(asked.folder, KIND)
    found = [_findings(config, asked, progress) for config in asked.configs]
    seconds = round(time.perf_counter() - clock, 3)
    manifest = {"command": asked.command, "started": started.isoformat(timespec="seconds"), "seconds": seconds}
    return _written(asked, found, {**manifest, **provenance()})


def _asked(own: dict[str, str], others: list[str], command: str) -> _Asked:
    for name in ("page", *(["horizon"] if own.get("mode") != "forecast" else [])):
        if name in own:
            needed = "folders=[DIR,...]" if name == "page" else "mode=forecast"
            raise InputError(f"'{name}' needs {needed} beside it")
    mode = own.get("mode", MODES[0])
    if mode not in MODES:
        raise InputError(f"mode is '{mode}', but must be {' or '.join(MODES)}{nearest(mode, MODES)}")
    configs, draws = _ensembles([compose(words) for words in _by_path(others)], own)
    if not any(word.startswith("replicates=") for word in others):
        configs = [replace(one, replicates=REPLICATES_OF_DRAW if len(draws) > 1 else REPLICATES) for one in configs]
    if "left_out" in own:
        configs = [fitted_without(own["left_out"], config) for config in configs]
    default = Path("results") / f"validate-{_digest(command, *map(described, configs))}"
    horizon = _number(own, "horizon", places.HORIZON, 1)
    folder = Path(own.get("out", default)).absolute()
    return _Asked(configs, mode, horizon, draws, "left_out" in own, folder, command, configs[0].output.pictures)


def _ensembles(configs: list[Config], own: dict[str, str]) -> tuple[list[Config], list[Draw]]:
    """Return the configurations without the posterior, and the parameter sets that every seed meets instead."""
    first = configs[0]
    if first.posterior is None:
        if "draws" in own:
            raise InputError("'draws' needs posterior=FILE beside it")
        return configs, [{}]
    if first.vary != "both":
        raise InputError(f"vary is '{first.vary}', but a validation tells chance and parameters apart itself")
    sets = ParameterSets(posterior_file(first.posterior), first)
    plain = [replace(config, posterior=None) for config in configs]
    return plain, sets.spread(_number(own, "draws", DRAWS, 1))


def _by_path(words: list[str]) -> list[list[str]]:
    """Return the words of each case, where `case.path` names several."""
    paths = [word for word in words if word.startswith("case.path=[")]
    if not paths:
        return [words]
    others = [word for word in words if word not in paths]
    return [[*others, f"case.path={path}"] for path in listed(paths[0].partition("=")[2])]


def _number(own: dict[str, str], name: str, default: int, low: int) -> int:
    text = own.get(name, str(default))
    if not text.isdecimal() or int(text) < low:
        raise InputError(f"{name} is '{text}', but must be a whole number, {low} or more")
    return int(text)


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:6]


def _findings(config: Config, asked: _Asked, progress: Progress | None) -> Findings:
    if config.case.format == "flee":
        return _of_places(config, asked, progress)
    return _of_crisis(config, asked, progress)


def _of_crisis(config: Config, asked: _Asked, progress: Progress | None) -> Findings:
    """Validate a case with published counts of its own."""
    case = checked_case(config)
    ensemble = crisis.run_ensemble(config, case, asked.draws, asked.folder.parent / STORE, progress)
    notes = [f"no run counts: {', '.join(ensemble.left_out)}"] * bool(ensemble.left_out)
    if asked.mode == "fit":
        tables = crisis.compared(ensemble, read_settings(None))
        summary = crisis.summary(tables)
    else:
        tables = stock_forecasts(ensemble, asked.horizon)
        if tables["forecasts"].empty:
            raise InputError(f"{case.folder}: no two stocks were published within {asked.horizon} days")
        summary = {"forecasts": tables["forecast_scores"].to_dict("records")}

    def draw(folder: Path, command: str) -> None:
        from sim import views  # Matplotlib takes half a second to import

        views.draw_validation(tables, FAMILIES, ensemble.series, case, folder, command)

    return Findings(config.case.name, tables, {**summary, **_chosen(asked, config)}, draw, notes)


def _of_places(config: Config, asked: _Asked, progress: Progress | None) -> Findings:
    """Validate a case of people by day and place."""
    from sim.studies.flee_places import flee_places

    case = flee_places(config, asked.draws, progress)
    if asked.horizon >= len(case.dates):
        raise InputError(f"horizon is {asked.horizon} days, but {case.name} has only {len(case.dates)}")
    is_fit = asked.mode == "fit"
    shown = case if is_fit else places.ahead(case, asked.horizon)
    score = places.overall if is_fit else places.forecasts
    tables = {"overall": score(case, asked.horizon), "by_place": places.by_place(shown), "by_day": places.bands(shown)}
    first = tables["overall"].iloc[0].to_dict()
    naive = tables["overall"].iloc[1:].set_index("forecast").to_dict("index")

    def draw(folder: Path, command: str) -> None:
        from sim import views

        views.draw_places(case.name, tables, folder, command)

    return Findings(case.name, tables, {**first, "naive": naive, **_chosen(asked, config)}, draw)


def _chosen(asked: _Asked, config: Config) -> dict:
    """Return what the scores depend on, besides the case."""
    members = {"parameter_sets": len(asked.draws), "seeds": config.replicates}
    rules = f"{config.rules}{', with its defects' * config.flee.defects}" if config.case.format == "flee" else "onward"
    members |= {"left_out": asked.left_out}
    return {"mode": asked.mode, "horizon": asked.horizon, "rules": rules, **members, "one_in": config.population.one_in}


def _written(asked: _Asked, found: list[Findings], manifest: dict) -> Validation:
    summary = _summary(found)
    command = repeatable(asked.command)

    def write(hidden: Path) -> None:
        write_json(hidden / SUMMARY, finite(summary))
        for one in found:
            folder = hidden / one.case
            folder.mkdir()
            write_tables(folder, one.tables, csv=True)
            if asked.pictures:
                one.draw(folder, command)
        made = Validation(hidden, {"command": asked.command})
        (hidden / PAGE).write_text(page([made]), encoding="utf-8", newline="\n")

    return open_validation(write_folder(asked.folder, KIND, manifest, write))


def _summary(found: list[Findings]) -> dict:
    """Return every case's scores, and the means over the cases where all have them."""
    names = [one.case for one in found]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two cases are called '{name}': rename a folder")
    means = {}
    for score in ("ard", "ard_rescaled"):
        if all(score in one.summary for one in found):
            means[score] = sum(one.summary[score] for one in found) / len(found)
    return {**means, "cases": {one.case: {**one.summary, "notes": one.notes} for one in found}}


def _write_page(own: dict[str, str], others: list[str]) -> Path:
    """Write the page of finished validations."""
    refused = [*others, *(name for name in own if name not in ("folders", "page"))]
    if refused:
        raise InputError(f"'{refused[0]}' cannot be set for finished validations: only folders and page")
    if "page" not in own:
        raise InputError("name the page that is to be written: page=FILE.md")
    made = [open_validation(Path(text)) for text in listed(own["folders"])]
    if not made:
        raise InputError("folders names nothing: folders=[DIR1,DIR2]")
    path = Path(own["page"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(made), encoding="utf-8", newline="\n")
    return path
