"""Directories in the format of the Flee simulator, read as cases, and Flee's movement rules as a baseline.

>>> from sim.flee import read_flee, simulate_flee
>>> case = read_flee("mali")
>>> case.warnings, case.observed
>>> simulate_flee(case, compose(["flee=default"]).flee, seed=1)
"""

from sim.flee.case import FleeCase, read_flee
from sim.flee.simulate import simulate_case, simulate_flee

__all__ = ["FleeCase", "read_flee", "simulate_case", "simulate_flee"]
