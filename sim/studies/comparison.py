"""The comparison folder: what was asked, the tables of the answer, and where the runs lie that it was made of.

Like a run folder it is finished when its manifest lies in it, which is written last.
"""

import contextlib
import json
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import pandas as pd

from sim.aside import hidden_beside
from sim.errors import InputError, nearest
from sim.paths import case_folder
from sim.results import (
    MANIFEST,
    PROGRAM,
    Run,
    check_place,
    check_writable,
    open_run,
    read_manifest,
    read_table,
    seal,
    write_tables,
)
from sim.seeds import Case, load_case
from sim.studies import fates
from sim.studies.start import households_at_start

QUESTION = "comparison.json"
KIND = "comparison"


class Comparison:
    """A finished comparison: `differences`, `by_day`, `bearers`, `transitions`, `examples` are its tables.

    Attributes
    ----------
    question
        What was asked: baseline, scenarios (name, story, measures, folder), case, population, start, days, seeds,
        people, notes; and worth: of how many runs a pair is worth, by scenario and outcome.
    """

    def __init__(self, folder: Path, question: dict, manifest: dict, home: Path | None = None):
        self.folder, self.question, self.manifest = folder, question, manifest
        self._home = folder if home is None else home  # where it will lie, if not yet there
        self._read: dict[str, pd.DataFrame] = {}

    @property
    def baseline(self) -> str:
        """Name of the scenario with which the others are compared."""
        return self.question["baseline"]

    @property
    def scenarios(self) -> list[str]:
        """Names of all scenarios, the baseline among them."""
        return [entry["name"] for entry in self.question["scenarios"]]

    @cached_property
    def runs(self) -> dict[str, Run]:
        """The run of each scenario."""
        return {entry["name"]: open_run(self._home / entry["folder"]) for entry in self.question["scenarios"]}

    @property
    def differences(self) -> pd.DataFrame:
        """Paired difference of each outcome from the baseline, with its interval; sorted by size against noise."""
        return self.table("differences")

    @property
    def by_day(self) -> pd.DataFrame:
        """Each outcome on each day, and its paired difference from the baseline."""
        return self.table("by_day")

    @property
    def bearers(self) -> pd.DataFrame:
        """Who bears what: paired differences by group, origin and place."""
        return self.table("bearers")

    @property
    def transitions(self) -> pd.DataFrame:
        """People by where they ended under the baseline and under each scenario."""
        return self.table("transitions")

    @property
    def examples(self) -> pd.DataFrame:
        """Five households of each scenario whose paths differ, told side by side."""
        return self.table("examples")

    def changed_by(self, by: str) -> pd.DataFrame:
        """Return how many people's path differs: scenario, name, people, of (all such people).

        Parameters
        ----------
        by
            "group", "origin" or "household_size".
        """
        return fates.shares(self.table("changed"), by)

    def changed(self, scenario: str | None = None) -> pd.DataFrame:
        """Return every household whose path differs at all, with its end under the baseline and the scenario.

        Read anew from the runs on each call. Its `people`, averaged over the seeds, add up to the table `changed`.

        Parameters
        ----------
        scenario
            One of them; all but the baseline by default.

        Returns
        -------
        One row a household and seed, sorted by both: scenario, seed, household, group, origin, household_size [people],
        people (that the row stands for), was, is (how they end under the baseline and under the scenario); and
        was_status, is_status, was_location, is_location (while travelling: where they left), moves, tries,
        travelled_km, people (the living), dead and path (a mark of what it did on which day), each with was_ and is_.
        Who never left home is where it began.

        Raises
        ------
        InputError
            For a scenario that is not compared, or where a run is gone or the facts have changed since.
        """
        others = [name for name in self.scenarios if name != self.baseline]
        if scenario is not None and scenario not in others:
            known = ", ".join(others)
            raise InputError(f"scenario is '{scenario}', but must be one of {known}{nearest(scenario, others)}")
        base = self.runs[self.baseline]
        case = facts_of(base)
        start, was = households_at_start(base, case), fates.ends(base, case)
        found = []
        for name in others if scenario is None else [scenario]:
            both = fates.joined(was, fates.ends(self.runs[name], case), start)
            rows = fates.persons(both, case)
            rows.insert(0, "scenario", pd.Categorical([name] * len(rows), self.scenarios))
            found.append(rows)
        return pd.concat(found, ignore_index=True)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table."""
        if name not in self._read:
            path = self.folder / f"{name}.parquet"
            if not path.is_file():
                known = sorted(path.stem for path in self.folder.glob("*.parquet"))
                raise InputError(f"{self.folder} has no table '{name}'{nearest(name, known)}")
            self._read[name] = read_table(path)
        return self._read[name]

    def __repr__(self) -> str:
        return f"Comparison({str(self.folder)!r})"


def facts_of(run: Run) -> Case:
    """Return the facts of a run, if they still are what they were.

    Raises
    ------
    InputError
        Where they have changed since.
    """
    case = load_case(case_folder(run.config["case"]["path"]))
    if case.checksum != run.manifest["case"]["checksum"]:
        raise InputError(f"the facts in {case.folder} have changed since {run.folder} was simulated: run it again")
    return case


def open_comparison(folder: Path | str) -> Comparison:
    """Open a finished comparison.

    Raises
    ------
    InputError
        Where there is no such folder, or the comparison in it is unfinished or damaged.
    """
    folder = Path(folder).absolute()
    manifest = read_manifest(folder, KIND)
    return Comparison(folder, json.loads((folder / QUESTION).read_text(encoding="utf-8")), manifest)


def check_comparison_place(folder: Path) -> None:
    """Refuse a folder that holds anything but a comparison, finished or not; leave nothing behind."""
    folder = Path(folder).absolute()
    if not folder.is_dir() or not any(folder.iterdir()):
        check_writable(folder)
        return
    begun = {}
    with contextlib.suppress(OSError, ValueError):
        begun = json.loads((folder / QUESTION).read_text(encoding="utf-8"))
    if not isinstance(begun, dict) or begun.get("program") != PROGRAM:
        raise InputError(f"out is '{folder}', which holds something else than a comparison: name another folder")
    check_place(folder)


def begin_comparison(folder: Path, question: dict) -> None:
    """Mark a folder as that of a comparison, so that the same command can go on where it was stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / QUESTION).exists():
        _write_question(folder, question)


def write_comparison(
    folder: Path,
    question: dict,
    frames: dict[str, pd.DataFrame],
    manifest: dict,
    draw: Callable[[Comparison], object] | None = None,
) -> Comparison:
    """Write the tables of a comparison into its folder, beside its runs; those of an earlier one stay until then.

    Parameters
    ----------
    draw
        Called with the comparison, complete but for its manifest, to put pictures beside the tables.
    """
    folder = Path(folder).absolute()
    with hidden_beside(folder / KIND) as hidden:
        _write_question(hidden, question)
        write_tables(hidden, frames, csv=True)
        if draw:
            draw(Comparison(hidden, question, manifest, home=folder))
        seal(hidden, {"kind": KIND, **manifest})
        _move_in(hidden, folder)
    return open_comparison(folder)


def _write_question(folder: Path, question: dict) -> None:
    text = json.dumps({"program": PROGRAM, **question}, indent=1, ensure_ascii=False)
    (folder / QUESTION).write_text(text + "\n", encoding="utf-8", newline="\n")


def _move_in(hidden: Path, folder: Path) -> None:
    """Move files to their places, the manifest last; without one the folder counts as unfinished meanwhile."""
    with contextlib.suppress(InputError):
        earlier = read_manifest(folder, KIND)["files"]
        (folder / MANIFEST).unlink()
        for name in earlier:
            (folder / name).unlink()
    (folder / MANIFEST).unlink(missing_ok=True)
    files = [path.relative_to(hidden) for path in sorted(hidden.rglob("*")) if path.is_file()]
    for name in sorted(files, key=lambda name: name.name == MANIFEST):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(hidden / name, folder / name)
