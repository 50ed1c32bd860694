"""How far simulated counts are from those that may be fitted to, in units of each count's tolerance.

This is the only part of a fit that sees observations, and it asks for those of one use: calibration.
"""

import datetime
import functools
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.config import Config
from sim.errors import InputError
from sim.observed import can_count, observations
from sim.seeds import Case
from sim.studies.agreement import family_of
from sim.studies.priors import tolerance
from sim.studies.tally import question, tally

USE = "calibration"


@dataclass
class Goal:
    """What a fit is to come near.

    Attributes
    ----------
    rows
        The observations, with `family` and `tolerance` (relative error that is one unit of residual).
    left_out
        Ids of observations of the same use that no run counts, or that count nobody.
    config, case
        What is simulated for it: the case holds no other observations, and no day after the last of them.
    """

    rows: pd.DataFrame
    left_out: list[str]
    config: Config
    case: Case

    @property
    def keep(self):
        """What is kept of a simulation: the counts in place of the observations."""
        return functools.partial(tally, question(self.rows, self.case))

    def residuals(self, counts: np.ndarray) -> np.ndarray:
        """Return log(simulated / observed) in units of the tolerance, of the mean over the seeds.

        Parameters
        ----------
        counts
            (..., seeds, rows) people; a mean below one person counts as one.

        Returns
        -------
        (..., rows)
        """
        means = np.maximum(np.asarray(counts, np.float64).mean(axis=-2), 1.0)
        return np.log(means / self.rows["value"].to_numpy()) / self.rows["tolerance"].to_numpy()

    def loss(self, counts: np.ndarray) -> np.ndarray:
        """Return the sum of the squared residuals of (..., seeds, rows), (...)."""
        return (self.residuals(counts) ** 2).sum(axis=-1)


def goal(config: Config, case: Case, settings: dict) -> Goal:
    """Return what a configuration is to be fitted to: every calibration row that its days cover and a run counts.

    Raises
    ------
    InputError
        Where there is none.
    """
    last = config.start + datetime.timedelta(days=config.n_days - 1)
    every = observations(case, USE, config.start, last)
    usable = [can_count(row) and row.value > 0 for row in every.itertuples()]
    rows = every[usable].reset_index(drop=True)
    if rows.empty:
        raise InputError(f"{case.folder}: nothing marked {USE} was published that these days of the model can count")
    families = [family_of(row) for row in rows.itertuples()]
    rows = rows.assign(family=families, tolerance=[tolerance(family, settings) for family in families])
    n_days = (rows["date"].max() - config.start).days + 1
    # What comes later or is marked otherwise cannot act on these counts; it is not even handed on.
    seen = replace(case, observed=every.reset_index(drop=True), checksum="")
    return Goal(rows, list(every["id"][[not one for one in usable]]), replace(config, days=n_days), seen)
