"""This engine, ready to be timed: a model from words, its days, and the seconds of each phase of them."""

import functools
import time
from dataclasses import dataclass, field

from sim.array_driver import ArrayDriver
from sim.compose import compose
from sim.model import DisplacementModel
from sim.paths import case_folder
from sim.seeds import load_case

# The lines of `DisplacementModel.step`: methods of the driver, then of the model.
PHASES = ("leave_home", "move_on", "try_entry", "leave_west", "travel", "at_the_border", "receive", "go_home")
AROUND = ("_look_up", "_free_camp_places", "_learn", "authorities_look", "_record")


@functools.cache
def choices_and_facts(words: tuple[str, ...]):
    """Return configuration and case for the words behind `sim run`; they are looked up only once."""
    config = compose(words)
    return config, load_case(case_folder(config.case.path))


def built(words, driver=ArrayDriver, seed: int = 1) -> DisplacementModel:
    """Return a model before its first day; `words` are those behind `sim run`."""
    return DisplacementModel(*choices_and_facts(tuple(words)), seed, driver)


def run(model: DisplacementModel) -> DisplacementModel:
    """Simulate all days."""
    while model.running:
        model.step()
    return model


def n_rows(model: DisplacementModel) -> int:
    """Return how many rows stand for the people of a model, whatever the driver."""
    driver = model.driver
    return driver.n_rows if isinstance(driver, ArrayDriver) else len(driver.households)


@dataclass
class Clock:
    """The seconds spent in some methods; called, it tells the sum, so that it can stand in for `time.perf_counter`."""

    seconds: dict[str, float] = field(default_factory=dict)

    def __call__(self) -> float:
        return sum(self.seconds.values())

    def watch(self, thing, names) -> None:
        """Let calls of these methods of an object be timed from now on."""
        for name in names:
            self.seconds.setdefault(name, 0.0)
            setattr(thing, name, self._timed(name, getattr(thing, name)))

    def _timed(self, name, method):
        def timed(*arguments):
            started = time.perf_counter()
            try:
                return method(*arguments)
            finally:
                self.seconds[name] += time.perf_counter() - started

        return timed


def profile(words) -> dict[str, float]:
    """Return the seconds that each phase takes over a whole run, and what is left over ("rest")."""
    model, clock = built(words), Clock()
    clock.watch(model.driver, PHASES)
    clock.watch(model, AROUND)
    started = time.perf_counter()
    run(model)
    return {**clock.seconds, "rest": time.perf_counter() - started - clock()}
