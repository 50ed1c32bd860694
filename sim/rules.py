"""`Rules`: what is open, allowed, and costs what *today*.

The dated facts of the case set them first, the measures of the policy act on them afterwards. Nothing else in the
model depends on the calendar.
"""

import datetime
from dataclasses import dataclass

import numpy as np

from sim.config import Behaviour
from sim.geography import Geography
from sim.once import once
from sim.seeds import Case


@dataclass
class Attacks:
    """Attacks and the front line as arrays; D days, K spots. Day 0 is that of the case, or of a schedule."""

    air: np.ndarray  # (D, K) threat, pushes from the air
    ground: np.ndarray  # (D, K) threat, pushes of a ground advance
    lost: np.ndarray  # (D, K) bool, held by the government as a whole
    part_lost: np.ndarray  # (D, K) share of residents whose part is lost


@dataclass
class Facts(Attacks):
    """The dated facts of a case as arrays; D days, K spots."""

    reinforcement: int  # day on which the reinforcement arrives, after the end where it never does
    rates: dict[str, np.ndarray]  # quantity -> (D,) value of the day
    n_groups: int


@dataclass
class Rules:
    """Today's rules; P places, K spots, E entry gates, G groups. Fields are what measures may touch."""

    push_air: np.ndarray  # (K,) threat arriving today
    push_ground: np.ndarray  # (K,)
    lost: np.ndarray  # (K,) bool, closed as destination and for return
    part_lost: np.ndarray  # (K,) share
    front_of: np.ndarray  # (K,) day whose front line holds today: today, or an earlier one where it is frozen
    shelter: np.ndarray  # (K,) factor on the protection near the border
    protection: np.ndarray  # (K,) share of residents whom a safe zone protects from every threat
    reassured_days: float  # days since the reinforcement, negative before
    ceasefire: np.ndarray  # (K,) bool: nobody attacks, and people may return
    safe_return: np.ndarray  # (K,) share of residents who may return although no ceasefire holds
    returns: np.ndarray  # (K,) factor on returning home
    threat_factor: float  # applied to standing threat today
    exit_gate: bool
    exit_sea: bool
    announced: bool  # the opening is announced as from today or earlier
    fare_gate: float  # USD per person
    entry_greece: float  # people a day at the gates; negative for everyone, 0 where guarded
    success_guarded: float
    pushback_land: float
    pushback_sea: float
    intercept_sea: float
    intercept_river: float
    attempts: float  # factor
    give_up: float  # factor
    evacuate: bool
    travel: float  # factor on departures in the host country
    readiness: np.ndarray  # (G,) factor
    entry_turkey: float  # people a day at the southern crossings
    entry_open: np.ndarray  # (E,) bool, the crossings at which people are admitted
    entry_success: float  # undetected entry per attempt while closed
    seam: float  # factor on the cost of the checkpoint to the north
    transfers: float  # people a day from the islands to the mainland
    sea_departures: float  # people a day before weather
    land_entries: float  # people a day, outside the gates
    aid: np.ndarray  # (K,) factor
    camp_places: np.ndarray  # (P,) places added today
    resettled: np.ndarray  # (G,) people a day from the host country

    @property
    def admitted_at_gates(self) -> float:
        """People a day who pass the land gates: only where both sides are open; negative for everyone."""
        return self.entry_greece if self.exit_gate else 0.0


def read_facts(case: Case, geography: Geography, behaviour: Behaviour, start: datetime.date, n_days: int) -> Facts:
    """Lay the dated events and rates of a case out by day."""
    facts = Facts(
        **_no_attacks(n_days, len(geography.place)),
        reinforcement=n_days,
        rates=_daily_rates(case, start, n_days),
        n_groups=len(case.groups),
    )
    for event in _events(case):
        day = (event.date - start).days
        if day < n_days:
            _enter(facts, event, day, geography, behaviour)
        if event.type == "turkish_entry":
            facts.reinforcement = min(facts.reinforcement, day)
    return facts


def read_schedule(case: Case, name: str, geography: Geography, behaviour: Behaviour, n_days: int) -> Attacks:
    """Lay attacks that did not happen out by day, as the facts are; day 0 is the first day of the schedule."""
    attacks = Attacks(**_no_attacks(n_days, len(geography.place)))
    for event in case.what_if[case.what_if["schedule"] == name].itertuples():
        if event.day < n_days:
            _enter(attacks, event, event.day, geography, behaviour)
    return attacks


@once(4)
def _events(case: Case) -> list:
    return list(case.events.itertuples())


@once(4)
def _rates(case: Case) -> list:
    return list(case.rates.sort_values("first_date", kind="stable").itertuples())


def _no_attacks(n_days: int, k: int) -> dict[str, np.ndarray]:
    nothing = {name: np.zeros((n_days, k)) for name in ("air", "ground", "part_lost")}
    return {**nothing, "lost": np.zeros((n_days, k), bool)}


def _spots(places: str, geography: Geography) -> np.ndarray:
    if places == "all":
        return np.arange(len(geography.place))
    spots = [geography.spot[geography.number(name)] for name in places.split(";")]
    return np.array([spot for spot in spots if spot >= 0], dtype=np.int64)


def _enter(attacks: Attacks, event, day: int, geography: Geography, behaviour: Behaviour) -> None:
    """Enter one event. A count, a summary or an agreement pushes nobody; a town taken is not a sub-district lost."""
    spots = _spots(event.places, geography)
    dilution = np.minimum(1.0, behaviour.strike_people / np.maximum(geography.people_start[spots], 1.0))
    pushes = {
        "bombardment": (attacks.air, behaviour.push_bombardment),
        "strike": (attacks.air, behaviour.push_strike * dilution),
        "counter_offensive": (attacks.air, behaviour.push_strike * dilution),
        "offensive_start": (attacks.ground, behaviour.push_offensive),
        "control_change": (attacks.ground, behaviour.push_capture),
    }
    gained_back = event.type == "control_change" and event.control_after == "opposition"
    announced_only = event.type == "counter_offensive" and event.places == "all"
    if event.type in pushes and day >= 0 and not gained_back and not announced_only:
        series, push = pushes[event.type]
        series[day, spots] += push
    elif event.type in ("control_initial", "sub_district_lost"):
        attacks.lost[max(day, 0) :, spots] = True
    elif event.type == "sub_district_partly_lost":
        attacks.part_lost[max(day, 0) :, spots] = event.share


def _daily_rates(case: Case, start: datetime.date, n_days: int) -> dict[str, np.ndarray]:
    """Return each dated rate as a step function of the day."""
    rates = {name: np.zeros(n_days) for name in ("sea_departures", "land_entries", "island_transfers")}
    for row in _rates(case):
        day = (row.first_date - start).days
        if row.quantity in rates and day < n_days:
            rates[row.quantity][max(day, 0) :] = row.value
    return rates


def rules_of_facts(facts: Facts, geography: Geography, behaviour: Behaviour, day: int) -> Rules:
    """Return the rules of a day on which no measure is in force."""
    k, p = len(geography.place), len(geography.names)
    return Rules(
        push_air=facts.air[day].copy(),
        push_ground=facts.ground[day].copy(),
        lost=facts.lost[day].copy(),
        part_lost=facts.part_lost[day].copy(),
        front_of=np.full(k, day),
        shelter=np.ones(k),
        protection=np.zeros(k),
        reassured_days=float(day - facts.reinforcement),
        ceasefire=np.zeros(k, bool),
        safe_return=np.zeros(k),
        returns=np.ones(k),
        threat_factor=1.0,
        exit_gate=False,
        exit_sea=False,
        announced=False,
        fare_gate=0.0,
        entry_greece=0.0,
        success_guarded=behaviour.success_guarded,
        pushback_land=0.0,
        pushback_sea=0.0,
        intercept_sea=behaviour.intercept_sea,
        intercept_river=behaviour.intercept_river,
        attempts=1.0,
        give_up=1.0,
        evacuate=False,
        travel=1.0,
        readiness=np.full(facts.n_groups, behaviour.readiness_scale),
        entry_turkey=0.0,
        entry_open=np.ones(len(geography.entry_gates), bool),
        entry_success=behaviour.entry_success,
        seam=1.0,
        transfers=facts.rates["island_transfers"][day],
        sea_departures=facts.rates["sea_departures"][day],
        land_entries=facts.rates["land_entries"][day],
        aid=np.ones(k),
        camp_places=np.zeros(p),
        resettled=np.zeros(facts.n_groups),
    )
