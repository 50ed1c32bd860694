"""Why a place was chosen: the utility of the model's own choice, factor by factor, against the average place.

What a factor contributes is the utility less the utility with the factor's weight set to zero, both from
`sim.phases.routing`. Utility is a sum, so that the contributions add up to it.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.phases import routing
from sim.studies.witness import PHASES, notes_of_today

FACTORS = {  # factor: (parameters that are its weight, what it is)
    "size": (("size_exponent",), "size and services"),
    "aid": ((), "aid"),
    "distance": (("distance_cost",), "how near it is"),
    "danger_on_the_way": (("route_danger",), "how safe the way is"),
    "danger_there": (("danger_aversion",), "how safe it is there"),
    "room": (("room_weight",), "room left"),
    "belt": (("belt_pull",), "the protected belt along the border"),
    "same_governorate": (("same_governorate",), "being in the same governorate, or not"),
    "seam": (("seam_cost",), "having the checkpoint to the north on the way, or not"),
    "compatriots": (("host_ties",), "compatriots across the border"),
    "entry": (("entry_cost",), "what entry costs"),
    "ties": ((), "earlier arrivals from the same home"),
}


def contributions(model) -> dict[str, np.ndarray]:
    """Return what each factor but ties contributes to the utility of the day, (K, 2, J); nan where there is no choice.

    Distance and danger on the way share a weight: the first is the cost of the way as if it were safe, the second what
    the danger adds. Size is that of the place without aid, aid what that adds.
    """
    rules, behaviour = model.driver.today.rules, model.behaviour
    full = _utility(model, rules, behaviour)
    found = {
        name: full - _utility(model, rules, replace(behaviour, **dict.fromkeys(weights, 0.0)))
        for name, (weights, _) in FACTORS.items()
        if weights
    }
    found["aid"] = full - _utility(model, replace(rules, aid=np.ones_like(rules.aid)), behaviour)
    found["size"] = found["size"] - found["aid"]
    found["distance"] = found["distance"] - found["danger_on_the_way"]
    return found


def _utility(model, rules, behaviour) -> np.ndarray:
    """Return the utility that the model's own functions give, nan where there is no choice."""
    state = model.state
    routes = routing.todays_routes(model.geography, rules, state.threat, behaviour)
    utility = routing.destination_utility(
        model.geography, rules, routes, state.threat, state.exposure, state.present, model.world.abroad, behaviour
    )
    return np.where(np.isfinite(utility), utility, np.nan)


@dataclass
class Chances:
    """What a place's chances were, over everybody who had to choose a destination so far."""

    movers: int = 0  # people who set out from home or from a place of refuge
    able: int = 0  # of these, people for whom the place was a choice
    expected: float = 0.0  # people who choose it, by their chances
    variance: float = 0.0  # of that number: a row chooses as one
    alike: float = 0.0  # the same, were all places they could go to alike
    chose: int = 0  # people who did


class Attraction:
    """Called after each day of a watched model; sums up the choices that movers faced."""

    def __init__(self, model, place: int):
        found = np.flatnonzero(model.world.place_of == place)
        self.place, self.column = place, int(found[0]) if len(found) else -1
        self.chances = Chances()
        self._advantage = dict.fromkeys(FACTORS, 0.0)

    def __call__(self, model) -> None:
        if self.column < 0:
            return
        movers = model.once_a_day(movers_of_today)
        self.chances.chose += int(movers.loc[movers["destination"] == self.place, "people"].sum())
        self.chances.movers += int(movers["people"].sum())
        if movers.empty:
            return
        factors, choice = model.once_a_day(contributions), model.driver.today.choice
        squares = movers["people"].astype(float) ** 2
        cells = movers.assign(squares=squares).groupby(["spot", "home", "means"])[["people", "squares"]].sum()
        for (spot, home, means), people, square in cells.itertuples():
            values = {name: table[spot, means] for name, table in factors.items()}
            self._add(choice.weights[spot, means], choice.ties[home], values, people, square)

    def _add(self, attraction, ties, factors, people, square) -> None:
        """Add people who face one choice; `attraction` and `ties` are the factors of its weights, (J,)."""
        weights = attraction * ties
        able = weights > 0
        if not able[self.column]:
            return
        chance = weights[self.column] / weights.sum()
        self.chances.able += int(people)
        self.chances.expected += people * chance
        self.chances.variance += square * chance * (1.0 - chance)
        self.chances.alike += people / able.sum()
        for name, values in factors.items():
            self._advantage[name] += people * (values[self.column] - values[able].mean())
        self._advantage["ties"] += people * (np.log(ties[self.column]) - np.log(ties[able]).mean())

    def frame(self) -> pd.DataFrame:
        """Return factor, advantage (utility above the mean of the places they could go to) and times (its factor).

        Averaged over the people for whom the place was a choice, at the time when each had to choose.
        """
        able = max(self.chances.able, 1)
        advantage = np.array([self._advantage[name] for name in FACTORS]) / able
        frame = pd.DataFrame({"factor": list(FACTORS), "advantage": advantage, "times": np.exp(advantage)})
        order = frame["advantage"].abs().sort_values(ascending=False, kind="stable").index
        return frame.loc[order].reset_index(drop=True)


def movers_of_today(model) -> pd.DataFrame:
    """Return who chose a destination today: row, spot, home (a spot), means, people, destination (a place)."""
    notes = model.once_a_day(notes_of_today)
    notes = notes[notes["phase"].isin([PHASES.index("leave_home"), PHASES.index("move_on")])]
    rows, was = notes["row"].to_numpy(), notes["was_place"].to_numpy()
    p, spot_of = model.driver.population, model.world.spot_of
    return pd.DataFrame(
        {
            "row": rows,
            "spot": spot_of[was],
            "home": spot_of[p.home[rows]],
            "means": p.means[rows],
            "people": notes["people"].to_numpy(np.int64),
            "destination": notes["destination"].to_numpy(),
        }
    )
