"""Displacement scenarios, household by household.

>>> import sim
>>> run = sim.run(["scenario=as_it_happened", "population=tiny"])
>>> run.series
"""

import importlib

__version__ = "0.1.0"
_PUBLIC = {
    "run": "sim.runner",
    "compare": "sim.studies.compare",
    "question": "sim.studies.question",
    "report": "sim.studies.report",
    "validate": "sim.studies.validate",
    "calibrate": "sim.studies.calibrate",
    "sensitivity": "sim.studies.sensitivity",
    "explain": "sim.studies.explain",
    "export": "sim.exports",
    "open_run": "sim.results",
    "open_comparison": "sim.studies.comparison",
    "open_sweep": "sim.dataset",
    "open_validation": "sim.studies.validation",
    "load_case": "sim.seeds",
    "new_case": "sim.newcase",
    "InputError": "sim.errors",
}
__all__ = [
    "InputError",
    "calibrate",
    "compare",
    "explain",
    "export",
    "load_case",
    "new_case",
    "open_comparison",
    "open_run",
    "open_sweep",
    "open_validation",
    "question",
    "report",
    "run",
    "sensitivity",
    "validate",
]


def __getattr__(name: str):
    """Import what is asked for, and only that: `sim --help` must not wait for NumPy."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    return getattr(importlib.import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
