"""A case with published counts of its own (`observed.csv`): its ensemble, beside what was published."""

import contextlib
import datetime
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.cells import Cell, Progress, simulate_cells
from sim.config import Config
from sim.errors import InputError
from sim.observed import USES, can_count, observations
from sim.seeds import Case
from sim.studies.agreement import ard_of_places, beside, family_scores, layer_scores, with_shares
from sim.studies.counting import with_counting_error
from sim.studies.members import Draw, Member, members
from sim.studies.recount import recount
from sim.studies.tally import question
from sim.studies.targets import targets


@dataclass
class Ensemble:
    """What every member counts, beside what was published.

    Attributes
    ----------
    rows
        By use, the published counts that the runs cover and can count.
    values, literal
        What each member counts in their place, id by (draw, seed): as the counts are read, and with the dates of
        monthly rounds of interviews taken literally.
    series
        Outcomes by day: date, outcome, value, draw, seed.
    left_out
        Ids of the published counts that no run counts.
    """

    case: Case
    config: Config
    rows: dict[str, pd.DataFrame]
    values: pd.DataFrame
    literal: pd.DataFrame
    series: pd.DataFrame
    left_out: list[str]

    def past(self, use: str) -> pd.DataFrame:
        """Return the counts that a naive forecast of one use may look at: a fit knows no other than its own."""
        return self.rows[use] if use == "calibration" else pd.concat(self.rows.values())


def run_ensemble(
    config: Config, case: Case, draws: Sequence[Draw], store: Path, progress: Progress | None = None
) -> Ensemble:
    """Simulate every parameter set with every seed and count what was published.

    Parameters
    ----------
    store
        Folder in which finished cells are kept and found again.

    Raises
    ------
    InputError
        Where nothing was published that these days can be held against.
    """
    last = config.start + datetime.timedelta(days=config.n_days - 1)
    covered = {use: observations(case, use, config.start, last) for use in USES}
    rows = {use: table[[can_count(row) for row in table.itertuples()]] for use, table in covered.items()}
    everything = pd.concat(rows.values())
    if everything.empty:
        raise InputError(f"{case.folder}: nothing was published that these days of the model can be held against")
    crew = members(config, draws)
    cells = [Cell(f"parameter set {one.draw + 1}", one.config, case, one.seed) for one in crew]
    keep = functools.partial(recount, question(everything, case))
    with contextlib.closing(simulate_cells(cells, progress, store=store, keep=keep)) as results:
        records = [result.record for result in results]
    values, literal = (_side_by_side(everything, crew, [one[name] for one in records]) for name in ("read", "literal"))
    series = [one["series"].assign(draw=who.draw, seed=who.seed) for who, one in zip(crew, records, strict=True)]
    left_out = [name for table in covered.values() for name in table["id"] if name not in set(everything["id"])]
    return Ensemble(case, config, rows, values, literal, pd.concat(series), left_out)


def _side_by_side(rows: pd.DataFrame, crew: Sequence[Member], counts: Sequence[list[float]]) -> pd.DataFrame:
    """Return the counts of every member, id by (draw, seed)."""
    columns = pd.MultiIndex.from_tuples([(one.draw, one.seed) for one in crew], names=["draw", "seed"])
    return pd.DataFrame(np.array(counts, dtype=np.float64).T, index=pd.Index(rows["id"], name="id"), columns=columns)


def compared(ensemble: Ensemble, settings: dict) -> dict[str, pd.DataFrame]:
    """Return the tables of a validation: counts, scores, bands, places, targets, members.

    Scores of the two uses are computed from tables that never meet.

    Parameters
    ----------
    settings
        As from `sim.studies.priors.read_settings`: how large the error of counting is.
    """
    uses = [use for use in USES if len(ensemble.rows[use])]
    counts = pd.concat([_beside(ensemble, use, ensemble.values, settings) for use in uses])
    literal = pd.concat([_beside(ensemble, use, ensemble.literal, settings) for use in uses])
    counts["predicted_literal"] = literal["predicted"]
    found = {use: pd.DataFrame(targets(counts, use)).assign(use=use) for use in USES}
    every_value = ensemble.values.stack(["draw", "seed"], future_stack=True).rename("value").reset_index()
    return {
        "counts": counts.reset_index(drop=True),
        "scores": family_scores(counts),
        "bands": layer_scores(counts),
        "places": _place_scores(counts, literal),
        "targets": pd.concat([table for table in found.values() if len(table)], ignore_index=True),
        "members": every_value,
    }


def _beside(ensemble: Ensemble, use: str, values: pd.DataFrame, settings: dict) -> pd.DataFrame:
    published = ensemble.rows[use]
    rows, own = with_shares(published, values.loc[published["id"]])
    _, counts = with_shares(published, with_counting_error(published, values, settings))
    return beside(rows, own, counts, ensemble.past(use), ensemble.config.start)


def _place_scores(counts: pd.DataFrame, literal: pd.DataFrame) -> pd.DataFrame:
    """Return the averaged relative differences of departures and arrivals by place, read both ways."""
    lines = []
    for use in USES:
        for family in ("origins", "destinations"):
            normal, rescaled = ard_of_places(counts, family, use)
            by_date, _ = ard_of_places(literal, family, use)
            lines.append(dict(use=use, family=family, ard=normal, ard_rescaled=rescaled, ard_literal=by_date))
    return pd.DataFrame(lines).dropna(subset="ard", ignore_index=True)


def summary(tables: dict[str, pd.DataFrame]) -> dict:
    """Return the scores as a dictionary: widths of the bands; for each use its families, its places and its targets."""
    found = {f"width_{part}": _width(tables["counts"], part) for part in ("chance", "parameters")}
    for use in USES:
        own = {name: table[table["use"] == use].drop(columns="use") for name, table in tables.items() if "use" in table}
        found[use] = {
            "families": own["scores"].set_index("family").to_dict("index"),
            "bands": own["bands"].set_index("layer").to_dict("index"),
            "places": own["places"].set_index("family").to_dict("index"),
            "targets": own["targets"].to_dict("records"),
        }
    return found


def _width(counts: pd.DataFrame, part: str) -> float:
    """Return how wide the 90 % bands of chance or of parameters alone are, as a share of that of both: the median."""
    own, both = (counts[f"{name}high_90"] - counts[f"{name}low_90"] for name in (f"{part}_", ""))
    return float((own / both.where(both > 0)).median())
