"""One run from its choices to its folder: replicates simulated, tables and pictures written together."""

import contextlib
import datetime
import functools
import hashlib
import importlib
import os
import platform
import re
import shlex
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

import sim
from sim.address import program_checksum
from sim.advice import advice
from sim.cells import Cell, Progress, Result, simulate_cells
from sim.compose import as_yaml, compose
from sim.config import Config
from sim.errors import InputError, WorkerDied
from sim.parameters import ParameterSets, full_name, posterior_file, replicates
from sim.paths import case_folder
from sim.results import CONFIG, MANIFEST, Run, check_writable, open_run, write_run
from sim.seeds import Case, check_case, load_case
from sim.store import Store

_VERSIONS = ("mesa", "numba", "numpy", "pandas", "pyarrow", "matplotlib", "hydra-core", "omegaconf")
# Where and how fast a run is made says nothing about its results: these stand in the manifest only.
_ELSEWHERE = ("out", "threads", "executor")


@dataclass
class Job:
    """A run to be made: `words` stand behind `sim run` to make it again."""

    label: str
    config: Config
    words: list[str]
    folder: Path
    case: Case


def run(choices: Config | Sequence[str] = (), progress: Progress | None = None) -> Run:
    """Simulate a scenario and write its run folder.

    Parameters
    ----------
    choices
        A configuration, or the words that stand behind `sim run` on the command line.
    progress
        Called with the days done and all days of all replicates.

    Raises
    ------
    InputError
        For choices, facts or a place for the results that cannot be used; nothing is written then.
    WorkerDied
        Where the machine ended a process that was simulating.
    """
    if isinstance(choices, Config):
        config, words = choices, []
    else:
        config, words = compose(choices), list(choices)
    return run_one(config, words, progress)[1]


def run_one(config: Config, words: list[str], progress: Progress | None = None) -> tuple[Job, Run]:
    """Simulate one configuration and write its run folder; `words` stand behind `sim run` to make it again."""
    (made,) = run_jobs(prepared([("", config, words, run_folder(config))]), progress)
    return made


def prepared(asked: Sequence[tuple[str, Config, list[str], Path]]) -> list[Job]:
    """Check label, configuration, words and folder of each run, so that no mistake comes to light hours later."""
    cases: dict[tuple, Case] = {}
    jobs = []
    for label, config, words, folder in asked:
        check_writable(folder)
        _check_posterior(config, words)
        key = (config.case.path, config.start, config.n_days)
        if key not in cases:
            cases[key] = checked_case(config)
        jobs.append(Job(label, config, words, folder, cases[key]))
    if len(jobs) > 1:
        different = {(id(job.case), repr(job.config.policy), job.config.start, job.config.n_days): job for job in jobs}
        for job in different.values():
            _check_measures(job)
    return jobs


def run_jobs(
    jobs: Sequence[Job], progress: Progress | None = None, store: Path | None = None
) -> Iterator[tuple[Job, Run]]:
    """Simulate all replicates of all runs side by side; write and yield each run as soon as it is whole, in order.

    A run that fails stops no other; what went wrong is raised at the end. With a store, replicates that are finished
    are not simulated again after a stop; they leave the store when their run is written.
    """
    if not jobs:
        return
    with contextlib.ExitStack() as stack:
        opened = stack.enter_context(contextlib.closing(Store(store).open())) if store else None
        if opened:  # another process may have done some, and cleared them away, since they were planned
            jobs = [job for job in jobs if not is_done(job)]
        yield from _made(jobs, progress, opened)


def _made(jobs: Sequence[Job], progress: Progress | None, store: Store | None) -> Iterator[tuple[Job, Run]]:
    cells = [cell for job in jobs for cell in cells_of(job)]
    if any(job.config.output.pictures for job in jobs):  # Matplotlib takes half a second to import: meanwhile
        threading.Thread(target=importlib.import_module, args=["sim.views"]).start()
    failed: list[Result] = []
    with contextlib.closing(simulate_cells(cells, progress, store=store)) as results:
        for job in jobs:
            of_job = [next(results) for _ in seeds(job.config)]
            failed += [one for one in of_job if one.failure]
            if not any(one.failure for one in of_job):
                yield job, _write_once(job, of_job)
        if store and not failed:
            store.forget()
    if failed:
        raise _told(failed, len(cells))


def cells_of(job: Job) -> list[Cell]:
    """Return what has to be simulated for a run: a cell for each replicate."""
    name = job.label or job.config.scenario.name
    return [Cell(name, one.config, job.case, one.luck) for one in replicates(job.config)]


def _write_once(job: Job, results: list[Result]) -> Run:
    """Write a run, unless another process that is at the same sweep does so."""
    store = results[0].store
    if store is None:
        return _write(job, results)
    with store.turn(hashlib.sha256(str(job.folder).encode()).hexdigest()):
        made = open_run(job.folder) if is_done(job) else _write(job, [one.in_memory() for one in results])
        store.forget(one.address for one in results if one.n_twins == 1)
    return made


def _told(failed: list[Result], n_cells: int) -> BaseException:
    """Return the error that tells of all that failed: a mistake of the program first, with its traceback."""
    order = (InputError, WorkerDied)
    first = min(failed, key=lambda one: isinstance(one.failure, order)).failure
    if n_cells == 1:
        return first
    one = failed[0]
    told = f"{len(failed)} of {n_cells} simulations failed, the others are finished; {one.cell}: {one.failure}"
    if isinstance(first, order):
        return type(first)(told)
    first.add_note(told)
    return first


def provenance() -> dict:
    """Return what a manifest tells of the program and the machine."""
    return {
        "version": sim.__version__,
        "source_checksum": program_checksum(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": _versions(),
    }


@functools.cache  # of the environment as it was started
def _versions() -> dict:
    return {name: metadata.version(name) for name in _VERSIONS}


def is_done(job: Job) -> bool:
    """Tell whether a job's folder holds its finished run already: same settings, facts and program."""
    if not (job.folder / MANIFEST).is_file():  # the common case; the sentence about it would look at every neighbour
        return False
    try:
        made = open_run(job.folder)
    except InputError:
        return False
    facts, program = made.manifest["case"]["checksum"], made.manifest["source_checksum"]
    same = facts == job.case.checksum and program == program_checksum()
    same = same and made.manifest.get("posterior", {}) == _posterior(job.config)
    return same and (job.folder / CONFIG).read_text(encoding="utf-8") == described(job.config)


def _write(job: Job, results: list[Result]) -> Run:
    config, case = job.config, job.case
    manifest = {
        "command": command_line(job.words),
        "case": {"name": case.name, "checksum": case.checksum},
        "seeds": list(seeds(config)),
        "cells": [one.address for one in results if one.address],
        "posterior": _posterior(config),
        "started": min(one.started for one in results),
        "simulation_seconds": round(sum(one.seconds for one in results), 3),
        "threads": config.threads,
        **provenance(),
    }
    frames = _tables(config, results)
    summary = _summarised([one.summary for one in results])

    def draw(finished: Run) -> None:
        from sim.views import draw_run

        draw_run(finished, case, finished.folder, repeatable(manifest["command"]))

    pictures = draw if config.output.pictures else None
    return write_run(job.folder, described(config), frames, summary, manifest, config.output.csv, pictures)


def checked_case(config: Config) -> Case:
    """Return the facts of a configuration's case; refuse those that contradict each other."""
    case, findings = read_case(config)
    for finding in findings:
        if finding.startswith("error: "):
            raise InputError(f"{case.folder}: {finding.removeprefix('error: ')}; sim check tells all")
    return case


def _check_posterior(config: Config, words: Sequence[str]) -> None:
    """Refuse values for parameters that a posterior sets: they would have no effect."""
    if config.posterior is None:
        return
    sets = ParameterSets(posterior_file(config.posterior), config)
    for name in (full_name(word.partition("=")[0]) for word in words):
        if name in sets[0]:
            raise InputError(f"'{name}' is set, but {config.posterior} sets it anew for each replicate: leave one out")


def _posterior(config: Config) -> dict:
    """Return what a manifest tells of the parameter sets; nothing without a posterior."""
    if config.posterior is None:
        return {}
    sets = ParameterSets(posterior_file(config.posterior), config)
    return {"checksum": sets.checksum, "sets": [one.set_number for one in replicates(config)]}


def _check_measures(job: Job) -> None:
    """Refuse measures that do not fit the case, as a run does on its first day."""
    from sim.geography import build_geography
    from sim.policies import prepare

    prepare(job.config, job.case, build_geography(job.case))


def read_case(config: Config) -> tuple[Case, list[str]]:
    """Return the facts of a configuration's case and what its tables contradict each other in."""
    case = load_case(case_folder(config.case.path))
    last_day = config.start + datetime.timedelta(days=config.n_days - 1)
    findings = check_case(case, config.start, last_day)
    return case, findings + advice(case, config.start, last_day)


def run_folder(config: Config) -> Path:
    """Return where a run goes: `out`, or a folder in `results` that no other choice of settings has."""
    if config.out:
        return Path(config.out)
    digest = hashlib.sha256(described(config).encode()).hexdigest()[:6]
    return Path("results") / f"{config.scenario.name}-{config.population.name}-{digest}"


def described(config: Config) -> str:
    """Return the settings that decide the results, as YAML."""
    return as_yaml(config, without=_ELSEWHERE)


def seeds(config: Config) -> range:
    """Return the seed of each replicate."""
    return range(config.seed, config.seed + config.replicates)


def command_line(words: Sequence[str], verb: str = "run") -> str:
    """Return the command that does this again."""
    return shlex.join(["sim", verb, *words])


@functools.cache  # of the program as it was started
def repeatable(command: str) -> str:
    """Return a command line without the words that say where its results go and how fast they are made."""
    return shlex.join(word for word in shlex.split(command) if re.split("[.=]", word)[0] not in _ELSEWHERE)


def _tables(config: Config, results: list[Result]) -> dict[str, pd.DataFrame | bytes]:
    """Return the tables of all replicates; those of a single one may stay the bytes that they are in the store."""
    if len(results) == 1 and not config.output.csv and config.vary != "parameters":
        return results[0].tables
    frames = [one.frames for one in results]
    return {name: _joined([one[name] for one in frames], config) for name in frames[0]}


def _joined(frames: list[pd.DataFrame], config: Config) -> pd.DataFrame:
    """Put the tables of the replicates below each other, each under its own seed, with whatever luck it was made."""
    if config.vary == "parameters":
        frames = [frame.assign(seed=np.int64(seed)) for seed, frame in zip(seeds(config), frames, strict=True)]
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _summarised(summaries: list[list[dict]]) -> list[dict]:
    """Return the mean and the range of each outcome over the replicates."""
    lines = []
    for entries in zip(*summaries, strict=True):
        values = [float(entry["value"]) for entry in entries]
        mean = sum(values) / len(values)
        lines.append({**entries[0], "value": mean, "low": min(values), "high": max(values)})
    return lines
