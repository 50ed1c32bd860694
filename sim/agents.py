"""The hundred-fold things that see and decide, as Mesa agents: places, and the authorities that react."""

from sim.config import Measure
from sim.errors import InputError, nearest
from sim.lightmesa import mesa
from sim.population import DEAD


class Location(mesa.Agent):
    """A place, which knows how many people there are and what threatens them."""

    def __init__(self, model, number: int):
        super().__init__(model)
        self.number = number
        self.name = model.geography.names[number]
        self.country = model.geography.countries[number]

    @property
    def people(self) -> int:
        """Living people here, those setting out included until they arrive."""
        return int(self.model.driver.stock[self.number, :, :DEAD].sum())

    @property
    def threat(self) -> float:
        """Felt threat [1 = one bombardment], 0 outside the theatre."""
        spot = self.model.geography.spot[self.number]
        return float(self.model.threat_felt[spot]) if spot >= 0 else 0.0


class Authority(mesa.Agent):
    """A state or the aid system. It looks at a day's counts and may put a measure in force from the next."""

    def __init__(self, model, name: str, measures: dict[str, Measure], first: dict[str, int], last: dict[str, int]):
        super().__init__(model)
        self.name, self.measures, self.first, self.last = name, measures, first, last

    def look(self) -> None:
        """Put in force, from tomorrow on, each measure whose watched count is above its limit today."""
        for name, measure in self.measures.items():
            tomorrow = self.model.day + 1
            in_time = self.first[name] <= tomorrow <= self.last[name]
            if in_time and name not in self.model.triggered and self.model.watched(measure.watch) > measure.above:
                self.model.triggered[name] = tomorrow


def create_authorities(model, measures: dict[str, Measure], first: dict[str, int], last: dict[str, int]) -> None:
    """Create one authority for each name that a conditional measure gives."""
    conditional = {name: measure for name, measure in measures.items() if measure.watch}
    for name, measure in conditional.items():
        if measure.watch not in model.WATCHED:
            hint = nearest(measure.watch, model.WATCHED)
            raise InputError(
                f"policy.{name}.watch is '{measure.watch}', but must be one of: {', '.join(model.WATCHED)}{hint}"
            )
    for authority in sorted({measure.authority or "authorities" for measure in conditional.values()}):
        own = {name: m for name, m in conditional.items() if (m.authority or "authorities") == authority}
        Authority(model, authority, own, first, last)
