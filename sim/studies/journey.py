"""One household, day by day: what it did, and what the model's own tables of that day gave as the reason."""

import datetime

import numpy as np
import pandas as pd

from sim import draws
from sim.errors import InputError
from sim.population import DEAD, STATUSES, THRESHOLD_CLASSES, TRAVELLING
from sim.studies.reasons import REASONS, percent
from sim.studies.telling import Step, beginning, counted, sentence
from sim.studies.witness import PHASES, WatchedModel, notes_of_today


class Follow:
    """Called after each day of a watched model; keeps the steps of one household and the reason of each.

    Attributes
    ----------
    since
        Day of its last arrival, as of the evening before.
    """

    def __init__(self, model: WatchedModel, row: int):
        n = model.driver.n_rows
        if row >= n:
            raise InputError(f"household is {row}, but the run has households 0 to {n - 1}")
        self.row, self.since = row, 0
        self.rows: list[tuple] = []
        self.steps = [self._step(model, 0)]

    def __call__(self, model: WatchedModel) -> None:
        reasons = []
        notes = model.once_a_day(notes_of_today)
        found = np.flatnonzero(notes["row"].to_numpy() == self.row)
        for change in notes.iloc[found].astype(int).to_dict("records") if len(found) else []:
            reasons += REASONS[PHASES[change["phase"]]](model, self, change)
            reasons += self._losses(change)
        step = self._step(model, model.day)
        if step[1:] != self.steps[-1][1:] or reasons:
            said = sentence(self.steps[-1], step) if step[1:] != self.steps[-1][1:] else ""
            self.rows.append((model.day, step.date, step.location, step.status, step.destination, said, reasons))
            self.steps.append(step)
        self.since = int(model.driver.population.since[self.row])

    def _losses(self, change: dict) -> list[str]:
        lost = change["was_people"] - change["people"]
        return [f"{counted(lost, 'person', 'people')} of them died"] if lost and change["status"] != DEAD else []

    def _step(self, model: WatchedModel, day: int) -> Step:
        p, names = model.driver.population, model.geography.names
        status, destination = int(p.status[self.row]), int(p.destination[self.row])
        to = names[destination] if status == TRAVELLING else ""
        date = model.config.start + datetime.timedelta(days=day)
        return Step(date, names[p.place[self.row]], STATUSES[status], to)

    def frame(self) -> pd.DataFrame:
        """Return day, date, location, status, destination (at the end of the day), told, reason: a row a step."""
        columns = ["day", "date", "location", "status", "destination", "told", "reason"]
        return pd.DataFrame([(*row[:-1], "; ".join(row[-1])) for row in self.rows], columns=columns)


def journey_text(model: WatchedModel, follow: Follow, seed: int) -> str:
    """Tell a household's journey, with the reason of every step."""
    p, row = model.driver.population, follow.row
    n_people = int(p.people[row] + p.dead[row])
    bear = (THRESHOLD_CLASSES - 1 - int(p.threshold[row])) / THRESHOLD_CLASSES
    traits = [
        "with money for the way" if p.means[row] else "without money for the way",
        "with relatives elsewhere" if p.ties[row] else "without relatives elsewhere",
        f"{percent(bear)} of all households bear more threat than they do",
    ]
    stands = f" (the row stands for {model.config.population.one_in} households)" * (model.config.population.one_in > 1)
    about = (
        f"Household {row}, seed {seed}: {counted(n_people, 'person', 'people')}, "
        f"{model.group_names[p.group[row]].replace('_', ' ')}, of {model.geography.names[p.home[row]]}{stands}; "
        f"{', '.join(traits)}."
    )
    lines = [about, beginning(follow.steps[:1])]
    for *_, said, reasons in follow.rows:
        lines.append(f"{said or 'They stay where they are.'}")
        lines += [f"    because {reason}" if i == 0 else f"    and {reason}" for i, reason in enumerate(reasons)]
    if not follow.rows:
        lines.append(f"Until day {model.day} they do nothing else{_why_not(model, row)}.")
    return "\n".join(lines)


def _why_not(model: WatchedModel, row: int) -> str:
    p = model.driver.population
    spot = model.world.spot_of[p.place[row]]
    if spot < 0:
        return ""
    chance = model.driver.today.leaving[spot, p.threshold[row]] / draws.SURE
    return f": the threat there is {model.state.threat[spot]:.2f}, a chance to leave of {percent(chance)} a day"
