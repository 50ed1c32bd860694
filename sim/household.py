"""`Household`: a family as a Mesa agent, each of its decisions one rule and one draw.

Every decision calls the very function that the fast driver calls, with the same draw, so both agree household by
household on every day.
"""

import numpy as np

from sim import draws
from sim.lightmesa import mesa
from sim.phases import border, displacement, entry, onward, reception, returning, routing, travel, west
from sim.population import (
    ADMITTED,
    AT_COAST,
    AT_GATE,
    ATTEMPTS,
    CROSSED,
    DEAD,
    DIED,
    ENTERED,
    GAVE_UP,
    HOME,
    HOSTED,
    INJURED,
    INTERCEPTED,
    MOST_MOVES,
    MOST_TRIES,
    OPEN_AIR,
    PREVENTED,
    PUSHED_BACK,
    SETTLED_ABROAD,
    TRAVELLING,
    WAITING,
    Population,
    kind_of_move,
    step_of,
)
from sim.today import Today

OUTCOME_COUNT = {border.STOPPED: PREVENTED, border.THROUGH: ENTERED, border.PUSHED: PUSHED_BACK}


class Household(mesa.Agent):
    """A family that stays where it is, flees, waits, crosses, or returns, each time by one rule and one draw."""

    def __init__(self, model, driver, row: int, population: Population):
        super().__init__(model)
        self.driver, self.row, self.seed, self.world = driver, row, model.run_seed, model.world
        self.destination, self.metres, self.since, self.moves, self.tries, self.dead, self.path = -1, 0, 0, 0, 0, 0, 0
        for trait in ("people", "group", "home", "place", "status", "threshold", "means", "ties"):
            setattr(self, trait, int(getattr(population, trait)[row]))

    @property
    def spot(self) -> int:
        """Number of its place among those of the theatre, -1 elsewhere."""
        return int(self.world.spot_of[self.place])

    @property
    def border_count(self) -> np.ndarray:
        """Today's counts of its group at the border place where it is."""
        return self.model.recorder.border[self.model.day, self.place, self.group]

    def luck(self, today: Today, decision: int) -> int:
        """Return its draw for a decision today."""
        return draws.draw(self.seed, self.row, today.day, decision)

    def rare_luck(self, today: Today, decision: int) -> int:
        """Return its draw for a rare decision today, as rows in blocks draw it."""
        return draws.rare(self.seed, self.row, today.day, decision)

    def note(self, what: int) -> None:
        """Mark something in its path."""
        self.path = draws.path_after(self.path, self.model.day, what)

    def put(self, place: int, status: int) -> None:
        """Change place and status; the count of people follows."""
        self.note(step_of(int(place), status))
        self.driver.stock[self.place, self.group, self.status] -= self.people
        self.place, self.status = int(place), status
        self.driver.stock[self.place, self.group, self.status] += self.people

    def set_out(self, destination: int, metres: int, kind: int = 0) -> None:
        """Start a journey."""
        self.put(self.place, TRAVELLING)
        self.note(-1 - int(destination))
        self.destination, self.metres = int(destination), int(metres)
        self.driver.departures.append((self.place, self.destination, self.group, self.people, kind))

    def mourn(self) -> None:
        """Lose one of its people."""
        self.driver.stock[self.place, self.group, self.status] -= 1
        self.driver.stock[self.place, self.group, DEAD] += 1
        self.people, self.dead = self.people - 1, self.dead + 1
        if self.people == 0:
            self.status = DEAD

    def cross(self, place: int, today: Today) -> None:
        """Be in the country beyond."""
        self.put(place, CROSSED)
        self.since = today.day
        self.driver.crossings.append((self.place, self.people))

    def leave_home(self, today: Today) -> None:
        """Leave home if threat there exceeds what the family bears."""
        if self.spot < 0 or not displacement.may_leave_home(self.status, self.moves):
            return
        if displacement.leaves_home(self.spot, self.threshold, self.rare_luck(today, draws.LEAVE), today.leaving):
            self.flee(today)

    def move_on(self, today: Today) -> None:
        """Leave a place of refuge that is threatened or unprotected."""
        if not HOSTED <= self.status <= OPEN_AIR or self.moves == 0 or self.spot < 0:
            return
        luck, days_here = self.rare_luck(today, draws.LEAVE), today.day - self.since
        if onward.moves_on(
            self.spot, self.threshold, days_here, today.rest_days, luck, today.leaving_again, today.moving_on
        ):
            self.flee(today)

    def flee(self, today: Today) -> None:
        """Choose where to go, and go; without a reachable destination, stay."""
        home = int(self.world.spot_of[self.home])
        j = routing.destination(today.choice, self.spot, home, self.means, self.luck(today, draws.DESTINATION))
        if j < 0:
            return
        if j < len(self.driver.arrivals_from):
            self.driver.arrivals_from[home, j] += self.people
        self.be_displaced(self.world.place_of[j], today.metres[self.spot, j])

    def be_displaced(self, destination: int, metres: int) -> None:
        """Start a journey that counts as a displacement."""
        kind = kind_of_move(self.moves, self.status)
        self.moves = min(self.moves + 1, MOST_MOVES)
        self.set_out(destination, metres, kind)

    def try_entry(self, today: Today) -> None:
        """Try the closed southern border now and then, if there is money for it."""
        if self.spot < 0 or not entry.may_try_entry(self.status, self.moves, self.means, self.people):
            return
        if self.rare_luck(today, draws.ENTRY) >= today.entry_attempt[self.spot]:
            return
        gate = int(self.world.gate_of[self.place])
        count = self.model.recorder.border[today.day, gate, self.group]
        count[ATTEMPTS] += self.people
        if draws.strikes_one(self.row, self.seed, today.day, draws.ENTRY_DEATH, self.people, today.entry_death):
            count[DIED] += 1
            self.mourn()
        if entry.try_entry(self.row, self.seed, today.day, today.entry_success) == entry.FAILS or not self.people:
            count[PREVENTED] += self.people
            return
        count[ENTERED] += self.people
        host = self.host_place(gate, today)
        self.be_displaced(host, self.world.metres[gate, host])

    def host_place(self, gate: int, today: Today) -> int:
        """Choose a place in the host country behind a crossing."""
        return int(self.world.host_of[draws.choose(self.world.host_choice[gate], self.luck(today, draws.HOST_PLACE))])

    def leave_west(self, today: Today) -> None:
        """Set out by sea, by river, or for the land gates."""
        if self.status not in (HOME, SETTLED_ABROAD) or not self.world.is_host[self.place]:
            return
        law = today.west
        way = west.goes_west(
            self.row,
            self.seed,
            today.day,
            self.rare_luck(today, draws.PASSAGE),
            self.place,
            self.group,
            law.sea,
            law.river,
            law.open_gate,
            law.heard,
            law.pack,
            self.tries,
            law.ready,
        )
        j = draws.choose(self.world.shares[way - 1], self.luck(today, draws.PASSAGE_PLACE)) if way else -1
        if j < 0:
            return
        start = int(self.world.starts[way - 1, j])
        if start == self.place:
            self.put(start, AT_GATE if way == west.TO_GATE else AT_COAST)
            self.since = today.day
        else:
            self.set_out(start, self.world.metres[self.place, start])

    def travel(self, today: Today) -> None:
        """Come nearer to the destination, and perhaps arrive."""
        if self.status != TRAVELLING:
            return
        self.metres = travel.metres_left(self.metres, 1 if self.spot >= 0 else 0, today.reach)
        if self.metres:
            return
        world, origin, destination = self.world, self.place, self.destination
        status = travel.status_on_arrival(
            self.home,
            destination,
            world.status_at[destination],
            world.spot_of[self.home] >= 0,
            world.is_brought[origin],
        )
        self.put(destination, status)
        self.destination, self.since = -1, today.day
        self.driver.arrivals.append((origin, destination, status, self.moves, self.people))
        if status == OPEN_AIR:
            self.driver.refugees_today.append(self)

    def at_gate(self, today: Today, admitted: bool) -> None:
        """Be admitted, attempt to get through, wait, or give up at a land gate."""
        law, count, outcome = today.gates, self.border_count, border.NO_ATTEMPT
        if admitted:
            count[[ATTEMPTS, ADMITTED]] += self.people
        elif today.rules.entry_greece == 0:
            outcome = border.attempt_at_gate(
                self.row, self.seed, today.day, self.tries, law.attempt, law.success, law.pushback
            )
        if outcome != border.NO_ATTEMPT:
            self.attempt_outcome(today, outcome, count)
        if self.people == 0:
            return
        if admitted or outcome == border.THROUGH:
            self.cross(self.world.exit_of[self.place], today)
            return
        if outcome != border.NO_ATTEMPT:
            self.tries = min(self.tries + 1, MOST_TRIES)
        if border.gives_up(self.row, self.seed, today.day, self.tries, law.give_up):
            count[GAVE_UP] += self.people
            coast = self.world.first_coast
            to_sea = coast >= 0 and self.luck(today, draws.SWITCH) < law.to_sea
            self.go_to(coast if to_sea else self.world.base[self.home])
        else:
            count[WAITING] += self.people

    def attempt_outcome(self, today: Today, outcome: int, count: np.ndarray) -> None:
        """Count an attempt at a gate, with its risks."""
        law = today.gates
        count[ATTEMPTS] += self.people
        count[INJURED] += draws.struck(self.row, self.seed, today.day, draws.INJURY, self.people, law.injury)
        if draws.strikes_one(self.row, self.seed, today.day, draws.DEATH, self.people, law.death):
            count[DIED] += 1
            self.mourn()
        count[OUTCOME_COUNT[outcome]] += self.people

    def go_to(self, place: int) -> None:
        """Travel to a place outside the theatre."""
        self.set_out(place, self.world.metres[self.place, place])

    def at_crossing(self, today: Today, admitted: bool) -> None:
        """Be admitted to the host country, turn back, or wait at a crossing in the south."""
        count = self.border_count
        if admitted:
            count[[ATTEMPTS, ADMITTED]] += self.people
            self.go_to(self.host_place(self.place, today))
        elif entry.turns_back(self.row, self.seed, today.day, today.turn_back):
            count[GAVE_UP] += self.people
            self.set_out(self.world.refuge_of[self.place], 0)
        else:
            count[WAITING] += self.people

    def at_passage(self, today: Today) -> None:
        """Depart by boat: get through, be stopped, or be pushed back."""
        if self.status != AT_COAST:
            return
        law, count, world = today.passages, self.border_count, self.world
        kind = 0 if world.is_sea[self.place] else 1
        count[ATTEMPTS] += self.people
        if draws.strikes_one(self.row, self.seed, today.day, draws.DROWN, self.people, law.drown):
            count[DIED] += 1
            self.mourn()
        outcome = border.attempt_passage(self.row, self.seed, today.day, law.intercept[kind], law.pushback[kind])
        if self.people == 0:
            return
        if outcome == border.THROUGH:
            count[ENTERED] += self.people
            edge = draws.choose(world.edges[self.place], self.luck(today, draws.HOST_PLACE))
            self.cross(world.ends[edge], today)
            return
        count[INTERCEPTED if outcome == border.STOPPED else PUSHED_BACK] += self.people
        to_gate = world.first_gate >= 0 and self.luck(today, draws.SWITCH) < law.to_gate
        self.go_to(world.first_gate if to_gate else world.base[self.home])

    def be_taken_in(self, today: Today) -> None:
        """Find a host, or stay in the open."""
        if reception.is_hosted(self.row, self.seed, today.day, self.means, self.ties, today.hosted):
            self.put(self.place, HOSTED)

    def find_roof(self, today: Today) -> None:
        """Leave the open air for a tent or an unfinished building."""
        if self.status != OPEN_AIR:
            return
        rehousing = today.rehousing[self.spot]
        if self.since < today.day and reception.is_rehoused(self.row, self.seed, today.day, rehousing):
            self.put(self.place, reception.roof_found(self.row, self.seed, today.day, today.tent_share))
        elif draws.strikes_one(self.row, self.seed, today.day, draws.COLD, self.people, today.cold):
            self.mourn()
            self.model.recorder.cold_deaths[today.day] += 1

    def be_transferred(self, today: Today) -> None:
        """Leave an island for the mainland."""
        if not self.world.is_island[self.place] or self.status not in (HOME, CROSSED):
            return
        if reception.is_taken(self.rare_luck(today, draws.TRANSFER), today.transfer):
            self.go_to(self.world.mainland_of[self.place])

    def be_resettled(self, today: Today) -> None:
        """Leave the host country by air for one of the countries beyond."""
        if not self.world.is_host[self.place] or self.status not in (HOME, SETTLED_ABROAD):
            return
        if reception.is_taken(self.rare_luck(today, draws.RESETTLE), today.resettled[self.group]):
            self.set_out(self.world.haven, 0)

    def go_home(self, today: Today) -> None:
        """Return home where it is safe and open."""
        if not HOSTED <= self.status <= OPEN_AIR or self.moves == 0 or self.since == today.day:
            return
        home = int(self.world.spot_of[self.home])
        goes = returning.goes_home(
            self.row,
            self.seed,
            today.day,
            home,
            self.threshold,
            self.group == self.driver.before,
            self.rare_luck(today, draws.RETURN),
            today.returning,
            today.part_lost,
        )
        if goes and today.metres[self.spot, home] >= 0:
            self.set_out(self.home, today.metres[self.spot, home])
