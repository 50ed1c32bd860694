"""One run from its choices to its folder: replicates simulated, tables and pictures written together."""

import datetime
import hashlib
import os
import platform
import re
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pandas as pd

import sim
from sim.compose import as_yaml, compose
from sim.config import Config
from sim.errors import InputError
from sim.paths import case_folder
from sim.results import Run, check_writable, write_run
from sim.seeds import Case, check_case, load_case

Progress = Callable[[int, int], None]
_VERSIONS = ("mesa", "numba", "numpy", "pandas", "pyarrow", "matplotlib", "hydra-core", "omegaconf")
# Where and how fast a run is made says nothing about its results: these stand in the manifest only.
_ELSEWHERE = ("out", "threads")


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
    """
    if isinstance(choices, Config):
        return _run(choices, [], progress)[0]
    return _run(compose(choices), list(choices), progress)[0]


def run_all(
    cells: Sequence[tuple[str, Config]], words: Sequence[str], progress: Progress | None = None
) -> Iterator[tuple[str, Run, Case]]:
    """Run configurations one after the other; with a label, `out` is the folder in which each gets its own.

    Every place is looked at before the first run, so that no mistake in one comes to light hours later.
    """
    cells = [(label, _in_own_folder(label, config)) for label, config in cells]
    for _, config in cells:
        check_writable(run_folder(config))
    for label, config in cells:
        yield label, *_run(config, list(words), progress)


def _run(config: Config, words: list[str], progress: Progress | None) -> tuple[Run, Case]:
    folder = run_folder(config)
    check_writable(folder)
    case, findings = read_case(config)
    for finding in findings:
        if finding.startswith("error: "):
            raise InputError(f"{case.folder}: {finding.removeprefix('error: ')}; sim check tells all")
    began, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    tables, summary = _simulate_all(config, case, progress)
    manifest = {
        "version": sim.__version__,
        "command": command_line(words),
        "case": {"name": case.name, "checksum": case.checksum},
        "source_checksum": source_checksum(),
        "seeds": list(seeds(config)),
        "started": began.isoformat(timespec="seconds"),
        "simulation_seconds": round(time.perf_counter() - clock, 3),
        "threads": config.threads,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": {name: metadata.version(name) for name in _VERSIONS},
    }

    def draw(finished: Run) -> None:
        from sim.views import draw_run  # Matplotlib takes half a second to import

        kept = [word for word in words if word.partition("=")[0] not in _ELSEWHERE]
        draw_run(finished, case, finished.folder, command_line(kept))

    pictures = draw if config.output.pictures else None
    return write_run(folder, described(config), tables, summary, manifest, config.output.csv, pictures), case


def read_case(config: Config) -> tuple[Case, list[str]]:
    """Return the facts of a configuration's case and what its tables contradict each other in."""
    case = load_case(case_folder(config.case.path))
    last_day = config.start + datetime.timedelta(days=config.n_days - 1)
    return case, check_case(case, config.start, last_day)


def run_folder(config: Config) -> Path:
    """Return where a run goes: `out`, or a folder in `results` that no other choice of settings has."""
    if config.out:
        return Path(config.out)
    digest = hashlib.sha256(described(config).encode()).hexdigest()[:6]
    return Path("results") / f"{config.scenario.name}-{config.population.name}-{digest}"


def _in_own_folder(label: str, config: Config) -> Config:
    if not label or not config.out:
        return config
    return replace(config, out=str(Path(config.out) / re.sub(r"[^\w.=-]+", "_", label).strip("_")))


def described(config: Config) -> str:
    """Return the settings that decide the results, as YAML."""
    lines = as_yaml(replace(config, **dict.fromkeys(_ELSEWHERE))).splitlines(keepends=True)
    return "".join(line for line in lines if line.partition(":")[0] not in _ELSEWHERE)


def seeds(config: Config) -> range:
    """Return the seed of each replicate."""
    return range(config.seed, config.seed + config.replicates)


def command_line(words: Sequence[str]) -> str:
    """Return the command that makes this run."""
    return shlex.join(["sim", "run", *words])


def source_checksum() -> str:
    """Return the SHA-256 of the program's source files [hex]; unlike a revision it sees every edit."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _simulate_all(
    config: Config, case: Case, progress: Progress | None
) -> tuple[dict[str, pd.DataFrame], list[dict]]:
    """Simulate each replicate; return the tables of all of them, and the summary with its range."""
    from sim.model import simulate  # Mesa and Numba take a second to import: after every check of the choices

    outcomes, total = [], config.n_days * config.replicates
    for done, seed in enumerate(seeds(config)):
        begun = done * config.n_days
        told = None if progress is None else lambda day, _days, begun=begun: progress(begun + day, total)
        outcomes.append(simulate(config, case, seed, progress=told))
    frames = {name: _joined([one.frames[name] for one in outcomes]) for name in outcomes[0].frames}
    return frames, _summarised([one.summary for one in outcomes])


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _summarised(summaries: list[list[dict]]) -> list[dict]:
    """Return the mean and the range of each outcome over the replicates."""
    lines = []
    for entries in zip(*summaries, strict=True):
        values = [float(entry["value"]) for entry in entries]
        mean = sum(values) / len(values)
        lines.append({**entries[0], "value": mean, "low": min(values), "high": max(values)})
    return lines
