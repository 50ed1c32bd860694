"""The plain driver: the same rules, one Mesa agent per household, for reading, teaching and testing.

What is scarce (a camp place, admission at a border) is handed out by the same queue as in the fast driver.
"""

import numpy as np

from sim import draws
from sim.agents import Location
from sim.geography import ENTRY_GATE
from sim.household import Household
from sim.lightmesa import mesa
from sim.population import AT_GATE, CAMP, DEAD, OPEN_AIR, TENT, Population, admit_today
from sim.today import Today


class MesaDriver:
    """Households as Mesa agents; the same methods as `sim.array_driver.ArrayDriver`."""

    COLLECTED = {Location: {"name": "name", "people": "people", "threat": "threat"}}

    def __init__(self, model, population: Population, before: int):
        self.model, self.before = model, before
        self.stock = population.stock.copy()
        self.arrivals_from = np.zeros((len(model.geography.place), len(model.geography.place)))
        self.departures: list[tuple] = []
        self.arrivals: list[tuple] = []
        self.crossings: list[tuple] = []
        self.refugees_today: list[Household] = []
        for row in range(len(population.people)):
            Household(model, self, row, population)

    @property
    def households(self) -> mesa.agent.AgentSet:
        """All households, in the order of their rows."""
        return self.model.agents_by_type[Household]

    def _all(self, verb: str, today: Today) -> None:
        self.households.do(verb, today)
        self._note(today.day)

    def begin(self, day: int) -> None:
        """Begin a day; households know it from the model."""

    def leave_home(self, today: Today) -> None:
        """Let households leave home because of the threat there."""
        self._all("leave_home", today)

    def move_on(self, today: Today) -> None:
        """Let displaced households leave a place of refuge."""
        self._all("move_on", today)

    def try_entry(self, today: Today) -> None:
        """Let households try the closed southern border."""
        self._all("try_entry", today)

    def leave_west(self, today: Today) -> None:
        """Let people in the host country set out for the sea, the river or the land gates."""
        self._all("leave_west", today)

    def travel(self, today: Today) -> None:
        """Move everyone on the way ahead; who gets there arrives."""
        self.refugees_today = []
        self._all("travel", today)

    def at_the_border(self, today: Today, credit: dict[str, float]) -> None:
        """Let people at the gates, coasts and river banks attempt, be admitted, wait, or give up."""
        role = self.model.geography.role
        waiting = [h for h in self.households if h.status == AT_GATE]
        south = [h for h in waiting if role[h.place] == ENTRY_GATE]
        west_gates = [h for h in waiting if role[h.place] != ENTRY_GATE]
        for household, admitted in zip(
            south, self._queue(south, today.rules.entry_turkey, credit, "south"), strict=True
        ):
            household.at_crossing(today, admitted)
        if today.rules.evacuate:
            for household in west_gates:
                household.go_to(household.world.base[household.home])
        else:
            queue = self._queue(west_gates, today.rules.admitted_at_gates, credit, "west")
            for household, admitted in zip(west_gates, queue, strict=True):
                household.at_gate(today, admitted)
        self._all("at_passage", today)

    def _queue(self, waiting: list[Household], quota: float, credit: dict[str, float], border: str) -> list[bool]:
        lots = [draws.draw(h.seed, h.row, h.place, draws.GATE_QUEUE) for h in waiting]
        since, people = [h.since for h in waiting], [h.people for h in waiting]
        columns = (np.array(values, np.int64) for values in (since, lots, people))
        admitted, credit[border] = admit_today(*columns, quota * self.model.copies, credit.get(border, 0.0))
        return admitted.tolist()

    def receive(self, today: Today, free: np.ndarray) -> None:
        """Find shelter for who arrived and who is in the open; bring people from the islands, resettle others."""
        for household in self.refugees_today:
            household.be_taken_in(today)
        self._give_camp_places(free)
        self._all("find_roof", today)
        self._all("be_transferred", today)
        if self.model.world.haven >= 0:
            self._all("be_resettled", today)

    def _give_camp_places(self, free: np.ndarray) -> None:
        waiting = [h for h in self.households if TENT <= h.status <= OPEN_AIR]
        waiting.sort(key=lambda h: (h.since, draws.draw(h.seed, h.row, h.place, draws.CAMP_QUEUE)))
        for household in waiting:
            if household.people <= free[household.place]:
                free[household.place] -= household.people
                household.put(household.place, CAMP)
            else:
                free[household.place] = 0

    def go_home(self, today: Today) -> None:
        """Let displaced people return where home is safe and open."""
        self._all("go_home", today)

    def _note(self, day: int) -> None:
        """Hand what has happened to the recorder."""
        recorder = self.model.recorder
        if self.departures:
            recorder.departed(day, *(np.array(column) for column in zip(*self.departures, strict=True)))
        if self.arrivals:
            recorder.arrived(day, *(np.array(column) for column in zip(*self.arrivals, strict=True)))
        if self.crossings:
            recorder.crossed(day, *(np.array(column) for column in zip(*self.crossings, strict=True)))
        self.departures, self.arrivals, self.crossings = [], [], []

    def snapshot(self, rows: np.ndarray) -> np.ndarray:
        """Return people, group, place, status and destination of some rows, (n, 5)."""
        everyone = list(self.households)
        chosen = (everyone[row] for row in rows)
        return np.array([(h.people, h.group, h.place, h.status, h.destination) for h in chosen]).reshape(-1, 5)

    def count_anew(self) -> np.ndarray:
        """Count the people of all households, (P, G, statuses), without the running count."""
        count = np.zeros_like(self.stock)
        for household in self.households:
            count[household.place, household.group, household.status] += household.people
            count[household.place, household.group, DEAD] += household.dead
        return count
