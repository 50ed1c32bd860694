"""Every choice that can be made, as plain dataclasses: type, unit, range, and where the value comes from.

The values themselves stand in `conf/`; Hydra composes them into one `Config`. The dataclasses are not frozen,
because OmegaConf would make frozen ones read-only while composing.
"""

import datetime
import math
from dataclasses import dataclass, field, fields

from sim.errors import InputError, nearest

INITIAL_STOCKS = ("article", "register")
FORMATS = ("onward", "flee")
RULES = ("onward", "flee")
DEPARTURES = ("observed", "endogenous")
VARY = ("both", "chance", "parameters")


def parameter(low: float, high: float, unit: str, meaning: str):
    """Declare a number of the behaviour: its allowed range [low, high], unit and meaning."""
    return field(metadata={"low": low, "high": high, "unit": unit, "meaning": meaning})


def check_parameters(group: str, values: object) -> None:
    """Refuse a declared number outside its range."""
    for item in fields(values):
        if item.metadata:
            name, value = f"{group}.{item.name}", getattr(values, item.name)
            require(name, value, item.metadata["low"], item.metadata["high"])


@dataclass
class CaseConfig:
    """Which facts are used, and the days they cover."""

    name: str
    path: str
    start: str | None  # null: as the case itself says
    days: int | None
    format: str = "onward"  # onward: tables as in seeds/schema.csv; flee: a directory of the Flee simulator
    observed: str | None = None  # the folder of a Flee directory's observations; null: the one beside its input

    def __post_init__(self):
        require_one_of("case.format", self.format, FORMATS)
        if self.format == "flee":
            for name in ("start", "days"):
                if (value := getattr(self, name)) is not None:
                    raise InputError(f"case.{name} is {value}, but sim_period.csv of the directory says it")
            return
        if self.observed is not None:
            raise InputError(f"case.observed is '{self.observed}', but only Flee directories have it: case=flee")
        parse_date(self.start, "case.start")
        if self.days is None:
            raise InputError("case.days is null, but must be a whole number")
        require("case.days", self.days, 1, 3650)


@dataclass
class PopulationConfig:
    """How many of the households are simulated: one row stands for `one_in` households of its size.

    `multiply` copies of everybody live in the same places, which have as many times the room; what a rule says of
    numbers of people (a quota, a rate of departures) holds for each copy.
    """

    name: str
    one_in: int
    multiply: int = 1

    def __post_init__(self):
        require("population.one_in", self.one_in, 1, 1_000_000)
        require("population.multiply", self.multiply, 1, 1_000)


@dataclass
class Behaviour:
    """How people and places respond; the values with their reasons stand in `conf/behaviour/default.yaml`."""

    # threat
    push_bombardment: float = parameter(0, 20, "threat", "push of one bombardment on one place")
    push_strike: float = parameter(0, 20, "threat", "push of one strike, diluted in places above strike_people")
    push_offensive: float = parameter(0, 20, "threat", "push of the start of a ground offensive")
    push_capture: float = parameter(0, 20, "threat", "push of a town taken by the government")
    strike_people: float = parameter(1, 1e9, "people", "size of place above which a strike is diluted")
    half_life_air: float = parameter(0.1, 100, "days", "fading of bombardment")
    half_life_ground: float = parameter(0.1, 100, "days", "fading of a ground advance")
    spread_km: float = parameter(0.1, 500, "km", "reach of a ground advance along roads")
    spread_share: float = parameter(0, 5, "1", "strength of that reach")
    highway_factor: float = parameter(0, 50, "1", "reach between places on the same highway")
    border_shelter: float = parameter(0, 1, "1", "protection at the southern border of the host country")
    border_shelter_km: float = parameter(0.1, 500, "km", "distance over which that protection fades")
    reassurance: float = parameter(0, 1, "1", "share of threat taken away by the reinforcement of February")
    reassurance_days: float = parameter(0.1, 100, "days", "time over which the reinforcement is believed")
    # leaving home, moving on
    leave_max: float = parameter(0, 1, "1/day", "quickest leaving")
    leave_steepness: float = parameter(0.5, 20, "1", "exponent of the Hill curve of threat")
    threshold_sigma: float = parameter(0, 3, "log", "spread of personal thresholds")
    threat_weight_displaced: float = parameter(0, 10, "1", "weight of threat after the first move")
    onward_rate: float = parameter(0, 1, "1/day", "going on from an unprotected stop")
    onward_fade_days: float = parameter(0.1, 365, "days", "time over which a stop becomes a place to stay")
    rest_days: int = parameter(0, 60, "days", "no second move so soon after arriving")
    # where to
    size_exponent: float = parameter(0, 3, "1", "pull of the size and services of a place")
    distance_cost: float = parameter(0, 5, "per 10 km", "cost of distance")
    route_danger: float = parameter(0, 10, "per threat", "extra length of a road under threat, as a share of its km")
    danger_aversion: float = parameter(0, 20, "per threat", "aversion to danger at the destination")
    room_weight: float = parameter(0, 5, "1", "pull of room left")
    room_share: float = parameter(0.01, 10, "1", "room, as a share of the people there at the start")
    same_governorate: float = parameter(0, 5, "1", "pull of the own governorate: familiar, relatives")
    seam_cost: float = parameter(0, 10, "1", "cost of the checkpoint to the Turkish-held north")
    belt_pull: float = parameter(0, 10, "1", "pull of the protected belt along the border")
    ties_weight: float = parameter(0, 5, "1", "pull of earlier arrivals from the same home place")
    poor_cost_factor: float = parameter(1, 10, "1", "cost of distance and seam for households without means")
    share_with_means: float = parameter(0, 1, "1", "households with money for a vehicle, rent or a smuggler")
    share_with_ties: float = parameter(0, 1, "1", "households with relatives at the destination")
    # travel
    theatre_speed: float = parameter(1, 1000, "km/day", "speed on free roads in the theatre")
    theatre_speed_min: float = parameter(1, 1000, "km/day", "speed on the most crowded roads")
    crowd_people: float = parameter(1, 1e9, "people", "travellers on the theatre's roads that halve the speed")
    host_speed: float = parameter(1, 2000, "km/day", "speed in the host country and beyond")
    # entry from the theatre into the host country
    entry_attempts: float = parameter(0, 1, "1/day", "attempts at the closed southern border, at distance 0")
    entry_attempt_km: float = parameter(0.1, 500, "km", "distance over which such attempts fade")
    entry_success: float = parameter(0, 1, "1", "undetected entry per attempt at the closed southern border")
    entry_death_risk: float = parameter(0, 1, "1", "deaths per attempt and person at the southern border")
    host_ties: float = parameter(0, 3, "1", "pull of compatriots already in the host country's provinces")
    entry_cost: float = parameter(0, 20, "1", "cost of crossing an open southern border")
    # information and leaving for the west
    news_alone: float = parameter(0, 10, "1/day", "learning of an opening from the media (Bass p)")
    news_spread: float = parameter(0, 50, "1/day", "learning of it from others (Bass q)")
    readiness_km: float = parameter(1, 10_000, "km", "distance over which readiness to go fades")
    readiness_scale: float = parameter(0, 100, "1", "factor on every group's readiness")
    belief_start: float = parameter(0, 1, "1", "hope to get through before anything is known")
    belief_learning: float = parameter(0, 1, "1/day", "speed at which hope follows the success seen")
    belief_people: float = parameter(0, 1e6, "people", "attempts a day that teach half as much as any number")
    belief_exponent: float = parameter(0.1, 3, "1", "exponent of hope in the decision to go")
    pack: float = parameter(0, 1, "1/day", "setting out once ready")
    sea_factor_open: float = parameter(0, 100, "1", "departures by sea while the coast is not guarded")
    gate_fare_scale: float = parameter(1, 10_000, "USD", "fare to the land gates that a third would still pay")
    # attempts at the land border
    attempts_first: float = parameter(0, 1, "1/day", "attempts of a person who has not failed yet")
    attempts_discouraged: float = parameter(0, 1, "1", "factor on attempts for each failure")
    success_guarded: float = parameter(0, 1, "1", "undetected entry per attempt at the guarded gates")
    give_up: float = parameter(0, 1, "1/day", "leaving the border after a failure")
    give_up_fresh: float = parameter(0, 1, "1", "factor on giving up before the first failure")
    switch_to_sea: float = parameter(0, 1, "1", "those giving up who try the sea while it is unguarded")
    switch_to_land: float = parameter(0, 1, "1", "those stopped at sea who try the gates while they are open")
    injury_risk: float = parameter(0, 1, "1", "injuries per attempt and person at the gates")
    death_risk: float = parameter(0, 1, "1", "deaths per attempt and person at the gates")
    # sea and river passages
    intercept_sea: float = parameter(0, 1, "1", "boats stopped by the host country's coast guard")
    intercept_river: float = parameter(0, 1, "1", "river crossings stopped by the host country")
    drowning_risk: float = parameter(0, 1, "1", "deaths per sea or river departure and person")
    weather_sd: float = parameter(0, 3, "log", "spread of the weekly weather at sea")
    # reception
    hosted: float = parameter(0, 1, "1", "hosted or renting, among those with means or ties")
    rehousing: float = parameter(0, 1, "1/day", "leaving the open air for a tent, a building or a camp")
    tent_share: float = parameter(0, 1, "1", "tents among tents and unfinished buildings")
    cold_death_risk: float = parameter(0, 1, "1/day", "deaths per night in the open and person")
    # return
    return_max: float = parameter(0, 1, "1/day", "quickest return")
    return_threat: float = parameter(0.001, 50, "threat", "threat at home that halves return")
    return_sigma: float = parameter(0, 3, "log", "spread of the personal safety threshold")
    return_displaced_before: float = parameter(0, 1, "1", "factor for those displaced before December")

    def __post_init__(self):
        check_parameters("behaviour", self)


@dataclass
class FleeSettings:
    """How people move by the rules of the Flee simulator; the sets it is used with stand in `conf/flee/`."""

    max_move_speed: float = parameter(1, 10_000, "km/day", "most that anybody travels in a day")
    max_walk_speed: float = parameter(1, 10_000, "km/day", "most on the first route, if that is walked")
    foreign_weight: float = parameter(0, 1e6, "1", "pull of places abroad")
    camp_weight: float = parameter(0, 1e6, "1", "pull of camps")
    conflict_weight: float = parameter(0, 1e6, "1", "pull of places in conflict")
    conflict_movechance: float = parameter(0, 1, "1/day", "leaving a place in conflict")
    camp_movechance: float = parameter(0, 1, "1/day", "leaving a camp")
    idpcamp_movechance: float = parameter(0, 1, "1/day", "leaving a camp for people displaced at home")
    default_movechance: float = parameter(0, 1, "1/day", "leaving a town")
    awareness_level: int = parameter(1, 3, "routes", "how many routes ahead people know")
    capacity_buffer: float = parameter(0, 1, "1", "share of its capacity from which on a camp draws fewer")
    capacity_scaling: float = parameter(0, 100, "1", "factor on the capacity of camps")
    softening: float = parameter(0.001, 10_000, "km", "added to every distance")
    weight_softening: float = parameter(0, 1e6, "1", "added to the pull of every place")
    weight_power: float = parameter(0, 10, "1", "exponent of a route's weight")
    distance_power: float = parameter(0, 10, "1", "exponent of distance")
    conflict_decay_days: int = parameter(1, 3650, "days", "time for which each factor of conflict_decay holds")
    conflict_decay: list[float]  # factors on intensity, the last one stays
    start_on_foot: bool  # the first route is walked
    avoid_short_stints: bool  # who has hardly moved of late goes on from a town on arrival
    defects: bool  # read the directory with Flee's defects; seeds/flee/README.md lists them

    def __post_init__(self):
        check_parameters("flee", self)
        for factor in self.conflict_decay:
            require("flee.conflict_decay", factor, 0, 1)


@dataclass
class RefugeSettings:
    """Where people of a Flee directory seek refuge by this model's rules; the values stand in `conf/refuge/`."""

    room_exponent: float = parameter(0, 10, "1", "exponent of the share of a camp's room that is left")
    distance_exponent: float = parameter(0, 10, "1", "exponent of the length of the way")
    host_exponent: float = parameter(0.01, 1, "1", "exponent of a country's weight, the sum of its camps' weights")
    closed_border_km: float = parameter(0, 1e6, "km", "added to a way for each closed border on it")
    softening_km: float = parameter(0.001, 10_000, "km", "added to every way")
    speed_km: float = parameter(1, 10_000, "km/day", "travel in a day")
    leave_rate: float = parameter(0, 1, "1/day", "leaving a place for abroad on the first day of its conflict")
    leave_fade_days: float = parameter(0.1, 100_000, "days", "time over which that fades; departures=endogenous only")
    recent_weight: float = parameter(0, 1, "1", "newcomers shared out like recent ones; forecasts from stocks only")

    def __post_init__(self):
        check_parameters("refuge", self)


@dataclass
class Measure:
    """One policy as data: what, when, where, to whom, how much, and why. It changes rules, never people."""

    what: str
    effects: dict[str, float]  # name in sim/effects.py -> amount
    because: str
    source: str
    first_day: str = ""  # blank: from the beginning
    last_day: str = ""  # blank: to the end
    where: list[str] = field(default_factory=list)  # places, areas or highways; none: everywhere
    who: list[str] = field(default_factory=list)  # groups; none: everybody
    authority: str = ""
    watch: str = ""  # a count; the measure begins when it is above the limit
    above: float = 0.0  # that limit [people]
    harm: str = ""
    schedule: str = ""  # attacks of the case's what_if.csv, played from the first day on
    since: str = ""  # the attacks from this day to the first day go on
    around: str = ""  # only people near this line: border, front, or a highway
    width_km: float = 0.0  # as near as this, on either side of it
    scatter_km: float = 10.0  # how far people live from the centre of their place

    def __post_init__(self):
        first = parse_date(self.first_day, "first_day") if self.first_day else datetime.date.min
        last = parse_date(self.last_day, "last_day") if self.last_day else datetime.date.max
        if last < first:
            raise InputError(f"last_day {self.last_day} lies before first_day {self.first_day}")
        if not math.isfinite(self.above) or self.above < 0:
            raise InputError(f"above is {self.above}, but must be a number of people, 0 or more")
        require("width_km", self.width_km, 0, 10_000)
        require("scatter_km", self.scatter_km, 0.1, 1_000)


@dataclass
class ScenarioConfig:
    """A bundle of measures with its story."""

    name: str
    story: str


@dataclass
class OutputConfig:
    """What is written besides the Parquet tables."""

    csv: bool
    pictures: bool


@dataclass
class ExecutorConfig:
    """Where cells are simulated, and with how much of the machine; none of it shows in the results."""

    name: str
    workers: int | None  # at most so many processes; null: as many as cores and memory allow
    cell_seconds: float | None  # time after which a cell is stopped; null: never
    cells_per_job: int = 1  # slurm and dask: cells that are sent at a time
    cluster: str = "slurm"  # slurm: slurm, or local or debug to try it
    job_minutes: int = 60  # slurm: time that a job asks for
    job_gb: float = 4.0  # slurm: memory that a job asks for [GB]
    job_cores: int = 1  # slurm: cores that a job asks for
    partition: str | None = None  # slurm: where its jobs run; null: the cluster's default
    address: str | None = None  # dask: a running scheduler; null: one is started on this machine

    def __post_init__(self):
        require_one_of("executor.name", self.name, ("local", "slurm", "dask"))
        require_one_of("executor.cluster", self.cluster, ("slurm", "local", "debug"))
        numbers = {"workers": 10_000, "cell_seconds": 1e7, "cells_per_job": 100_000, "job_minutes": 100_000}
        for name, high in {**numbers, "job_gb": 10_000, "job_cores": 1024}.items():
            if (value := getattr(self, name)) is not None:
                require(f"executor.{name}", value, 0.1 if name in ("cell_seconds", "job_gb") else 1, high)
        self._refuse_what_has_no_effect()

    def _refuse_what_has_no_effect(self) -> None:
        only_slurm = ("cluster", "job_minutes", "job_gb", "job_cores", "partition")
        others = {"local": (*only_slurm, "address", "cells_per_job"), "dask": only_slurm, "slurm": ("address",)}
        for item in fields(self):
            if item.name in others[self.name] and getattr(self, item.name) != item.default:
                raise InputError(f"executor.{item.name} has no effect with executor={self.name}")


@dataclass
class Config:
    """One run, fully described."""

    case: CaseConfig
    population: PopulationConfig
    behaviour: Behaviour
    policy: dict[str, Measure]
    scenario: ScenarioConfig
    output: OutputConfig
    executor: ExecutorConfig
    flee: FleeSettings
    refuge: RefugeSettings
    rules: str
    departures: str
    initial: str
    seed: int
    replicates: int
    days: int | None
    threads: int | None
    check: bool
    out: str | None
    posterior: str | None = None  # a file of parameter sets, one for each replicate; a bare word: in conf/behaviour
    vary: str = "both"  # with a posterior, what differs between replicates

    def __post_init__(self):
        require_one_of("vary", self.vary, VARY)
        if self.vary != "both" and self.posterior is None:
            raise InputError(f"vary is '{self.vary}', but that needs behaviour=posterior or posterior=FILE beside it")
        require_one_of("initial", self.initial, INITIAL_STOCKS)
        require_one_of("rules", self.rules, RULES)
        require_one_of("departures", self.departures, DEPARTURES)
        if self.rules == "flee" and self.case.format != "flee":
            raise InputError("rules is 'flee', but the case is no Flee directory: case=flee case.path=DIR")
        if self.departures == "endogenous" and (self.rules == "flee" or self.case.format != "flee"):
            raise InputError("departures is 'endogenous', but that needs a Flee directory and rules=onward")
        require("seed", self.seed, 0, 2**31 - 1)
        require("replicates", self.replicates, 1, 10_000)
        if self.days is not None:
            require("days", self.days, 1, self.case.days or 3650)
        if self.threads is not None:
            require("threads", self.threads, 1, 1024)

    @property
    def n_days(self) -> int:
        """Number of days that are simulated."""
        return self.case.days if self.days is None else self.days

    @property
    def start(self) -> datetime.date:
        """Calendar date of day 0."""
        if self.case.start is None:
            raise InputError("case.format is 'flee', but only sim run, check and validate take a Flee directory")
        return parse_date(self.case.start, "case.start")


def require(name: str, value: float, low: float, high: float) -> None:
    """Refuse a number that is not finite or lies outside [low, high]."""
    if not math.isfinite(value) or not low <= value <= high:
        raise InputError(f"{name} is {value}, but must lie between {low:,} and {high:,}")


def require_one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a word that is not among those allowed."""
    if value not in allowed:
        raise InputError(f"{name} is '{value}', but must be {' or '.join(allowed)}{nearest(value, allowed)}")


def parse_date(text: str, name: str) -> datetime.date:
    """Read a calendar date written as 2020-02-28; the only place where dates of the configuration are read."""
    try:
        return datetime.date.fromisoformat(text)
    except (TypeError, ValueError):
        raise InputError(f"{name} is '{text}', but must be a date such as 2020-02-28") from None
