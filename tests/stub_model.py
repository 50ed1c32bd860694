"""A model that is quick and wrong, for tests of the shell around the real one."""

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass
class Tables:
    """What `sim.model.simulate` returns."""

    frames: dict[str, pd.DataFrame]
    summary: list[dict]


def simulate(config, case, seed, progress=None) -> Tables:
    """Everybody stays at home, but for ten times `seed` people who leave the first place each day."""
    days = np.arange(config.n_days, dtype=np.int16)
    dates = np.array([config.start + datetime.timedelta(days=int(day)) for day in days], dtype="datetime64[s]")
    names = list(case.locations["name"])
    groups = list(case.groups["group"])
    left = 10 * seed * (days.astype(np.int32) + 1)

    def constant(value, categories):
        return pd.Categorical([value] * len(days), categories=categories)

    here = {"seed": np.int64(seed), "day": days, "date": dates}
    place, group = constant(names[0], names), constant(groups[0], groups)
    daily = {"location": place, "group": group, "status": constant("open_air", ["home", "open_air"]), "people": left}
    flows = {"origin": place, "destination": constant(names[1], names), "group": group, "people": 10 * seed}
    border = {"crossing": place, "group": group, "attempts": 0, "admitted": 0, "pushed_back": 0, "intercepted": 0}
    series = {"outcome": constant("displaced", ["displaced"]), "value": left.astype(float)}
    tables = {"daily": daily, "flows": flows, "border": border, "series": series}
    if progress is not None:
        for day in days:
            progress(int(day) + 1, config.n_days)
    summary = [{"outcome": "displaced", "unit": "people", "how": "last", "value": float(left[-1])}]
    return Tables({name: pd.DataFrame({**here, **columns}) for name, columns in tables.items()}, summary)
