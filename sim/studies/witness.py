"""A run watched: the same simulation, with a note of every household that a phase of the day moves or changes.

Nothing of it changes what happens: the driver lets each phase act and compares the rows before and after.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from sim.array_driver import ArrayDriver
from sim.config import Config
from sim.geography import ENTRY_GATE
from sim.model import DisplacementModel
from sim.population import AT_COAST, DEAD, TRAVELLING
from sim.rules import Rules
from sim.seeds import Case
from sim.today import State, Today

PHASES = ("leave_home", "move_on", "try_entry", "leave_west", "travel", "at_the_border", "receive", "go_home")
COLUMNS = ("day", "phase", "row", "why", "was_place", "was_status", "was_people", "place", "status", "people")
COLUMNS += ("destination",)
_NOTHING = np.zeros(0, np.int64)
# Why somebody set out: a phase, or what happened to them in one in which different things happen.
MECHANISMS = (*PHASES, "admitted", "turned_back", "evacuated", "stopped", "gave_up", "transferred", "resettled")
NEVER = len(MECHANISMS)  # of somebody who never did
Progress = Callable[[int, int], None]


class Witness(ArrayDriver):
    """The fast driver, with `notes` of what each phase of the day changed."""

    def __init__(self, model, population, before: int):
        super().__init__(model, population, before)
        self.notes: list[dict[str, np.ndarray]] = []  # of all days; one entry a phase that changed somebody
        self.today: Today | None = None
        self._why = np.full(self.n_rows, NEVER, np.uint8)

    def _watch(self, phase: str, today: Today, *arguments) -> None:
        p = self.population
        place, status, people = p.place.copy(), p.status.copy(), p.people.copy()
        self.today = today
        getattr(ArrayDriver, phase)(self, today, *arguments)
        rows = np.flatnonzero((place != p.place) | (status != p.status) | (people != p.people))
        if not len(rows):
            return
        set_out = rows[(p.status[rows] == TRAVELLING) & (status[rows] != TRAVELLING)]
        self._why[set_out] = self._mechanisms(phase, place[set_out], status[set_out], p.destination[set_out])
        self.notes.append(
            {
                "day": np.full(len(rows), today.day, np.int16),
                "phase": np.full(len(rows), PHASES.index(phase), np.uint8),
                "row": rows,
                "why": self._why[rows],
                "was_place": place[rows],
                "was_status": status[rows],
                "was_people": people[rows],
                "place": p.place[rows],
                "status": p.status[rows],
                "people": p.people[rows],
                "destination": p.destination[rows],
            }
        )

    def _mechanisms(self, phase: str, place, status, destination) -> np.ndarray:
        """Return why people set out in a phase, from where they were, their status there, and where they go."""
        if phase == "receive":
            names = np.where(self.world.is_island[place], "transferred", "resettled")
        elif phase == "at_the_border":
            in_south, back = self.geography.role[place] == ENTRY_GATE, self.world.spot_of[destination] >= 0
            at_gate = "evacuated" if self.today.rules.evacuate else "gave_up"
            names = np.where(in_south, np.where(back, "turned_back", "admitted"), at_gate)
            names = np.where(status == AT_COAST, "stopped", names)
        else:
            return np.full(len(place), PHASES.index(phase))
        return np.array([MECHANISMS.index(name) for name in names], np.int64)

    def leave_home(self, today: Today) -> None:
        """Let households leave home, and note who does."""
        self._watch("leave_home", today)

    def move_on(self, today: Today) -> None:
        """Let displaced households move on, and note who does."""
        self._watch("move_on", today)

    def try_entry(self, today: Today) -> None:
        """Let households try the closed southern border, and note who does."""
        self._watch("try_entry", today)

    def leave_west(self, today: Today) -> None:
        """Let people set out for the west, and note who does."""
        self._watch("leave_west", today)

    def travel(self, today: Today) -> None:
        """Let people travel, and note who arrives."""
        self._watch("travel", today)

    def at_the_border(self, today: Today, credit: dict[str, float]) -> None:
        """Let people at the borders act, and note what becomes of them."""
        self._watch("at_the_border", today, credit)

    def receive(self, today: Today, free: np.ndarray) -> None:
        """Let people find shelter, and note where."""
        self._watch("receive", today, free)

    def go_home(self, today: Today) -> None:
        """Let people go home, and note who does."""
        self._watch("go_home", today)


class WatchedModel(DisplacementModel):
    """The model, keeping what the tables of the day were made of, and those who look at it in their order."""

    state: State
    looking: Sequence[Callable]

    def once_a_day(self, make: Callable):
        """Return `make(self)`, made anew each day: all who look at a day share what they need of it."""
        if self.__dict__.get("_made_on") != self.day:
            self._made_on, self._made = self.day, {}
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]

    def _state(self, rules: Rules) -> State:
        self.state = super()._state(rules)
        return self.state

    def notes(self, day: int | None = None) -> pd.DataFrame:
        """Return the notes of a day, or of all days so far: a row for each household that a phase changed.

        Columns: day, phase (of `PHASES`), row; why (of `MECHANISMS`) it last set out; place, status and people
        before (was_...) and after the phase; destination (-1 unless on the way).
        """
        kept = [one for one in self.driver.notes if day is None or one["day"][0] == day]
        return pd.DataFrame({name: np.concatenate([one[name] for one in kept] or [_NOTHING]) for name in COLUMNS})


def notes_of_today(model: WatchedModel) -> pd.DataFrame:
    """Return the notes of the day that was just simulated."""
    return model.notes(model.day)


def watched(
    config: Config,
    case: Case,
    seed: int,
    last_day: int,
    observers: Sequence[Callable[[WatchedModel], object]],
    progress: Progress | None = None,
) -> WatchedModel:
    """Simulate until the end of a day; each observer is built with the model and called after every day."""
    model = WatchedModel(config, case, seed, Witness)
    model.looking = [observer(model) for observer in observers]
    while model.day < last_day:
        model.step()
        for look in model.looking:
            look(model)
        if progress:
            progress(model.day + 1, last_day + 1)
    return model


def is_present(status: np.ndarray) -> np.ndarray:
    """Tell of statuses whether they are those of somebody who is in a place: alive and not on the way."""
    return (status != TRAVELLING) & (status != DEAD)
