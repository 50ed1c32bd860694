"""`compare`: what would each policy have changed, for whom, and how sure is that?

The scenarios are simulated with the same seeds, hence for the same households with the same luck; what differs
between them is the policy's doing.
"""

import datetime
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.config import PopulationConfig
from sim.errors import InputError, nearest
from sim.paths import groups
from sim.results import Run, open_run
from sim.runner import Progress, command_line, described, is_done, prepared, provenance, repeatable, run_jobs
from sim.seeds import Case
from sim.studies.comparison import Comparison, begin_comparison, check_comparison_place, facts_of, write_comparison
from sim.studies.frames import comparison_frames
from sim.studies.paired import worths
from sim.studies.variants import Variant, listed, variants
from sim.studies.words import own_words

_PICTURES = ("output.pictures=true", "output.pictures=false")
# What runs must have in common, so that their households and their luck are the same.
_SAME = {
    "case": lambda run: run.config["case"]["name"],
    "facts": lambda run: run.manifest["case"]["checksum"][:12],
    "population.one_in": lambda run: run.config["population"]["one_in"],
    "population.multiply": lambda run: PopulationConfig(**run.config["population"]).multiply,
    "initial": lambda run: run.config["initial"],
    "start": lambda run: run.config["case"]["start"],
    "days": lambda run: run.config["days"] or run.config["case"]["days"],
    "seeds": lambda run: run.manifest["seeds"],
}


@dataclass
class _Asked:
    """What is compared with what, and where the answer goes."""

    runs: dict[str, Path]  # folder by name
    baseline: str
    folder: Path
    command: str
    pictures: bool = True


def compare(
    *what: str | Path | Run | Sequence,
    baseline: str | Path | Run | None = None,
    out: str | Path | None = None,
    pictures: bool = True,
    progress: Progress | None = None,
) -> Comparison:
    """Compare scenarios, or finished runs, with one of them, paired by seed.

    Parameters
    ----------
    what
        The words that stand behind `sim compare` on the command line, or runs or their folders.
    baseline
        For runs: with which the others are compared; the first, if not said.
    out
        For runs: the folder of the comparison; one in `results` by default.
    pictures
        For runs: whether to draw pictures and a report, too.
    progress
        Called with the days done and all days of all scenarios.

    Raises
    ------
    InputError
        For choices, runs or a place for the results that cannot be used; nothing is written then.
    """
    items = [item for one in what for item in (one if isinstance(one, (list, tuple)) else [one])]
    words = [item for item in items if isinstance(item, str) and item.startswith(("scenarios=", "runs="))]
    if not words and items and all(isinstance(item, str) and "=" in item for item in items):
        raise InputError("name what to compare: scenarios=[a,b], or runs=[DIR1,DIR2]")
    if words:
        return _compare_words([str(item) for item in items], progress)
    asked = _Asked({}, str(_folder(baseline)) if baseline else "", Path(out or ""), "", pictures)
    return _compare_runs([_folder(item) for item in items], asked)


def _folder(run: str | Path | Run) -> Path:
    return run.folder if isinstance(run, Run) else Path(run)


def _compare_words(words: list[str], progress: Progress | None) -> Comparison:
    own, others = own_words(words, ("scenarios", "runs", "baseline", "out"))
    if "runs" not in own:
        names = groups()["scenario"] if own["scenarios"] == "all" else listed(own["scenarios"])
        if "baseline" in own and own["baseline"] not in names:
            names = [own["baseline"], *names]
        baseline = _chosen(own.get("baseline"), names)
        return _compare_scenarios(variants(names, others), baseline, own.get("out"), words, progress)
    refused = ["scenarios="] * ("scenarios" in own) + [word for word in others if word not in _PICTURES]
    if refused:
        raise InputError(f"'{refused[0]}' cannot be set for finished runs: only baseline, out, output.pictures")
    pictures = "output.pictures=false" not in others
    command = command_line(words, "compare")
    asked = _Asked({}, own.get("baseline", ""), Path(own.get("out", "")), command, pictures)
    return _compare_runs([Path(text) for text in listed(own["runs"])], asked)


def _compare_scenarios(
    found: list[Variant], baseline: str, out: str | None, words: list[str], progress: Progress | None
) -> Comparison:
    """Simulate what is not there yet, then compare."""
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    config = found[0].config
    texts = [described(variant.config) for variant in found]
    folder = Path(out or f"results/compare-{config.population.name}-{_digest(baseline, *texts)}").absolute()
    check_comparison_place(folder)
    jobs = prepared([(one.name, one.config, one.words, folder / one.name) for one in found])
    left = [job for job in jobs if not is_done(job)]
    runs = {job.label: job.folder for job in jobs}
    asked = _Asked(runs, baseline, folder, command_line(words, "compare"), config.output.pictures)
    begin_comparison(folder, {"baseline": baseline, "scenarios": list(runs)})
    for _ in run_jobs(left, progress, folder / "store"):
        pass
    made = {job.label for job in left}
    reused = [name for name in runs if name not in made]
    return _finish(asked, jobs[0].case, {"reused": reused, **_spent(started, clock)})


def _compare_runs(folders: list[Path], asked: _Asked) -> Comparison:
    """Compare finished runs, wherever they lie."""
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    opened = [open_run(folder) for folder in folders]
    names = _names(opened)
    by_folder = {folder.absolute(): name for name, folder in zip(names, folders, strict=True)}
    baseline = _chosen(by_folder.get(Path(asked.baseline).absolute(), asked.baseline), names)
    runs = dict(zip(names, opened, strict=True))
    case = _check_alike(runs)
    digest = _digest(baseline, *(f"{name} {run.manifest['files']}" for name, run in runs.items()))
    default = f"results/compare-{runs[baseline].config['population']['name']}-{digest}"
    words = [f"runs=[{','.join(map(str, folders))}]", f"baseline={baseline}"]
    asked = replace(
        asked,
        runs={name: folder.absolute() for name, folder in zip(names, folders, strict=True)},
        baseline=baseline,
        folder=(Path(default) if asked.folder == Path("") else asked.folder).absolute(),
        command=asked.command or command_line(words, "compare"),
    )
    check_comparison_place(asked.folder)
    return _finish(asked, case, _spent(started, clock))


def _chosen(baseline: str | None, names: list[str]) -> str:
    """Return the baseline; refuse one that is not compared, or nothing to compare it with."""
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"'{name}' is named twice")
    if len(names) < 2:
        raise InputError(f"there is nothing to compare with {names[0] if names else 'nothing'}: name two or more")
    if baseline and baseline not in names:
        known = ", ".join(names)
        raise InputError(f"baseline is '{baseline}', but must be one of {known}{nearest(baseline, names)}")
    return baseline or names[0]


def _names(runs: list[Run]) -> list[str]:
    """Return a name for each run: its scenario's, or where two have the same, its folder's."""
    for names in ([run.config["scenario"]["name"] for run in runs], [run.folder.name for run in runs]):
        if len(set(names)) == len(runs):
            return names
    return [str(run.folder) for run in runs]


def _check_alike(runs: dict[str, Run]) -> Case:
    """Refuse runs that are not of the same people, days and luck; return the facts of all of them."""
    (first, one), *others = runs.items()
    for name, other in others:
        for what, read in _SAME.items():
            if read(one) != read(other):
                values = f"{what} is {read(one)} in '{first}' and {read(other)} in '{name}'"
                raise InputError(f"these runs cannot be compared: {values}")
    return facts_of(one)


def _spent(started: datetime.datetime, clock: float) -> dict:
    seconds = round(time.perf_counter() - clock, 3)
    return {"started": started.isoformat(timespec="seconds"), "seconds": seconds, **provenance()}


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:6]


def _finish(asked: _Asked, case: Case, manifest: dict) -> Comparison:
    """Compute the tables and write them."""
    runs = {name: open_run(folder) for name, folder in asked.runs.items()}
    frames = comparison_frames(runs, asked.baseline, case)
    people = int(frames["changed"].groupby("scenario", observed=True)["of"].sum().iloc[0])
    question = {**_question(asked, runs, people), "worth": worths(frames["differences"])}

    def draw(comparison: Comparison) -> None:
        from sim import views  # Matplotlib takes half a second to import

        # Where it lies and how fast it was made says nothing about the pictures, and would make them differ.
        command = repeatable(asked.command)
        views.draw_comparison(comparison, case, comparison.folder, command)
        views.write_report(comparison, case, comparison.folder, command)

    manifest = {"command": asked.command, **manifest}
    return write_comparison(asked.folder, question, frames, manifest, draw if asked.pictures else None)


def _question(asked: _Asked, runs: dict[str, Run], people: int) -> dict:
    config, seeds = runs[asked.baseline].config, runs[asked.baseline].manifest["seeds"]
    notes = ["one seed only, so no interval can be told: add replicates=3"] * (len(seeds) == 1)
    if len({run.manifest["source_checksum"] for run in runs.values()}) > 1:
        notes.append("the runs were made by different versions of the program: not all differences are the policy's")
    return {
        "baseline": asked.baseline,
        "scenarios": [_scenario(name, run, asked.folder) for name, run in runs.items()],
        "case": config["case"]["name"],
        "population": config["population"]["name"],
        "one_in": config["population"]["one_in"],
        "start": config["case"]["start"],
        "days": config["days"] or config["case"]["days"],
        "seeds": seeds,
        "people": people,
        "notes": notes,
    }


def _scenario(name: str, run: Run, folder: Path) -> dict:
    """Describe a scenario; a run inside the comparison folder is found by a relative path, so it may be moved."""
    inside = run.folder.is_relative_to(folder)
    return {
        "name": name,
        "story": run.config["scenario"]["story"],
        "measures": {key: measure["what"] for key, measure in run.config["policy"].items()},
        "folder": run.folder.relative_to(folder).as_posix() if inside else str(run.folder),
    }
