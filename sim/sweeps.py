"""Sweeps: many runs in one folder, each in a folder of its own, that can be stopped, gone on with and extended.

`sweep.json` says which runs belong to the sweep; `store/` holds replicates whose run is not written yet, the log of
all cells, and what has failed. Any number of processes may be at one sweep: they share the work.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from sim.address import address, facts_checksum
from sim.cells import Cell, Progress, person_days, share_out
from sim.config import Config
from sim.errors import InputError
from sim.results import MANIFEST, PROGRAM, Run, check_place
from sim.runner import Job, cells_of, command_line, is_done, prepared, repeatable, run_jobs
from sim.store import Store

SWEEP, STORE = "sweep.json", "store"
_LONGEST = 100  # characters of a folder's name; some systems take 143 bytes


@dataclass
class Sweep:
    """A sweep to be made: all its runs, and those that are not finished."""

    folder: Path
    command: str
    jobs: list[Job]
    left: list[Job]


@dataclass
class State:
    """How far a sweep is: how many of its simulations are done, have failed, and whether somebody is at it."""

    folder: Path
    command: str
    n_cells: int
    done: int
    failed: int
    is_running: bool

    @property
    def left(self) -> int:
        """Simulations to be done, those that have failed not among them."""
        return self.n_cells - self.done - self.failed


def plan_sweep(cells: Sequence[tuple[str, Config]], words: Sequence[str]) -> Sweep:
    """Check label and configuration of each run of a sweep, and find which are finished; nothing is written.

    Parameters
    ----------
    words
        What stands behind `sim run -m`; without `out`, they name the folder.

    Raises
    ------
    InputError
        For choices, facts or a place for the results that cannot be used.
    """
    outs = {config.out for _, config in cells}
    if len(outs) > 1:
        raise InputError("out cannot be swept: a sweep has one folder, with one for each run in it")
    command = command_line(["-m", *words])
    folder = Path(outs.pop() or _default_folder(command, cells[0][1])).absolute()
    _check_sweep_place(folder)
    names = _folder_names([label for label, _ in cells])
    asked = [
        (label, config, _words_of(label, words), folder / name)
        for (label, config), name in zip(cells, names, strict=True)
    ]
    jobs = prepared(asked)
    return Sweep(folder, command, jobs, [job for job in jobs if not is_done(job)])


def run_sweep(sweep: Sweep, progress: Progress | None = None) -> Iterator[tuple[Job, Run]]:
    """Simulate what is left of a sweep, and yield each run as soon as it is written.

    Raises
    ------
    InputError, WorkerDied
        At the end, where runs have failed; at once, where nothing more can be written.
    """
    sweep.folder.mkdir(parents=True, exist_ok=True)
    part = sweep.folder / f".{SWEEP}.{os.getpid()}"
    part.write_text(json.dumps(_described(sweep), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(part, sweep.folder / SWEEP)
    yield from run_jobs(sweep.left, progress, sweep.folder / STORE)


def find_sweeps(folder: Path | str = "results") -> list[State]:
    """Return how far each sweep in a folder is, the folder itself included."""
    states = (sweep_state(path.parent) for path in sorted(Path(folder).glob(f"**/{SWEEP}")))
    return [state for state in states if state]


def sweep_state(folder: Path) -> State | None:
    """Return how far a sweep is; None where the folder holds something else."""
    about = _read(folder / SWEEP)
    if about is None:
        return None
    store = Store(folder / STORE)
    noted = store.failures().keys()
    done = failed = n_cells = 0
    for run in about["runs"]:
        n_cells += len(run["cells"])
        manifest = _read_json(folder / run["folder"] / MANIFEST)
        if manifest.get("cells") == run["cells"]:
            done += len(run["cells"])
        else:
            done += sum(store.has(cell) for cell in run["cells"])
            failed += sum(cell in noted for cell in run["cells"])
    running = False
    with contextlib.suppress(InputError):  # who may not write there cannot ask
        running = store.folder.is_dir() and store.open().is_used()
    store.close()
    return State(folder, about["command"], n_cells, done, failed, running)


def estimate(sweep: Sweep) -> str:
    """Tell what is left of a sweep, and what it takes in time and on the disk, as far as that is known."""
    cells = [cell for job in sweep.left for cell in cells_of(job)]
    store = Store(sweep.folder / STORE)
    logged = [entry["seconds"] for entry in store.logged() if "seconds" in entry]
    each = median(logged) if logged else fmean(map(_seconds, cells)) if cells else 0.0
    n_workers = max(1, share_out(cells)[0])
    megabytes, free = sum(map(_megabytes, cells)), shutil.disk_usage(_existing(sweep.folder)).free / 1e6
    lines = [
        f"{len(sweep.jobs)} runs, {len(sweep.jobs) - len(sweep.left)} of them finished; {len(cells)} simulations left",
        f"about {_duration(each * len(cells) / n_workers)} on {n_workers} worker{'s' * (n_workers > 1)}, "
        f"{each:.2g} s each {'as logged' if logged else 'as a rule'}",
        f"about {megabytes:,.0f} MB in {sweep.folder}, where {free:,.0f} MB are free",
    ]
    chosen = sweep.jobs[0].config.executor
    if chosen.name == "slurm":
        from sim.executors.away import batch_script  # which needs what not everybody has installed

        lines += ["", batch_script(chosen, sweep.folder / STORE, -(-len(cells) // chosen.cells_per_job))]
    return "\n".join(lines)


def _seconds(cell: Cell) -> float:
    """Return about how long a cell takes [s], as measured at three sizes of the population and three lengths."""
    return 0.04 + 0.0018 * cell.config.n_days + 1.7e-9 * person_days(cell)


def _megabytes(cell: Cell) -> float:
    """Return about how much the tables of a cell take [MB], as measured at three sizes of the population."""
    return 0.1 + 2.6e-7 * person_days(cell) ** 0.76


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _existing(folder: Path) -> Path:
    return next(parent for parent in [folder, *folder.parents] if parent.exists())


def _default_folder(command: str, config: Config) -> Path:
    """Return a folder in `results` that the same command finds again, even when a file that it names has changed."""
    digest = hashlib.sha256(repeatable(command).encode()).hexdigest()[:6]
    return Path("results") / f"sweep-{config.population.name}-{digest}"


def _check_sweep_place(folder: Path) -> None:
    """Refuse a folder that holds anything but a sweep."""
    check_place(folder)
    if folder.is_file() or folder.is_dir() and any(folder.iterdir()) and _read(folder / SWEEP) is None:
        raise InputError(f"out is '{folder}', which holds something else than a sweep: name another folder")


def _read(path: Path) -> dict | None:
    about = _read_json(path)
    return about if about.get("program") == PROGRAM and about.get("kind") == "sweep" else None


def _read_json(path: Path) -> dict:
    with contextlib.suppress(OSError, ValueError):
        content = json.loads(path.read_text(encoding="utf-8"))
        return content if isinstance(content, dict) else {}
    return {}


def _described(sweep: Sweep) -> dict:
    cases = {id(job.case): job.case for job in sweep.jobs}
    facts = {number: facts_checksum(case) for number, case in cases.items()}
    runs = [
        {
            "label": job.label,
            "folder": job.folder.relative_to(sweep.folder).as_posix(),
            "cells": [address(cell.config, facts[id(cell.case)], cell.seed, "tables") for cell in cells_of(job)],
        }
        for job in sweep.jobs
    ]
    return {"program": PROGRAM, "kind": "sweep", "command": sweep.command, "runs": runs}


def _folder_names(labels: Sequence[str]) -> list[str]:
    """Return a folder name for each label, all different and none too long."""
    names = [re.sub(r"[^\w.=-]+", "_", label).strip("_") or "run" for label in labels]
    counts = Counter(names)
    return [
        name if len(name.encode()) <= _LONGEST and counts[name] == 1 else f"{name[:60]}-{_digest(label)}"
        for name, label in zip(names, labels, strict=True)
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _words_of(label: str, words: Sequence[str]) -> list[str]:
    """Return the words that make one run of a sweep by itself."""
    own = re.split(r" (?=[\w.]+=)", label) if label else []
    swept = {word.partition("=")[0] for word in own}
    return [word for word in words if word.partition("=")[0] not in swept] + own
