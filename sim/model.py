"""`DisplacementModel`: the days of a run. `step` is the model's table of contents; `ODD.md` tells it in words."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim import draws
from sim.agents import Authority, Location, create_authorities
from sim.array_driver import ArrayDriver
from sim.config import Config
from sim.geography import HOST, ISLAND, THEATRE, build_geography
from sim.lightmesa import mesa
from sim.metrics import outcome_series, outcome_values, summarise
from sim.phases.threat import build_threat, exposure, update_threat
from sim.policies import prepare, rules_today
from sim.population import (
    ADMITTED,
    AT_GATE,
    ATTEMPTS,
    CAMP,
    DEAD,
    ENTERED,
    HOME,
    OPEN_AIR,
    SETTLED_ABROAD,
    TRAVELLING,
    WAITING,
    build_population,
    fill_camps,
    over_groups,
)
from sim.recorder import FIRST_MOVE, Recorder
from sim.rules import Rules, read_facts
from sim.seeds import Case
from sim.today import GroupFacts, State, Today, prepare_day
from sim.world import build_world

FOLLOWED_PER_GROUP = 100


class DisplacementModel(mesa.Model):
    """People displaced within a theatre, into a host country, and to the border beyond it.

    Parameters
    ----------
    config
        The choices of the run.
    case
        The facts, as read by `sim.seeds.load_case`.
    seed
        Decides all luck; overrides the seed of `config`, so that replicates share one.
    driver
        `ArrayDriver`, or `sim.reference.MesaDriver` for one Mesa agent per household; that one also lets Mesa's data
        collector follow every place, which the recorder does in a hundredth of the time.
    """

    WATCHED = ("people_at_gates", "people_in_the_open", "people_on_islands")

    def __init__(self, config: Config, case: Case, seed: int | None = None, driver=ArrayDriver):
        seed = config.seed if seed is None else seed
        super().__init__(rng=seed)
        self.config, self.case, self.run_seed = config, case, seed
        self.behaviour = config.behaviour
        self.copies = config.population.multiply
        self.day = -1
        self.displaced = 0  # people whose household has left its home since day 0
        self.running = True
        self.geography = build_geography(case)
        self.group_names = list(case.groups["group"])
        self.policy = prepare(config, case, self.geography)
        self.facts = read_facts(case, self.geography, self.behaviour, config.start, config.n_days)
        self.triggered: dict[str, int] = {}
        self._start_places()
        self._start_people(driver)
        self.datacollector = mesa.DataCollector(
            model_reporters={"day": "day", "displaced": "displaced", "belief": "belief"},
            agenttype_reporters=driver.COLLECTED,
        )
        # Mesa 3.3 counts the agents of each model in a table of the class that keeps every model alive for ever.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def _start_places(self) -> None:
        self.threat = build_threat(self.geography, self.behaviour)
        self.threat_felt = np.zeros(len(self.geography.place))
        self.belief = self.behaviour.belief_start
        self.news_day: int | None = None
        self.credit: dict[str, float] = {}
        numbers = range(len(self.geography.names))
        self.places = list(Location.create_agents(self, len(numbers), list(numbers)))
        create_authorities(self, self.policy.measures, self.policy.first, self.policy.last)

    def _start_people(self, driver) -> None:
        case, geography, config = self.case, self.geography, self.config
        population = build_population(
            case,
            geography,
            self.behaviour,
            config.initial,
            config.population.one_in,
            self.run_seed,
            self.copies,
        )
        places = np.zeros(len(geography.names), np.int64)
        places[[geography.number(name) for name in case.camps["location"]]] = case.camps["people"] * self.copies
        self.camp_places = np.where(geography.role == THEATRE, places, 0)
        before = self.group_names.index("displaced_before") if "displaced_before" in self.group_names else -1
        if before >= 0:
            fill_camps(population, self.camp_places, before)
        self.groups = self._group_facts(population, before)
        compatriots = case.groups["count_as"].to_numpy() == "syrian"
        syrians = population.stock[:, compatriots].sum(axis=(1, 2)) / self.copies
        self.world = build_world(case, geography, syrians)
        self.recorder = Recorder(geography, self.group_names, config.start, config.n_days)
        self.recorder.camp_people_start = population.stock[:, :, CAMP].sum(axis=1)
        self.driver = driver(self, population, before)
        self.total = int(self.driver.stock.sum())
        self.followed = self._choose_followed(population)
        self._seen = self.driver.snapshot(self.followed)
        self._follow(np.arange(len(self.followed)))

    def _group_facts(self, population, before: int) -> GroupFacts:
        groups = self.case.groups
        role = self.geography.role
        in_host = population.stock[(role >= HOST) & (role < ISLAND)].sum(axis=(0, 2))
        return GroupFacts(
            readiness=groups["readiness"].to_numpy(np.float64),
            sea_share=groups["sea_share"].to_numpy(np.float64),
            host_people=in_host / self.copies,
            before=before,
        )

    def _choose_followed(self, population) -> np.ndarray:
        """Return the rows whose journeys are noted: up to a hundred of each group, the same ones in every policy."""
        chosen = []
        for group in range(len(self.group_names)):
            rows = np.flatnonzero(population.group == group)
            lots = [draws.draw(self.run_seed, i, group, draws.JOURNEY) for i in range(FOLLOWED_PER_GROUP)]
            chosen.append(rows[np.unique(np.array(lots) * len(rows) // draws.SURE)] if len(rows) else rows)
        return np.concatenate(chosen)

    def step(self) -> None:
        """Simulate one day."""
        self.day += 1
        today = self._look_up()  # rules, threat, and the tables of the day's decisions
        self.driver.leave_home(today)
        self.driver.move_on(today)
        self.driver.try_entry(today)
        self.driver.leave_west(today)
        self.driver.travel(today)
        self.driver.at_the_border(today, self.credit)
        self.driver.receive(today, self._free_camp_places(today.rules))
        self.driver.go_home(today)
        self._learn()
        self.authorities_look()
        self._record()
        self.running = self.day + 1 < self.config.n_days

    def _look_up(self) -> Today:
        self.driver.begin(self.day)
        rules = rules_today(self.facts, self.policy, self.triggered, self.geography, self.behaviour, self.day)
        self.threat_felt = update_threat(self.threat, rules, self.geography, self.behaviour)
        if rules.announced and self.news_day is None:
            self.news_day = self.day
        return prepare_day(self.day, rules, self._state(rules), self.geography, self.world, self.groups, self.behaviour)

    def _state(self, rules: Rules) -> State:
        """Return what the day's tables depend on; of several copies of the population, that of one."""
        stock, place = self.driver.stock, self.geography.place
        people = over_groups(stock)
        present = (people[:, :DEAD].sum(axis=1) - people[:, TRAVELLING]) / self.copies
        live_there = stock[:, :, HOME] + stock[:, :, SETTLED_ABROAD]
        return State(
            threat=self.threat_felt,
            exposure=exposure(self.threat, rules, self.behaviour)[self.geography.parent],
            present=present[place],
            travellers=people[place, TRAVELLING].sum() / self.copies,
            arrivals_from=self.driver.arrivals_from / self.copies,
            belief=self.belief,
            days_since_news=-1.0 if self.news_day is None else self.day - self.news_day + 1.0,
            weather=self._weather(),
            island_people=present[self.world.is_island].sum(),
            host_people=self.world.is_host @ live_there / self.copies,
        )

    def _weather(self) -> float:
        """Return this week's factor on departures by sea: log-normal with mean 1, shared by all policies."""
        sd = self.behaviour.weather_sd
        return float(np.exp(sd * draws.normal_draw(self.run_seed, 0, self.day // 7, draws.WEATHER) - sd**2 / 2))

    def _free_camp_places(self, rules: Rules) -> np.ndarray:
        self.camp_places = self.camp_places + np.rint(rules.camp_places * self.copies).astype(np.int64)
        return np.maximum(self.camp_places - self.driver.stock[:, :, CAMP].sum(axis=1), 0)

    def authorities_look(self) -> None:
        """Let every authority see today's counts; what it decides applies from tomorrow."""
        for authority in self.agents_by_type.get(Authority, ()):
            authority.look()

    def _learn(self) -> None:
        """Let hope to get through follow the success seen at the gates; word of it takes a day to reach home."""
        if self.day == 0:
            return
        counts = self.recorder.border[self.day - 1][self.world.exit_of >= 0].sum(axis=(0, 1)) / self.copies
        # Where some are admitted, those who wait are seen not to get through.
        tried = counts[ATTEMPTS] + (counts[WAITING] if counts[ADMITTED] else 0.0)
        if tried:
            success = (counts[ADMITTED] + counts[ENTERED]) / tried
            heard_of = tried / (tried + self.behaviour.belief_people)
            self.belief += self.behaviour.belief_learning * heard_of * (min(2.0 * success, 1.0) - self.belief)

    def watched(self, what: str) -> int:
        """Return a count that an authority may watch, as of the end of the day [people of one copy]."""
        stock, role = self.driver.stock, self.geography.role
        if what == "people_at_gates":
            people = stock[self.world.exit_of >= 0][:, :, AT_GATE]
        elif what == "people_in_the_open":
            people = stock[role == THEATRE][:, :, OPEN_AIR]
        else:
            people = np.delete(stock[self.world.is_island], [DEAD], axis=2)
        return int(people.sum()) // self.copies

    def _record(self) -> None:
        self.recorder.stock[self.day] = self.driver.stock
        self.displaced += int(self.recorder.moves[self.day, :, FIRST_MOVE].sum())
        seen = self.driver.snapshot(self.followed)
        changed = seen != self._seen
        self._seen = seen
        self._follow(np.flatnonzero(changed[:, 2] | changed[:, 3] | changed[:, 4]))
        if self.config.check:
            self.check_people()
        self.datacollector.collect(self)

    def _follow(self, chosen: np.ndarray) -> None:
        for row, seen in zip(self.followed[chosen].tolist(), self._seen[chosen].tolist(), strict=True):
            people, group, place, status, destination = seen
            self.recorder.journey(row, max(self.day, 0), people, group, place, status, destination)

    def check_people(self) -> None:
        """Raise AssertionError if somebody was lost or counted twice."""
        stock = self.driver.stock
        if int(stock.sum()) != self.total or (stock < 0).any():
            raise AssertionError(f"day {self.day}: {int(stock.sum())} people instead of {self.total}")
        anew = self.driver.count_anew()
        # The dead are counted where they died; their household has moved on since.
        same_dead = np.array_equal(stock[:, :, DEAD].sum(axis=0), anew[:, :, DEAD].sum(axis=0))
        if not np.array_equal(stock[:, :, :DEAD], anew[:, :, :DEAD]) or not same_dead:
            raise AssertionError(f"day {self.day}: the running count of people differs from a census of the rows")


@dataclass
class Tables:
    """What a run leaves: tidy frames by name, and the values of its outcomes."""

    frames: dict[str, pd.DataFrame]
    summary: list[dict] = field(default_factory=list)


def simulate(config: Config, case: Case, seed: int, progress: Callable[[int, int], None] | None = None) -> Tables:
    """Run one replicate and return its tables; `progress` is told the day and the number of days."""
    model = DisplacementModel(config, case, seed)
    while model.running:
        model.step()
        if progress:
            progress(model.day + 1, config.n_days)
    frames = model.recorder.frames()
    values = outcome_values(model.recorder, model.world)
    frames["series"] = outcome_series(values, model.recorder)
    frames["households"] = model.recorder.household_frame(model.driver.away())
    frames = {name: frame.assign(seed=np.int64(seed)) for name, frame in frames.items()}
    vars(model).clear()  # a model and its agents refer to each other: their memory need not wait to be found unused
    return Tables(frames, summarise(values))
