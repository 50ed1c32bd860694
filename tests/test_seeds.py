"""The facts: against published totals, against each other, and toyland by hand."""

import datetime
import heapq
import math
import re

import pandas as pd
import pytest

from sim.paths import data_folder
from sim.schema import read_schema
from sim.seeds import TABLES, Case, check_case, load_article, load_case, load_flee_scores, load_sources, places_in

SEEDS = data_folder("seeds")
FIRST_DAY, LAST_DAY = datetime.date(2019, 12, 1), datetime.date(2020, 6, 30)


@pytest.fixture(scope="module")
def idlib() -> Case:
    return load_case(SEEDS / "idlib_2020")


def people(case: Case, **where: str) -> int:
    rows = case.initial
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return int(rows["people"].sum())


# Published totals


def test_the_fact_base_is_whole(idlib: Case):
    rows = {"locations": 132, "routes": 220, "groups": 9}
    assert {name: len(getattr(idlib, name)) for name in rows} == rows


def test_four_million_people_live_in_north_west_syria(idlib: Case):
    """OCHA, 6 February and 5 March 2020; 3.0 million of them in the Idleb area (OCHA, 30 December 2019)."""
    zone = dict(zip(idlib.groups["group"], idlib.groups["zone"], strict=True))
    theatre = idlib.initial[idlib.initial["group"].map(zone) == "theatre"]
    assert theatre["people"].sum() == 4_000_000
    in_idleb_area = theatre["location"].isin(places_in(idlib.locations, "Idleb area"))
    assert theatre[in_idleb_area]["people"].sum() == 3_000_000
    assert theatre[theatre["location"] == "Dana"]["people"].sum() == 712_000


def test_displaced_before_is_the_stock_of_february_less_the_newly_displaced(idlib: Case):
    """HNAP: 2,849,083 displaced people at the end of February 2020, 0.96 million of them new."""
    assert people(idlib, group="displaced_before") == pytest.approx(2_849_083 - 960_000, rel=0.01)


def test_the_article_has_3_7_million_registered_people_in_turkey(idlib: Case):
    """Registered people are all but the 200,000 without registration, who come on top in both variants."""
    article = load_article().set_index("id")
    assert people(idlib, variant="article") - 200_000 == int(article.loc["A14", "value"]) == 3_700_000


def test_the_register_variant_has_the_published_register(idlib: Case):
    """3,587,266 to 3,587,779 Syrians in February and March 2020; 330,000 others (UNHCR, February 2020)."""
    assert 3_587_266 <= people(idlib, variant="register", group="syrian") <= 3_587_779
    others = people(idlib, variant="register") - people(idlib, variant="register", group="syrian")
    assert others == 330_000 + 200_000


def test_the_parts_in_the_notes_sum_to_the_people(idlib: Case):
    rows = idlib.initial[idlib.initial["note"].str.contains("unregistered")]
    parts = rows["note"].str.extract(r"(\d+) registered and (\d+) unregistered").astype(int)
    assert (parts.sum(axis=1) == rows["people"]).all()
    assert (parts[1].groupby(rows["variant"]).sum() == 200_000).all()


def test_both_variants_have_the_same_places_and_groups(idlib: Case):
    cells = {
        variant: set(map(tuple, rows[["location", "group"]].to_numpy()))
        for variant, rows in idlib.initial.groupby("variant")
    }
    assert cells["article"] == cells["register"]


def test_camps_and_islands(idlib: Case):
    """CCCM: 1.6 million in camps at the end of 2020, 76 percent more than in 2019; UNHCR: 38,800."""
    on_islands = idlib.camps["location"].isin(places_in(idlib.locations, "Greece"))
    assert idlib.camps[~on_islands]["people"].sum() == pytest.approx(1_600_000 / 1.76, abs=500)
    assert people(idlib, group="islander") == 38_800


def test_departures_by_sea_give_the_published_arrivals(idlib: Case):
    """UNHCR: 6,163, 3,136 and 2,161 arrivals in December to February; six in ten boats were held."""
    rates = idlib.rates[idlib.rates["quantity"] == "sea_departures"]
    for month, arrivals in ((12, 6163), (1, 3136), (2, 2161)):
        row = rates[[date.month == month for date in rates["first_date"]]].iloc[0]
        days = pd.Period(row["first_date"], "M").days_in_month
        assert row["value"] * days * 0.4 == pytest.approx(arrivals, rel=0.02)


def test_transfers_of_the_published_weeks(idlib: Case):
    rates = idlib.rates[idlib.rates["quantity"] == "island_transfers"].set_index("first_date")["value"]
    published = {(2020, 1, 27): 677, (2020, 2, 24): 592, (2020, 3, 16): 1977, (2020, 5, 18): 417}
    for day, value in published.items():
        assert rates[datetime.date(*day)] * 7 == pytest.approx(value, abs=0.5)


# The map


def shortest_km(case: Case, start: str, end: str) -> float:
    """Return the length of the shortest way by road [km] (Dijkstra)."""
    roads = case.routes[case.routes["mode"] == "road"]
    ways: dict[str, list[tuple[str, float]]] = {}
    for one, other, km in roads[["from", "to", "km"]].itertuples(index=False):
        ways.setdefault(one, []).append((other, km))
        ways.setdefault(other, []).append((one, km))
    queue, done = [(0.0, start)], set()
    while queue:
        length, place = heapq.heappop(queue)
        if place == end:
            return length
        if place not in done:
            done.add(place)
            for other, km in ways[place]:
                heapq.heappush(queue, (length + km, other))
    raise AssertionError(f"no road from {start} to {end}")


@pytest.mark.parametrize(("end", "published_km"), [("Osmaniye", 1270), ("Malatya", 1340)])
def test_roads_are_as_long_as_the_evacuation_buses_drove(idlib: Case, end: str, published_km: float):
    """Kedistan, 29 March 2020."""
    assert shortest_km(idlib, "Pazarkule", end) == pytest.approx(published_km, rel=0.05)


def straight_km(one: pd.Series, other: pd.Series) -> float:
    """Return the great-circle distance of two places [km] (haversine)."""
    south, north = math.radians(one.lat), math.radians(other.lat)
    east = math.sin(math.radians(one.lon - other.lon) / 2) ** 2
    half = math.sin((south - north) / 2) ** 2 + math.cos(south) * math.cos(north) * east
    return 2 * 6371 * math.asin(half**0.5)


@pytest.mark.parametrize("name", ["idlib_2020", "toyland"])
def test_no_way_is_shorter_than_the_straight_line(name: str):
    """Recalled coordinates are good to a kilometre or three, so a kilometre is forgiven."""
    case = load_case(SEEDS / name)
    places = case.locations.set_index("name")
    for row in case.routes.to_dict("records"):
        assert row["km"] > straight_km(places.loc[row["from"]], places.loc[row["to"]]) - 1, row


def test_labels_cover_their_places(idlib: Case):
    assert places_in(idlib.locations, "Maaret Tamsrin") == ["Maaret Tamsrin", "Kelly camps"]
    assert len(places_in(idlib.locations, "northern Aleppo")) == 15
    assert places_in(idlib.locations, "Idleb") == ["Idleb"]
    assert {"Idleb", "Dana"} < set(places_in(idlib.locations, "Idleb governorate"))
    assert places_in(idlib.locations, "Atlantis") == []


# Observations and events


def test_fitting_and_checking_use_other_rows(idlib: Case):
    """Recalled and assumed rows are neither fitted nor validated against; no count is in both."""
    used = idlib.observed[idlib.observed["use"].isin(["calibration", "validation"])]
    assert set(used["basis"]) <= {"published", "derived"}
    assert not used.duplicated(["outcome", "place", "kind", "period_start", "date"]).any()


@pytest.mark.parametrize(
    ("outcome", "use", "values"),
    [
        ("displaced", "calibration", [235_000, 284_000, 300_000, 312_000, 350_000, 390_000, 586_000]),
        ("displaced", "validation", [800_000, 961_000, 959_000]),
        ("remaining_displaced", "validation", [854_000, 846_000]),
        ("arrivals_flow", "calibration", [86_100, 23_500, 46_400, 297_000]),
        ("departures", "calibration", [139_729, 97_469, 185_364]),
        ("people_at_land_border", "validation", [300, 13_000, 15_000]),
        ("evacuated", "validation", [5848]),
    ],
)
def test_the_split_is_the_published_one(idlib: Case, outcome: str, use: str, values: list[int]):
    rows = idlib.observed[(idlib.observed["outcome"] == outcome) & (idlib.observed["use"] == use)]
    assert rows["value"].tolist() == values


def test_nothing_about_the_border_is_fitted(idlib: Case):
    border = ["people_at_land_border", "attempts", "evacuated", "arrests", "gave_up"]
    rows = idlib.observed[idlib.observed["outcome"].isin(border)]
    assert len(rows) and "calibration" not in set(rows["use"])


def test_the_governments_gains_close_places_and_the_oppositions_do_not(idlib: Case):
    events = idlib.events.set_index("type")
    lost = set(events.loc["sub_district_lost", "places"])
    assert {"Ma'arrat An Nu'man", "Saraqab", "Kafr Nobol"} <= lost and not {"Atareb", "Ehsem"} & lost
    retaken = idlib.events[idlib.events["control_after"] == "opposition"]
    assert set(retaken["type"]) == {"control_change", "counter_offensive"}


def test_highways_join_the_towns_of_the_advance(idlib: Case):
    highways = dict(zip(idlib.locations["name"], idlib.locations["highway"], strict=True))
    on_m4 = {name for name, roads in highways.items() if "M4" in roads}
    assert on_m4 == {"Saraqab", "Ariha", "Mhambal", "Jisr-Ash-Shugur"}
    assert highways["Saraqab"] == "M5;M4" and highways["Ma'arrat An Nu'man"] == "M5"


# The article


def test_every_figure_of_the_article_is_quoted_shortly():
    article = load_article()
    assert article["id"].tolist() == [f"A{number:02}" for number in range(1, 26)]
    assert all(0 < len(quote.split()) <= 15 for quote in article["quote"])


def test_the_million_displaced_is_not_put_in(idlib: Case):
    assert "not put in" in load_article().set_index("id").loc["A18", "enters"]
    counted = [idlib.initial["people"], idlib.camps["people"], idlib.rates["value"]]
    assert not any(values.between(900_000, 1_100_000).any() for values in counted)


def test_every_policy_the_article_enters_exists():
    named = re.findall(r"policy (\w+_\w+)", " ".join(load_article()["enters"]))
    files = {path.stem for path in (data_folder("conf") / "policy").glob("*.yaml")}
    assert named and set(named) <= files


# Provenance


def all_tables() -> dict[str, pd.DataFrame]:
    cases = {name: load_case(SEEDS / name) for name in ("idlib_2020", "toyland")}
    tables = {f"{name}/{table}": getattr(case, table) for name, case in cases.items() for table in TABLES}
    return {**tables, "article": load_article(), "flee/scores": load_flee_scores()}


def test_every_source_is_used_and_known():
    named = {one for table in all_tables().values() for ids in table["source"] for one in ids.split(";")}
    assert named == set(load_sources()["id"])


def test_recalled_and_assumed_rows_say_so_in_their_source():
    for name, table in all_tables().items():
        if not name.startswith("toyland"):
            for basis, source in (("recalled", "recalled"), ("assumed", "assumption")):
                assert table.loc[table["basis"] == basis, "source"].str.contains(source).all(), (name, basis)


def test_every_assumed_row_has_its_reason_in_the_readme(idlib: Case):
    """The lines of the README's table cover each assumed or recalled row, and count them rightly."""
    text = (SEEDS / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| (\w+) \| ([^|]+) \| (\d+) \| [^|]{20,} \|$", text, flags=re.MULTILINE)
    for name in TABLES:
        table = getattr(idlib, name)
        open_rows = table[table["basis"].isin(["assumed", "recalled"])]
        covered = pd.Series(False, index=open_rows.index)
        for _, words, count in (line for line in lines if line[0] == name):
            found = open_rows["note"].str.contains(words, regex=False)
            assert found.sum() == int(count), (name, words)
            covered |= found
        assert covered.all(), (name, open_rows[~covered]["note"].tolist())
    toys = load_case(SEEDS / "toyland")
    assert all((getattr(toys, name)["source"] == "toyland").all() for name in TABLES)


def test_the_readme_counts_rightly(idlib: Case):
    text = (SEEDS / "README.md").read_text(encoding="utf-8")
    uses = idlib.observed["use"].value_counts()
    columns = sum(len(columns) for columns in read_schema(SEEDS / "schema.csv").values())
    for words in (
        f"`calibration` ({uses['calibration']})",
        f"`validation` ({uses['validation']})",
        f"{len(idlib.events)} events",
        f"{len(idlib.initial)} rows of people",
        f"{len(idlib.camps)} places with camps",
        f"{len(idlib.rates)} rates",
        f"{len(idlib.observed)} observations",
        f"| `sources.csv` | {len(load_sources())} |",
        f"| `schema.csv` | {columns} |",
    ):
        assert words in text, words


def test_geonames_is_attributed():
    assert load_sources().set_index("id").loc["geonames", "licence"] == "CC BY 4.0"
    text = (SEEDS / "README.md").read_text(encoding="utf-8")
    assert "GeoNames (https://www.geonames.org), CC BY 4.0" in text


# Toyland, by hand


def test_toyland_by_hand():
    case = load_case(SEEDS / "toyland")
    assert case.initial[["location", "group", "people"]].to_numpy().tolist() == [
        ["Ashford", "resident", 2000],
        ["Birchwood", "resident", 1000],
        ["Cedar", "syrian", 2000],
        ["Cedar", "afghan", 1000],
    ]
    assert case.routes["km"].tolist() == [60, 400, 1]
    start = datetime.date(2020, 1, 1)
    days = [(date - start).days for date in case.events["date"]]
    assert list(zip(days, case.events["type"], strict=True)) == [
        (5, "bombardment"),
        (6, "bombardment"),
        (40, "ceasefire"),
    ]
    assert set(case.groups["household_mean"]) == {5} and not case.rates["value"].any()
    assert case.camps[["location", "people"]].to_numpy().tolist() == [["Birchwood", 100]]


def test_the_cases_hold_no_contradiction(idlib: Case):
    assert check_case(idlib) == [] == check_case(load_case(SEEDS / "toyland"))
    assert check_case(idlib, FIRST_DAY, LAST_DAY) == [
        "warning: events.csv: covid of 2020-07-09 lies outside the run and has no effect."
    ]
