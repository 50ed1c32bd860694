"""Flee itself, the package of that name in release 3.1, driven through its Python API on a directory of `seeds/flee`.

It reads the same files and the same settings as `rules=flee` and goes through the same days; nothing in it is changed.
What it prints is thrown away, so that printing costs it next to nothing.
"""

import contextlib
import io
import random
import tempfile
from pathlib import Path

import numpy as np
import yaml
from flee import InputGeography, flee, spawning
from flee.datamanager.handle_refugee_data import RefugeeTable
from flee.SimulationSettings import SimulationSettings

from sim.config import FleeSettings
from sim.flee import FleeCase

# Settings of the same name and meaning. capacity_scaling came with a later release; it is 1 in all that is compared.
_MOVE_RULES = (
    "max_move_speed max_walk_speed foreign_weight camp_weight conflict_weight conflict_movechance camp_movechance "
    "idpcamp_movechance default_movechance awareness_level capacity_buffer softening weight_softening weight_power "
    "distance_power start_on_foot avoid_short_stints"
).split()


class FleeProgram:
    """A simulation by Flee, ready for its first day.

    Parameters
    ----------
    case
        Says where the files are and how many days there are; Flee reads the files itself.
    one_in
        One agent stands for so many people.
    """

    def __init__(self, case: FleeCase, settings: FleeSettings, seed: int, one_in: int = 1):
        random.seed(seed)
        np.random.seed(seed)
        # Flee keeps who is still to come in its module: a second simulation would inherit it from the first.
        for name in ("__refugees_raw", "__refugee_debt"):
            setattr(spawning, name, 0)
        self.day, self.agent_days = 0, 0
        with _silent():
            _configure(settings, one_in)
            self._geography, self.system, places = _read_places(case)
            self._data = _read_counts(case, one_in)
            for camp in case.camps:
                spawning.add_initial_refugees(self.system, self._data, places[camp])

    def run(self, n_days: int) -> None:
        """Simulate so many further days."""
        with _silent():
            for _ in range(n_days):
                self._geography.AddNewConflictZones(self.system, self.day)
                spawning.spawn_daily_displaced(self.system, self.day, self._data, SumFromCamps=True)
                self.system.enact_border_closures(self.day)
                self.system.evolve()
                self.day += 1
                self.agent_days += self.system.numAgents()


def _configure(settings: FleeSettings, one_in: int) -> None:
    """Give Flee its settings by the only way there is, a file."""
    rules = {
        "move_rules": {name: getattr(settings, name) for name in _MOVE_RULES},
        "spawn_rules": {"conflict_spawn_decay": list(settings.conflict_decay) or None},
        "optimisations": {"hasten": one_in},
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "simsetting.yml"
        path.write_text(yaml.safe_dump(rules), encoding="utf-8")
        SimulationSettings.ReadFromYML(str(path))


def _read_places(case: FleeCase):
    """Return Flee's input, its system of places, and the places by name."""
    geography = InputGeography.InputGeography()
    SimulationSettings.ConflictInputFile = str(case.folder / "conflicts.csv")
    geography.ReadConflictInputCSV(SimulationSettings.ConflictInputFile)
    geography.ReadLocationsFromCSV(str(case.folder / "locations.csv"))
    geography.ReadLinksFromCSV(str(case.folder / "routes.csv"))
    geography.ReadClosuresFromCSV(str(case.folder / "closures.csv"))
    return geography, *geography.StoreInputGeographyInEcosystem(flee.Ecosystem())


def _read_counts(case: FleeCase, one_in: int):
    """Return Flee's table of observed people."""
    counts = RefugeeTable(
        csvformat="generic",
        data_directory=str(case.observed_folder),
        start_date=str(case.start),
        data_layout="data_layout.csv",
        population_scaledown_factor=one_in,
    )
    counts.ReadL1Corrections(str(case.folder / "registration_corrections.csv"))
    return counts


def agents_after(case: FleeCase, settings: FleeSettings, one_in: int) -> int:
    """Let Flee go through all days, and return how many agents it has then."""
    program = FleeProgram(case, settings, 1, one_in)
    program.run(case.n_days)
    return program.system.numAgents()


@contextlib.contextmanager
def _silent():
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
