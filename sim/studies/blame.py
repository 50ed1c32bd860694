"""Which attacks are behind the threat that people feel: the model's own law of threat, for each attack alone.

Threat is linear in its pushes, so that the parts add up to what is felt.
"""

from dataclasses import replace

import numpy as np

from sim.phases.threat import Threat, build_threat, update_threat

KINDS = ("air", "ground")
WORDS = {"air": "attacks from the air on", "ground": "the ground advance at"}


class Blame:
    """Called after each day of a watched model; `parts` holds what each source contributed.

    Attributes
    ----------
    sources
        (kind, spot) in the order in which they first struck; `days` holds on which days each did.
    parts
        For each day the threat felt, (sources so far, K) [1 = one bombardment of one place].
    """

    def __init__(self, model):
        self._threats: dict[tuple[str, int], Threat] = {}
        self.days: dict[tuple[str, int], list[int]] = {}
        self.parts: list[np.ndarray] = []

    @property
    def sources(self) -> list[tuple[str, int]]:
        """Return kind and spot of each source."""
        return list(self._threats)

    def __call__(self, model) -> None:
        rules, quiet = model.driver.today.rules, np.zeros(len(model.geography.place))
        pushes = {"air": rules.push_air, "ground": rules.push_ground}
        for kind in KINDS:
            for spot in np.flatnonzero(pushes[kind]).tolist():
                self._threats.setdefault((kind, spot), build_threat(model.geography, model.behaviour))
                self.days.setdefault((kind, spot), []).append(model.day)
        felt = []
        for (kind, spot), threat in self._threats.items():
            own = {f"push_{name}": quiet for name in KINDS}
            own[f"push_{kind}"] = np.where(np.arange(len(quiet)) == spot, pushes[kind], 0.0)
            felt.append(update_threat(threat, replace(rules, **own), model.geography, model.behaviour))
        self.parts.append(np.array(felt).reshape(len(felt), len(quiet)))

    def behind(self, days: np.ndarray, spots: np.ndarray, people: np.ndarray) -> dict[tuple[str, int], float]:
        """Return the share of each source in the threat that people felt where they were on a day, the largest first.

        All arguments have one length; who felt no threat counts nowhere.
        """
        shares = np.zeros(len(self._threats))
        for day, spot, n in zip(days, spots, people, strict=True):
            parts = self.parts[day][:, spot]
            if parts.sum() > 0:
                shares[: len(parts)] += n * parts / parts.sum()
        total = shares.sum()
        order = np.argsort(-shares, kind="stable")
        return {self.sources[i]: float(shares[i] / total) for i in order if shares[i] > 0}

    def in_words(self, model, spot: int) -> str:
        """Name the attacks behind the threat felt at a spot today, two at most, with their shares; blank without."""
        parts = self.parts[-1][:, spot]
        if not parts.sum() > 0:
            return ""
        order = [i for i in np.argsort(-parts, kind="stable")[:2] if parts[i] > 0.05 * parts.sum()]
        shares = [f"{_named(model, self.sources[i])} ({100 * parts[i] / parts.sum():.0f} %)" for i in order]
        return " and ".join(shares)


def _named(model, source: tuple[str, int]) -> str:
    kind, spot = source
    return f"{WORDS[kind]} {model.geography.names[model.geography.place[spot]]}"
