"""Read a case from its folder of CSV files, and look for contradictions between its tables."""

import functools
import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from sim.errors import InputError, nearest
from sim.paths import data_folder, read_text, shown
from sim.schema import Column, Known, read_schema, read_table

# In this order: events, camps and the others name locations and groups.
TABLES = ("locations", "groups", "routes", "events", "initial", "camps", "rates", "observed", "what_if")
OWN_SOURCES = "sources.csv"  # a case may have one, beside the sources of all cases
OPTIONAL = ("what_if",)  # a case without the file has no rows in it
ROLES_OF_ZONE = {"theatre": ("theatre",), "host": ("host", "coast"), "island": ("island",)}
ONE_WAY = {
    "land_border_gate": ("exit_gate", "beyond"),
    "river_border": ("exit_gate", "beyond"),
    "sea": ("coast", "island"),
}


@dataclass
class Case:
    """The facts of one crisis as typed tables; `seeds/schema.csv` describes their columns."""

    name: str
    folder: Path
    checksum: str
    locations: pd.DataFrame
    routes: pd.DataFrame
    events: pd.DataFrame
    groups: pd.DataFrame
    initial: pd.DataFrame
    camps: pd.DataFrame
    rates: pd.DataFrame
    observed: pd.DataFrame
    what_if: pd.DataFrame = field(default_factory=pd.DataFrame)


def load_case(folder: Path | str) -> Case:
    """Read and check the tables of one case.

    Parameters
    ----------
    folder
        A folder with one CSV file for each of `TABLES`, such as `seeds/idlib_2020`; those of `OPTIONAL` may be missing.

    Raises
    ------
    InputError
        One sentence with file, line, column, value and what is allowed.
    """
    folder = Path(folder)
    if not folder.is_dir():
        siblings = sorted(found.parent.name for found in folder.parent.glob("*/locations.csv"))
        raise InputError(f"{shown(folder)}: there is no such case folder{nearest(folder.name, siblings)}.")
    strangers = {path.name for path in folder.glob("*.csv")} - {f"{name}.csv" for name in (*TABLES, "sources")}
    for path in [folder / f"{name}.csv" for name in TABLES if name not in OPTIONAL]:
        if not path.exists():
            raise InputError(f"{shown(path)}: the file is missing{nearest(path.name, strangers)}.")
    schema, known = _schema(), {}
    _sources(folder, schema, known)
    tables = {name: _case_table(folder / f"{name}.csv", schema[f"{name}.csv"], known) for name in TABLES}
    return Case(name=folder.name, folder=folder, checksum=checksum(folder), **tables)


def _case_table(path: Path, columns: list[Column], known: Known) -> pd.DataFrame:
    if path.stem in OPTIONAL and not path.exists():
        return pd.DataFrame({column.name: [] for column in columns})
    return read_table(path, columns, known)


def load_sources(folder: Path | None = None) -> pd.DataFrame:
    """Return every publication and assumption that a row, of a case if one is given, can name in column `source`."""
    return _sources(folder, _schema(), {})


def load_article() -> pd.DataFrame:
    """Return every figure of the article the project starts from, and where it enters the model."""
    schema, known = _schema(), {}
    _shared("sources", schema, known)
    return _shared("article", schema, known)


def load_flee_scores() -> pd.DataFrame:
    """Return what Flee and rules of a few lines scored on the conflicts of `seeds/flee`."""
    schema, known = _schema(), {}
    _shared("sources", schema, known)
    return _shared("flee/scores", schema, known)


def checksum(folder: Path) -> str:
    """Return the SHA-256 of the case files [hex], the same for either kind of line end."""
    digest = hashlib.sha256()
    for name in TABLES:
        path = folder / f"{name}.csv"
        if name in OPTIONAL and not path.exists():
            continue
        text = read_text(path).replace("\r\n", "\n")
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()


def places_in(locations: pd.DataFrame, label: str) -> list[str]:
    """Return the places that a label of `observed.csv` covers; none if it is unknown.

    A location covers itself and the places that are part of it; an area, region or country covers its
    places, and so does a governorate, followed by ' governorate' where a location has the same name.
    """
    names = locations["name"]
    if (names == label).any():
        return names[(names == label) | (locations["part_of"] == label)].tolist()
    inside = locations["area"].str.split(";").map(lambda areas: label in areas)
    wider = locations[["region", "country"]].eq(label).any(axis=1)
    governorate = locations["governorate"] == label.removesuffix(" governorate")
    return names[wider | governorate | inside].tolist()


def check_case(case: Case, first_day: date | None = None, last_day: date | None = None) -> list[str]:
    """Return what the tables of a case say against each other, and against the period of the run.

    Each finding is a sentence that begins with 'error:' or 'warning:'.
    """
    ways = (_check_roads, _check_directions, _check_shares)
    people = (_check_people, _check_camps, _check_events, _check_labels)
    findings = [finding for check in ways + people for finding in check(case)]
    return findings + list(_check_period(case, first_day, last_day))


def _schema() -> dict[str, list[Column]]:
    return read_schema(data_folder("seeds") / "schema.csv")


def _shared(name: str, schema: dict[str, list[Column]], known: Known) -> pd.DataFrame:
    """Read a table that belongs to all cases."""
    return read_table(data_folder("seeds") / f"{name}.csv", schema[f"{name}.csv"], known)


def _sources(folder: Path | None, schema: dict[str, list[Column]], known: Known) -> pd.DataFrame:
    """Read the sources of all cases, and those that a case has of its own."""
    shared = _shared("sources", schema, known)
    path = folder / OWN_SOURCES if folder else None
    if path is None or not path.exists():
        return shared
    own = read_table(path, schema["sources.csv"], known)
    twice = sorted(set(own["id"]) & set(shared["id"]))
    if twice:
        raise InputError(f"{shown(path)}: the source '{twice[0]}' is one of all cases already, give yours another id.")
    known["sources.id"] = dict.fromkeys([*shared["id"], *own["id"]])
    return pd.concat([shared, own], ignore_index=True)


def _few(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _reached(routes: pd.DataFrame, start: str) -> set[str]:
    """Return every place that routes, taken both ways, join to `start`."""
    pairs = list(zip(routes["from"], routes["to"], strict=True))
    neighbours: dict[str, set[str]] = {}
    for one, other in pairs + [pair[::-1] for pair in pairs]:
        neighbours.setdefault(one, set()).add(other)
    found, new = {start}, {start}
    while new:
        new = set().union(*(neighbours.get(name, set()) for name in new)) - found
        found |= new
    return found


def _check_roads(case: Case) -> Iterator[str]:
    roads = case.routes[case.routes["mode"] == "road"]
    named = {role: rows["name"].tolist() for role, rows in case.locations.groupby("role", sort=False)}
    theatre, gates = named.get("theatre", []), named.get("entry_gate", [])
    inside = roads[roads["from"].isin(theatre) & roads["to"].isin(theatre)]
    joined = _reached(inside, theatre[0]) if theatre else set()
    apart = [name for name in theatre if name not in joined]
    if apart:
        yield f"error: routes.csv: no road of the theatre joins {_few(apart)} to {theatre[0]}."
    if gates:
        near_gates = set().union(*(_reached(roads, gate) for gate in gates))
        shut_in = [name for name in theatre if name not in near_gates]
        if shut_in:
            yield f"error: routes.csv: no road leads from {_few(shut_in)} to an entry gate."


def _check_directions(case: Case) -> Iterator[str]:
    role = dict(zip(case.locations["name"], case.locations["role"], strict=True))
    seen: set[tuple] = set()
    for start, end, mode in case.routes[["from", "to", "mode"]].itertuples(index=False):
        if start == end:
            yield f"error: routes.csv: a {mode} route leads from {start} to itself."
        if (end, start, mode) in seen:
            yield f"error: routes.csv: the {mode} route from {start} to {end} is there in both directions."
        seen.add((start, end, mode))
        if mode in ONE_WAY and (role[start], role[end]) != ONE_WAY[mode]:
            yield (
                f"error: routes.csv: a {mode} route leads from {start} to {end}, "
                f"it must lead from {' to '.join(ONE_WAY[mode])}."
            )


def _check_shares(case: Case) -> Iterator[str]:
    for mode, rows in case.routes.groupby("mode", sort=False):
        total = rows["share"].sum()
        if mode in ONE_WAY and (rows["share"].isna().any() or abs(total - 1) > 1e-6):
            yield f"error: routes.csv: the shares of mode {mode} sum to {total:g}, all together must give 1."
        if mode not in ONE_WAY and rows["share"].notna().any():
            yield f"error: routes.csv: mode {mode} has shares, only one-way modes have them."
    hosts = case.groups[case.groups["zone"] == "host"]
    total = hosts["sea_share"].sum()
    if len(hosts) and abs(total - 1) > 1e-6:
        yield f"error: groups.csv: the sea_share of the host groups sums to {total:g}, not to 1."


def _check_events(case: Case) -> Iterator[str]:
    partly = case.events["type"] == "sub_district_partly_lost"
    if (partly != case.events["share"].notna()).any():
        yield "error: events.csv: the events sub_district_partly_lost, and only they, must have a share."
    for row in case.events.itertuples():
        if ";" in row.places and "all" in row.places.split(";"):
            yield f"error: events.csv: {row.type} of {row.date} names 'all' and other places."


def _check_people(case: Case) -> Iterator[str]:
    rows = case.initial.merge(case.groups[["group", "zone"]], on="group")
    rows = rows.merge(case.locations[["name", "role"]], left_on="location", right_on="name")
    for row in rows.itertuples():
        if row.role not in ROLES_OF_ZONE[row.zone]:
            yield f"error: initial.csv: group {row.group} starts in {row.location}, no {row.zone} place."
    theatre = case.locations[case.locations["role"] == "theatre"]
    living = rows[(rows["zone"] == "theatre") & (rows["variant"] == "all")]
    living = living.groupby("location")["people"].sum()
    for name, population in theatre[["name", "population"]].itertuples(index=False):
        if math.isnan(population):
            start = living.get(name, 0)
            yield f"error: locations.csv: {name} needs a population, in initial.csv {start:,} people start."
        elif population != living.get(name, 0):
            yield (
                f"error: initial.csv: {living.get(name, 0):,} people start in {name}, "
                f"locations.csv has a population of {population:,.0f}."
            )
    variants = set(case.initial["variant"]) - {"all"}
    if len(variants) == 1:
        yield f"error: initial.csv: variant {variants.pop()} is alone, give article and register or neither."


def _check_camps(case: Case) -> Iterator[str]:
    population = case.locations.set_index("name")["population"]
    for row in case.camps.itertuples():
        if row.people > population[row.location]:
            yield f"warning: camps.csv: {row.location} has more camp places ({row.people:,}) than people."


def _check_labels(case: Case) -> Iterator[str]:
    places = case.locations
    governorates, names = set(places["governorate"]), set(places["name"])
    labels = set(places[["name", "governorate", "region", "country", "area"]].to_numpy().ravel())
    covers = functools.cache(lambda label: label in names or bool(places_in(places, label)))
    for row in case.observed[case.observed["place"] != ""].itertuples():
        flow = ">" in row.place
        for place in row.place.split(">"):
            if place not in governorates if flow else not covers(place):
                hint = nearest(place, governorates if flow else labels - {""})
                yield f"error: observed.csv: the place '{place}' of {row.id} is unknown{hint}."


def _check_period(case: Case, first_day: date | None, last_day: date | None) -> Iterator[str]:
    for row in case.observed.itertuples():
        if row.period_start is not None and row.period_start > row.date:
            yield f"error: observed.csv: {row.id} begins on {row.period_start}, after its end on {row.date}."
    for row in case.events.itertuples():
        if (first_day and row.date < first_day) or (last_day and row.date > last_day):
            yield f"warning: events.csv: {row.type} of {row.date} lies outside the run and has no effect."
    for quantity, rows in case.rates.groupby("quantity", sort=False):
        begin = rows["first_date"].min()
        if first_day and begin > first_day:
            yield f"error: rates.csv: {quantity} begins on {begin}, the run on {first_day}."
