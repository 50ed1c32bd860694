"""A comparison written by hand: every outcome is 1,000 under the baseline, and differs by what a test says."""

import math
from types import SimpleNamespace

import pandas as pd
from pictures import border_of, daily_of, date_of, series_of

from sim.metrics import OUTCOMES
from sim.studies.fates import shares

WORTH = ("worth", "worth_low", "worth_high")
BASELINE, N_DAYS, PARTED, SEEDS = "as_it_happened", 100, 60, (1, 2, 3)
PLACES = ("Dana", "Idleb", "A'zaz", "Afrin", "Al Bab", "Salqin", "Jisr-Ash-Shugur", "Maaret Tamsrin")
HARD_BORDER = {
    "what": "Illegal and harmful: people are stopped by force.",
    "first_day": "2020-02-28",
    "last_day": "2020-03-31",
    "effects": {"success_guarded": 0.012},
    "where": [],
    "who": [],
    "because": "It was reported.",
    "source": "a newspaper",
    "harm": "Denies the right to seek asylum.",
    "watch": "",
    "above": 0.0,
}
CEASEFIRE = HARD_BORDER | {"what": "A ceasefire holds.", "last_day": "", "effects": {"ceasefire": 1.0}, "harm": ""}


def comparison(changes, names=("no_ceasefire", "border_never_opened"), policies=None, stories=None, n_seeds=3):
    """Return a comparison of the baseline with named scenarios.

    Parameters
    ----------
    changes
        (scenario, outcome) -> (difference, half width of its interval); whatever is not named is exactly the same.
    policies, stories
        By scenario, where not those of the baseline.
    """
    every = [BASELINE, *names]
    policies, stories = policies or {}, stories or {}
    base = {"hard_border": HARD_BORDER, "ceasefire": CEASEFIRE}
    runs = {
        name: _run(name, changes, i, policies.get(name, base), stories.get(name, f"The story of {name}."), n_seeds)
        for i, name in enumerate(every)
    }
    differences = pd.DataFrame([_row(name, outcome, changes, n_seeds) for name in names for outcome in OUTCOMES])
    found = SimpleNamespace(
        baseline=BASELINE,
        runs=runs,
        differences=differences,
        by_day=pd.concat([_by_day(name, differences) for name in names], ignore_index=True),
        bearers=_bearers(names),
        transitions=_transitions(names),
        examples=_examples(names),
        question={"notes": [], "one_in": 400},
    )
    found.changed_by = lambda by: shares(_changed(names), by)
    return found


def _row(name, outcome, changes, n_seeds):
    difference, half = changes.get((name, outcome), (0.0, 0.0))
    unit, how = OUTCOMES[outcome]
    low, high = (difference - half, difference + half) if n_seeds > 1 else (math.nan, math.nan)
    ratio = abs(difference) / half if half else 0.0
    numbers = dict(baseline=1000.0, value=1000.0 + difference, difference=difference, low=low, high=high)
    names = dict(scenario=name, outcome=outcome, unit=unit, how=how)
    worth = dict(worth=12.0, worth_low=5.0, worth_high=40.0) if n_seeds > 2 else dict.fromkeys(WORTH, math.nan)
    return names | numbers | worth | dict(percent=difference / 10, ratio=ratio, n=n_seeds)


def _by_day(name, differences):
    rows = differences[differences["scenario"] == name].set_index("outcome")["difference"]
    days = pd.DataFrame({"day": [0, PARTED, N_DAYS - 1]}).merge(rows.reset_index(), how="cross")
    days["difference"] = days["difference"].where(days["day"] >= PARTED, 0.0)
    return days.assign(scenario=name, low=days["difference"], high=days["difference"])


def _run(name, changes, number, policy, story, n_seeds):
    def value(outcome):
        difference = changes.get((name, outcome), (0.0, 0.0))[0]
        return lambda day, seed: 1000.0 + seed + (difference if day >= PARTED else 0.0)

    series = series_of({outcome: value(outcome) for outcome in OUTCOMES}, N_DAYS, SEEDS[:n_seeds])
    series["date"] = pd.to_datetime(series["date"])
    config = {
        "policy": policy,
        "scenario": {"name": name, "story": story},
        "case": {"name": "idlib_2020", "path": "idlib_2020", "start": "2019-12-01", "days": N_DAYS},
        "population": {"name": "tiny", "one_in": 400},
        "days": None,
    }
    manifest = {
        "version": "0.1.0",
        "seeds": list(SEEDS[:n_seeds]),
        "source_checksum": "ab" * 32,
        "case": {"name": "idlib_2020", "checksum": "cd" * 32},
        "python": "3.11.7",
        "versions": {"numpy": "2.0"},
    }
    summary = [
        {"outcome": outcome, "unit": unit, "how": how, "value": 1002.0, "low": 1001.0, "high": 1003.0}
        for outcome, (unit, how) in OUTCOMES.items()
    ]
    tables = dict(daily=_daily(number), border=_border(), flows=_flows(number), series=series)
    return SimpleNamespace(config=config, manifest=manifest, summary=summary, **tables)


def _daily(number):
    """Return people in tents and camps: on day 60 each scenario has 10,000 people more in Dana than the one before."""
    people = {place: 60_000 - 5_000 * i for i, place in enumerate(PLACES)}
    rows = [(day, place, "resident", "camp", people[place]) for day in (0, PARTED, N_DAYS - 1) for place in PLACES]
    rows += [(PARTED, "Dana", "resident", "tent", 10_000 * number), (PARTED, "Chios", "afghan", "camp", 900)]
    rows += [(PARTED, "Pazarkule", "afghan", "at_gate", 4_000 - 300 * number)]
    return daily_of([row for row in rows if row[-1]], seed=1)


def _border():
    return border_of([(PARTED, "Pazarkule", 1000, 10), (PARTED, "Dikili", 10, 9)])


def _flows(number):
    rows = [(PARTED, "Saraqab", "Dana", 4_000 * (number + 1)), (PARTED, "Ariha", "A'zaz", 1_000)]
    rows += [(PARTED, "İstanbul", "Pazarkule", 900), (PARTED, "Lesvos (Mytilene)", "Piraeus", 300)]
    table = pd.DataFrame(rows, columns=["day", "origin", "destination", "people"])
    table["date"] = [date_of(day) for day in table["day"]]
    return table.merge(pd.DataFrame({"seed": SEEDS}), how="cross")


def _bearers(names):
    rows = [
        ("group", "resident", "returned", -600.0, 30.0),
        ("group", "afghan", "gave_up", 5.0, 90.0),
        ("origin", "Saraqab", "remaining_displaced", 420.0, 20.0),
        ("place", "Dana", "nights_in_the_open", 7_000.0, 100.0),
    ]
    columns = ["by", "name", "outcome", "difference", "half"]
    table = pd.DataFrame(rows, columns=columns).merge(pd.DataFrame({"scenario": list(names)}), how="cross")
    units = {"nights_in_the_open": "person-nights"}
    return table.assign(
        unit=table["outcome"].map(units).fillna("people"),
        baseline=1000.0,
        percent=table["difference"] / 10,
        low=table["difference"] - table["half"],
        high=table["difference"] + table["half"],
    )


def _transitions(names):
    rows = [("returned home", "displaced in Idleb area", 5_500.0), ("never moved", "never moved", 9e6)]
    table = pd.DataFrame(rows, columns=["was", "is", "people"])
    return table.merge(pd.DataFrame({"scenario": list(names)}), how="cross")


def _changed(names):
    rows = [("resident", "Saraqab", 5, 5_000.0, 50_000), ("afghan", "İstanbul", 2, 800.0, 1_600)]
    table = pd.DataFrame(rows, columns=["group", "origin", "household_size", "people", "of"])
    first = table.assign(scenario=names[0])
    return pd.concat([first, *(table.assign(scenario=name, people=0.0) for name in names[1:])], ignore_index=True)


def _examples(names):
    """Return a household that is followed and one of which only the end is known, both of the first scenario."""
    columns = ["group", "origin", "household_size", "people", "was", "is", "alike", "parted", "together"]
    rows = [
        ("resident", "Saraqab", 5, 2_000, "returned home", "on the way", 5_500.0, "2020-03-07", "At first they fled."),
        ("afghan", "İstanbul", 1, 400, "never moved", "reached Greece", 400.0, "", ""),
    ]
    table = pd.DataFrame(rows, columns=columns).assign(seed=1, household=[17, 23], scenario=names[0])
    table["told_from"] = ["journeys", "households"]
    stories = ["They went home.", "They stay in İstanbul."], ["They went <on>.", "At the end they are in Lesvos."]
    return table.assign(example=[1, 2], was_story=stories[0], is_story=stories[1])
