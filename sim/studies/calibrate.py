"""`calibrate`: which values of the parameters make the calibration rows come out, and what do these leave open?

A search (Optuna) or sequential Monte Carlo (pyABC) over priors of `conf/calibration.yaml`. The loss is that of
`residuals.py`, the only part that sees observations. What comes out is an ensemble of parameter sets that fit about
equally, with weights: `posterior.csv`, from which `sim run posterior=FILE` takes a set for each replicate.

Parameters of which the rows say nothing (`unfitted`) stay in the search where the settings have them. The sets of the
ensemble take them from their priors, evenly, and are then held against the same rows: what the rows do know of them
after all decides which sets are kept, and where they know nothing, what is left is the prior.
"""

import datetime
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.cells import kept_workers
from sim.compose import compose
from sim.config import Config, require_one_of
from sim.errors import InputError
from sim.results import SUMMARY, check_writable, write_folder, write_json, write_tables
from sim.runner import Progress, checked_case, command_line, described, provenance, repeatable
from sim.studies import search
from sim.studies.batches import STORE, Batches, cell_config
from sim.studies.calibration import Fit, result
from sim.studies.priors import Prior, chosen_priors, read_settings, shares_of, values_at
from sim.studies.residuals import Goal, goal
from sim.studies.variants import listed
from sim.studies.words import number_of, own_words

KIND = "calibration"
METHODS = ("cmaes", "tpe", "abc")
TRIALS, SETS, SEEDS = 300, 50, 3
_OWN = ("parameters", "unfitted", "trials", "method", "sets", "priors", "out")


@dataclass
class _Asked:
    config: Config
    priors: list[Prior]  # of what is fitted, then of what is not
    n_fitted: int
    settings: dict
    method: str
    n_trials: int
    n_sets: int
    folder: Path
    command: str


def calibrate(words: Sequence[str], progress: Progress | None = None) -> Path:
    """Fit parameters to the calibration rows and return the folder with the result.

    Parameters
    ----------
    words
        The words that stand behind `sim calibrate` on the command line.

    Raises
    ------
    InputError
        For choices, facts or a place for the results that cannot be used; nothing is written then.
    """
    asked = _asked(words)
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    check_writable(asked.folder, KIND)
    aim = goal(cell_config(asked.config), checked_case(asked.config), asked.settings)
    n_seeds, n_rounds = asked.config.replicates, 0 if asked.method == "abc" else search.ROUNDS
    n_proposals = n_rounds * search.PROPOSALS * asked.n_sets
    expected = (asked.n_trials + n_proposals + asked.n_sets + 2) * n_seeds
    batches = Batches(aim.config, aim.case, aim.keep, asked.folder.parent / STORE, expected, progress)
    with kept_workers():
        fit = _fit(asked, aim, batches)
        tables, summary = result(asked.config, asked.priors, asked.n_fitted, aim, batches, fit)
    summary = {"method": asked.method, **summary}
    manifest = {"command": asked.command, "started": started.isoformat(timespec="seconds"), **provenance()}
    manifest |= {"simulated": batches.simulated, "found_in_store": batches.found}
    manifest |= {"seconds": round(time.perf_counter() - clock, 3)}
    return _written(asked, tables, summary, manifest)


def _asked(words: Sequence[str]) -> _Asked:
    own, others = own_words(words, _OWN)
    method = own.get("method", METHODS[0])
    require_one_of("method", method, METHODS)
    if not any(word.startswith("replicates=") for word in others):
        others = [*others, f"replicates={SEEDS}"]
    config = compose(others)
    if config.posterior is not None:
        raise InputError("a calibration makes a posterior, it cannot start from one: leave posterior out")
    settings = read_settings(own.get("priors"))
    fitted, unfitted = (listed(own.get(name, "")) for name in ("parameters", "unfitted"))
    if unfitted and method == "abc":
        raise InputError("method=abc draws every parameter from its prior: name those of unfitted in parameters")
    n_fitted = len(chosen_priors(fitted, settings, config))
    priors = chosen_priors([*fitted, *unfitted], settings, config)
    command = command_line(words, "calibrate")
    digest = hashlib.sha256("\0".join([repeatable(command), described(config)]).encode()).hexdigest()[:6]
    folder = Path(own.get("out", Path("results") / f"calibrate-{digest}")).absolute()
    sizes = number_of(own, "trials", TRIALS, 1), number_of(own, "sets", SETS, 2)
    return _Asked(config, priors, n_fitted, settings, method, *sizes, folder, command)


def _fit(asked: _Asked, aim: Goal, batches: Batches) -> Fit:
    seeds = range(asked.config.seed, asked.config.seed + asked.config.replicates)

    def losses(shares: np.ndarray) -> np.ndarray:
        return aim.loss(np.array(batches.records([values_at(asked.priors, one) for one in shares], seeds)))

    seed, n_sets, n_fitted = asked.config.seed, asked.n_sets, asked.n_fitted
    if asked.method == "abc":
        return Fit(*search.sequential(n_fitted, n_sets, asked.n_trials, seed, losses))
    start = shares_of(asked.priors, asked.config)

    def whole(fitted: np.ndarray) -> np.ndarray:
        return np.hstack([fitted, np.tile(start[n_fitted:], (len(fitted), 1))])

    tried, found = search.search(
        asked.method, start[:n_fitted], asked.n_trials, seed, lambda fitted: losses(whole(fitted))
    )
    return Fit(whole(tried), found, *search.ensemble(whole(tried), found, n_sets, seed, losses, n_fitted))


def _written(asked: _Asked, tables: dict[str, pd.DataFrame], summary: dict, manifest: dict) -> Path:
    def write(hidden: Path) -> None:
        write_tables(hidden, tables, csv=True)
        write_json(hidden / SUMMARY, summary)
        if asked.config.output.pictures:
            from sim.views import draw_calibration  # Matplotlib takes half a second to import

            draw_calibration(tables, summary, hidden, repeatable(asked.command))

    return write_folder(asked.folder, KIND, manifest, write)
