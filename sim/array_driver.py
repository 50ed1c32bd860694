"""The fast driver: the phases of a day as loops over the arrays of the population.

Each method lists the rows that act (in parallel, over fixed chunks) and then lets them act in row order, so the
result does not depend on threads. `sim/reference.py` does the same with one Mesa agent per household.
"""

import os

import numpy as np

from sim import draws
from sim.blocks import ceilings, places_with, rows_with
from sim.compiled import Threads, loop
from sim.geography import ENTRY_GATE, Geography
from sim.phases import border, displacement, entry, onward, reception, returning, routing, travel, west
from sim.population import (
    AT_COAST,
    AT_GATE,
    CROSSED,
    HOME,
    LONGEST_STAY,
    OPEN_AIR,
    SETTLED_ABROAD,
    TENT,
    TRAVELLING,
    UNFINISHED,
    Population,
    admit_today,
    census,
    in_line,
)
from sim.recorder import Recorder
from sim.today import Today
from sim.world import World

FEW_ROWS = 4_000_000  # below, a second thread costs more than it brings: few rows act, one after another
_NOBODY = np.zeros(0, np.int32)
_FADED = np.zeros(LONGEST_STAY + 1, np.int64)


@loop
def _queue_lots(rows, places, seed):
    """Draw each household's lot in the queue of its place."""
    lots = np.zeros(len(rows), np.int64)
    for i, row in enumerate(rows):
        lots[i] = draws.draw(seed, row, places[i], draws.GATE_QUEUE)
    return lots


@loop
def _seen(population, rows):
    """Return people, group, place, status and destination of some rows, (n, 5)."""
    seen = np.empty((len(rows), 5), np.int64)
    for i, row in enumerate(rows):
        seen[i, 0], seen[i, 1], seen[i, 2] = population.people[row], population.group[row], population.place[row]
        seen[i, 3], seen[i, 4] = population.status[row], population.destination[row]
    return seen


def _log_of(rows: np.ndarray) -> np.ndarray:
    """Return room for a line on each of some rows: row, destination, kind of move."""
    return np.empty((len(rows), 3), np.int32)


def _bits(statuses) -> int:
    """Return statuses as one bit each."""
    return sum(1 << status for status in statuses)


class ArrayDriver:
    """Households as rows of arrays.

    Parameters
    ----------
    model
        Gives the geography, the world, the recorder and the seed.
    population
        The rows; changed in place.
    before
        Number of the group displaced before day 0, -1 without one.
    """

    COLLECTED: dict = {}  # of each place, by Mesa's data collector: nothing, as the recorder counts them

    def __init__(self, model, population: Population, before: int):
        self.population, self.before = population, before
        self.geography: Geography = model.geography
        self.world: World = model.world
        self.recorder: Recorder = model.recorder
        self.seed: int = model.run_seed
        self.copies: int = model.copies
        n_rows = self.n_rows = len(population.people)
        n_threads = 1 if n_rows < FEW_ROWS else model.config.threads or os.cpu_count() or 1
        self.threads = Threads(n_threads, draws.BLOCK)
        self.arrivals_from = np.zeros((len(self.geography.place), len(self.geography.place)))
        self._rows = np.zeros(n_rows, np.int32)
        self._refugees_today = _NOBODY

    @property
    def stock(self) -> np.ndarray:
        """People by place, group and status, (P, G, statuses)."""
        return self.population.stock

    def begin(self, day: int) -> None:
        """Begin a day."""
        self.population.today[0] = day

    def leave_home(self, today: Today) -> None:
        """Let households leave home because of the threat there."""
        ceiling = self._by_spot(today.leaving)
        if ceiling.any():
            law = (self.world.spot_of, today.leaving, self.seed, today.day)
            self._flee(today, self._list(displacement.leaving_home, self.population, ceiling, *law))

    def move_on(self, today: Today) -> None:
        """Let displaced households leave a place of refuge."""
        law = (self.world.spot_of, today.leaving_again, today.moving_on, today.rest_days, self.seed, today.day)
        fading = onward.most_by_stay(today.moving_on)
        self._flee(today, self._those(onward.moving_onward, self._by_spot(today.leaving_again), *law, fading=fading))

    def _flee(self, today: Today, rows: np.ndarray) -> None:
        law = (self.world.spot_of, self.world.place_of, today.choice, today.metres, self.arrivals_from)
        self._set_out(today.day, routing.depart, rows, *law, self.seed, today.day)

    def try_entry(self, today: Today) -> None:
        """Let households try the closed southern border."""
        world, attempt = self.world, today.entry_attempt
        law = (world.spot_of, attempt, self.seed, today.day)
        self._set_out(
            today.day,
            entry.enter_host,
            self._those(entry.trying_entry, self._by_spot(attempt), *law),
            today.entry_success,
            today.entry_death,
            world.gate_of,
            world.host_choice,
            world.host_of,
            world.metres,
            self.seed,
            today.day,
            self.recorder.border[today.day],
        )

    def leave_west(self, today: Today) -> None:
        """Let people in the host country set out for the sea, the river or the land gates."""
        law, world = today.west, self.world
        ways = [(west.passage_ceiling(law, world.is_host), today.day, draws.PASSAGE)]
        if law.open_gate:
            ways.append((west.ready_ceiling(law, world.is_host), draws.ONCE, draws.READY))
        found = [self._those(west.leaving_west, ceiling, law, *luck, self.seed, today.day) for ceiling, *luck in ways]
        rows = found[0] if len(found) == 1 else np.union1d(*found)
        law = (law, world.starts, world.shares, world.metres)
        self._set_out(today.day, west.depart_west, rows, *law, self.seed, today.day)

    def travel(self, today: Today) -> None:
        """Move everyone on the way ahead; who gets there arrives."""
        p, world, day = self.population, self.world, today.day
        on_the_way, self._refugees_today = self._lived_in(TRAVELLING), _NOBODY
        if not on_the_way.any():
            return
        rows = self._list(travel.travelling, p, on_the_way, world.spot_of, today.reach)
        if len(rows):
            origins = p.place[rows]
            statuses = travel.arriving(p, rows, world.spot_of, world.status_at, world.is_brought, day)
            self._refugees_today = rows[statuses == OPEN_AIR]
            self.recorder.arrived(day, origins, p.place[rows], statuses, p.moves[rows], p.people[rows])

    def at_the_border(self, today: Today, credit: dict[str, float]) -> None:
        """Let people at the gates, coasts and river banks attempt, be admitted, wait, or give up."""
        waiting, world = self._with_status(AT_GATE), self.world
        in_south = self.geography.role[self.population.place[waiting]] == ENTRY_GATE
        self._at_crossings(today, waiting[in_south], credit)
        if today.rules.evacuate:
            self._set_out(today.day, border.evacuate, waiting[~in_south], world.base, world.metres)
        else:
            self._at_gates(today, waiting[~in_south], credit)
        self._at_passages(today, self._with_status(AT_COAST))

    def _admitted(self, rows, quota: float, credit: dict[str, float], border: str) -> np.ndarray:
        """Return who of the queue at a border is admitted."""
        if not len(rows):  # what was not used lasts only while somebody waits for it
            credit[border] = 0.0
            return np.zeros(0, bool)
        p = self.population
        since, place, people = (column[rows].astype(np.int64) for column in (p.since, p.place, p.people))
        lots = _queue_lots(rows, place, self.seed)
        admitted, credit[border] = admit_today(since, lots, people, quota * self.copies, credit.get(border, 0.0))
        return admitted

    def _at_crossings(self, today: Today, rows, credit) -> None:
        world = self.world
        self._set_out(
            today.day,
            entry.at_crossings,
            rows,
            self._admitted(rows, today.rules.entry_turkey, credit, "south"),
            today.turn_back,
            world.refuge_of,
            world.host_choice,
            world.host_of,
            world.metres,
            self.seed,
            today.day,
            self.recorder.border[today.day],
        )

    def _at_gates(self, today: Today, rows, credit) -> None:
        admitted = self._admitted(rows, today.rules.admitted_at_gates, credit, "west")
        guarded = today.rules.entry_greece == 0
        world = self.world
        ways = (world.exit_of, guarded, world.base, world.metres, world.first_coast)
        self._cross(today.day, border.at_gates, rows, admitted, today.gates, *ways)

    def _at_passages(self, today: Today, rows) -> None:
        world = self.world
        ways = (world.is_sea, world.edges, world.ends, world.first_gate, world.base, world.metres)
        self._cross(today.day, border.at_passages, rows, today.passages, *ways)

    def receive(self, today: Today, free: np.ndarray) -> None:
        """Find shelter for who arrived and who is in the open; bring people from the islands, resettle others."""
        p, world, day = self.population, self.world, today.day
        if len(self._refugees_today):
            reception.take_in(p, self._refugees_today, today.hosted, self.seed, day)
        self._give_camp_places(self._with_status(TENT, UNFINISHED, OPEN_AIR, where=free > 0), free, day)
        unsheltered = self._with_status(OPEN_AIR)
        if len(unsheltered):
            law = (world.spot_of, today.rehousing, today.tent_share, today.cold)
            self.recorder.cold_deaths[day] = reception.rehouse(p, unsheltered, *law, self.seed, day)
        self._bring_to_the_mainland(today)
        self._resettle(today)

    def _give_camp_places(self, waiting: np.ndarray, free: np.ndarray, day: int) -> None:
        """Give free camp places to those in tents, buildings and the open, by time waited, then by lot."""
        if len(waiting):
            reached = reception.first_in_line(self.population, waiting, free, day)
            lots = reception.camp_lots(self.population, reached, self.seed)
            order = in_line(self.population.since[reached].astype(np.int64), lots)
            reception.give_camp_places(self.population, reached[order], free)

    def _bring_to_the_mainland(self, today: Today) -> None:
        world, thresholds = self.world, np.full(self.stock.shape[1], today.transfer)
        taken = self._taken(today.day, world.is_island, thresholds, (HOME, CROSSED), draws.TRANSFER)
        self._set_out(today.day, reception.transfer, taken, world.mainland_of, world.metres)

    def _resettle(self, today: Today) -> None:
        if self.world.haven >= 0:
            law = (today.resettled, (HOME, SETTLED_ABROAD), draws.RESETTLE)
            taken = self._taken(today.day, self.world.is_host, *law)
            self._set_out(today.day, reception.resettle, taken, self.world.haven)

    def _taken(self, day: int, where: np.ndarray, thresholds: np.ndarray, statuses, decision: int) -> np.ndarray:
        """Return who is taken elsewhere from some places, (P,) bool; `thresholds` are those of each group, (G,)."""
        if not thresholds.any():
            return _NOBODY
        ceiling, wanted = where[:, None] * thresholds[None, :], _bits(statuses)
        return self._those(reception.being_taken, ceiling, wanted, decision, self.seed, day)

    def go_home(self, today: Today) -> None:
        """Let displaced people return where home is safe and open."""
        ceiling, spot_of = self._by_spot(today.returning), self.world.spot_of
        if ceiling.any():
            law = (spot_of, self.before, today.returning, today.part_lost, self.seed, today.day)
            rows = self._list(returning.going_home, self.population, ceiling, *law)
            self._set_out(today.day, returning.depart_home, rows, spot_of, today.metres)

    def snapshot(self, rows: np.ndarray) -> np.ndarray:
        """Return people, group, place, status and destination of some rows, (n, 5)."""
        return _seen(self.population, rows)

    def away(self) -> dict[str, np.ndarray]:
        """Return the households that did not stay where and as they began all the time, as columns."""
        p = self.population
        rows = np.flatnonzero((p.path > 0) | (p.dead > 0))
        columns = {"household": rows.astype(np.int32)}
        for name in ("people", "dead", "group", "home", "place", "status", "moves", "tries"):
            columns[name] = getattr(p, name)[rows]
        columns["travelled_km"] = (p.travelled[rows] + 500) // 1000
        return columns | {"path": p.path[rows].astype(np.int64)}

    def count_anew(self) -> np.ndarray:
        """Count the people of all rows, (P, G, statuses), without the running count."""
        return census(self.population, *self.stock.shape[:2])

    def _list(self, loop, *arguments) -> np.ndarray:
        """Return the rows that a loop lists."""
        return self.threads.over_chunks(loop, self.n_rows, self._rows, *arguments)

    def _those(self, loop, ceiling: np.ndarray, *law, fading: np.ndarray = _FADED) -> np.ndarray:
        """Return the rows that a loop lists among those whose draw may lie below a ceiling, (P, G)."""
        if not ceiling.any() and not fading.any():
            return _NOBODY
        return self._list(loop, self.population, ceiling, fading, *law)

    def _by_spot(self, thresholds: np.ndarray) -> np.ndarray:
        """Return the highest of the thresholds of each spot, (K, ...), by place and group, (P, G)."""
        return ceilings(thresholds.reshape(len(thresholds), -1), self.world.spot_of, self.stock.shape[1])

    def _with_status(self, *statuses: int, where: np.ndarray | None = None) -> np.ndarray:
        """Return the rows with one of some statuses, everywhere or in some places, (P,) bool."""
        there = self._lived_in(*statuses) if where is None else self._lived_in(*statuses) & where
        return self._list(rows_with, self.population, _bits(statuses), there) if there.any() else _NOBODY

    def _lived_in(self, *statuses: int) -> np.ndarray:
        """Return where somebody has one of some statuses, (P,) bool; who is on the way counts where they set out."""
        return places_with(self.stock, _bits(statuses))

    def _set_out(self, day: int, act, rows: np.ndarray, *law) -> None:
        """Let rows act one after the other, and count those who set out."""
        if len(rows):
            log = _log_of(rows)
            self._departed(day, log, act(self.population, rows, *law, log))

    def _cross(self, day: int, act, rows: np.ndarray, *law) -> None:
        """Let rows at the border act one after the other, and count those who set out or are across."""
        if len(rows):
            log, entries = _log_of(rows), _log_of(rows)
            n, n_in = act(self.population, rows, *law, self.seed, day, self.recorder.border[day], log, entries)
            self._departed(day, log, n)
            self._crossed(day, entries, n_in)

    def _departed(self, day: int, log: np.ndarray, n: int) -> None:
        if n:
            rows, destinations, kinds = log[:n].T
            p = self.population
            self.recorder.departed(day, p.place[rows], destinations, p.group[rows], p.people[rows], kinds)

    def _crossed(self, day: int, entries: np.ndarray, n: int) -> None:
        if n:
            self.recorder.crossed(day, entries[:n, 1], self.population.people[entries[:n, 0]])
