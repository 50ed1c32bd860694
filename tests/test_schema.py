"""Reading the facts: types as the data dictionary says; each mistake is told in one exact sentence."""

import csv
import datetime
import shutil
from pathlib import Path

import pytest

from sim import seeds
from sim.errors import InputError
from sim.paths import data_folder
from sim.seeds import check_case, load_article, load_case, load_sources

SEEDS = data_folder("seeds")


@pytest.fixture
def toyland(tmp_path: Path, monkeypatch) -> Path:
    """A copy of toyland that a test may spoil; the working directory is the folder above it."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(SEEDS / "toyland", tmp_path / "toyland"))


def swap(path: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file by `new`."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def set_cell(path: Path, line: int, column: str, value: str) -> None:
    """Write another value into one cell; the header is line 1."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    rows[line - 1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def complaint(folder: Path) -> str:
    """Return the sentence with which a case is refused."""
    with pytest.raises(InputError) as caught:
        load_case(folder)
    return str(caught.value)


# What is read


def test_cells_have_the_types_of_the_data_dictionary():
    case = load_case(SEEDS / "idlib_2020")
    assert case.locations["lat"].dtype == "float64" and case.initial["people"].dtype == "int64"
    assert type(case.events["date"][0]) is datetime.date
    assert case.observed["period_start"].isna().any() and (case.locations["part_of"] == "").any()
    assert case.routes["share"].isna().any() and "İpsala" in set(case.locations["name"])


def test_the_checksum_depends_on_the_cells_and_not_on_line_ends(toyland: Path):
    before = load_case(toyland).checksum
    path = toyland / "routes.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_case(toyland).checksum == before
    swap(path, ",60,", ",61,")
    assert load_case(toyland).checksum != before


def test_a_file_saved_by_a_spreadsheet_is_read(toyland: Path):
    path = toyland / "locations.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_case(toyland).locations["name"][0] == "Ashford"


def test_an_accent_may_be_composed_or_not(toyland: Path):
    composed, apart = "\u0130lm", "I\u0307lm"
    for name, spelling in (("locations.csv", composed), ("routes.csv", apart)):
        path = toyland / name
        path.write_text(path.read_text(encoding="utf-8").replace("Elm", spelling), encoding="utf-8")
    assert load_case(toyland).routes["to"].tolist()[-1] == composed


def test_numbers_may_have_signs_and_exponents(toyland: Path):
    swap(toyland / "routes.csv", ",60,", ",+6.0e1,")
    assert load_case(toyland).routes["km"][0] == 60


# Mistakes in a file as a whole


def test_a_missing_file(toyland: Path):
    (toyland / "camps.csv").unlink()
    assert complaint(toyland) == "toyland/camps.csv: the file is missing."


def test_a_misspelt_file(toyland: Path):
    (toyland / "camps.csv").rename(toyland / "camp.csv")
    assert complaint(toyland) == "toyland/camps.csv: the file is missing (did you mean 'camp.csv'?)."


def test_a_folder_in_place_of_a_file(toyland: Path):
    (toyland / "camps.csv").unlink()
    (toyland / "camps.csv").mkdir()
    assert complaint(toyland).startswith("toyland/camps.csv: the file cannot be read (")


def test_lines_that_begin_with_a_hash_are_comments(toyland: Path):
    before = load_case(toyland).camps
    camps = toyland / "camps.csv"
    camps.write_text('# places, in camps\n"# quoted, too"\n' + camps.read_text(encoding="utf-8") + "# the end\n")
    assert load_case(toyland).camps.equals(before)
    swap(camps, ",100,", ",many,")
    assert complaint(toyland).startswith("toyland/camps.csv, line 4, column 'people': 'many' is not a whole number")


def test_a_case_may_have_sources_of_its_own(toyland: Path):
    header = (SEEDS / "sources.csv").read_text(encoding="utf-8").partition("\n")[0]
    own = toyland / "sources.csv"
    own.write_text(f"{header}\nmy_survey,A survey,somebody,2024,,as told,\n", encoding="utf-8")
    set_cell(toyland / "camps.csv", 2, "source", "my_survey")
    assert load_case(toyland).camps["source"][0] == "my_survey"
    assert "my_survey" in load_sources(toyland)["id"].tolist() and "my_survey" not in load_sources()["id"].tolist()
    swap(own, "my_survey", "toyland")
    told = "the source 'toyland' is one of all cases already, give yours another id."
    assert complaint(toyland) == f"toyland/sources.csv: {told}"


def test_a_misspelt_case(toyland: Path):
    assert complaint(Path("toylnad")) == "toylnad: there is no such case folder (did you mean 'toyland'?)."


def test_a_file_outside_the_working_directory_is_named_in_full(toyland: Path, monkeypatch):
    (toyland / "camps.csv").unlink()
    monkeypatch.chdir(SEEDS)
    assert complaint(toyland) == f"{toyland / 'camps.csv'}: the file is missing."


COLUMNS = "location, people, unit, date, source, basis, note"
NO_COMMAS = "the columns are not separated by commas, save the file with commas."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", ": the file is empty, its first line must name the columns."),
        ("\n\n,,\n", ": the file is empty, its first line must name the columns."),
        (COLUMNS.replace(", ", ","), ": there are column names but no rows."),
        ("location;people\n", f", line 1: {NO_COMMAS}"),
        ("location,people\n", f", line 1: column 'unit' is missing; the columns are {COLUMNS}."),
        ("location,peple\n", ", line 1: column 'peple' is unknown (did you mean 'people'?)."),
        ("location,xyzzy\n", f", line 1: column 'xyzzy' is unknown; the columns are {COLUMNS}."),
        ("location,people,people\n", ", line 1: column 'people' stands there 2 times."),
    ],
)
def test_a_file_that_is_no_such_table(content: str, sentence: str, toyland: Path):
    (toyland / "camps.csv").write_text(content, encoding="utf-8")
    assert complaint(toyland) == "toyland/camps.csv" + sentence


def test_another_encoding(toyland: Path):
    path = toyland / "camps.csv"
    path.write_bytes(path.read_bytes() + "İpsala,5,people,,toyland,assumed,\n".encode("iso8859-9"))
    assert complaint(toyland) == "toyland/camps.csv, line 3: byte 0xdd is not UTF-8, save the file as UTF-8."


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("bombing ends", "bombs, end", "4: there are 11 cells for 10 columns, a cell that contains a comma "),
        ("the bombing ends,", "", "4: there are 9 cells for 10 columns, "),
        ("Ashford is", '"Ashford is', "2: the quotation marks are broken (unexpected end of data); inside"),
        ("the bombing", '"the" bombing', "4: the quotation marks are broken (',' expected after"),
    ],
)
def test_rows_that_do_not_fit(old: str, new: str, sentence: str, toyland: Path):
    swap(toyland / "events.csv", old, new)
    assert complaint(toyland).startswith(f"toyland/events.csv, line {sentence}")


# Mistakes in a cell

NOT_WHOLE = "is not a whole number (digits, without thousands separators or units)."
NOT_NUMBER = "is not a number (digits, without thousands separators or units)."
NOT_DAY = "is not a date, write an existing day as year-month-day such as 2020-03-06."
PEOPLE = "is out of range, it must be at least 0 and at most 100000000 [people]."
BASES = "is unknown, it must be one of published, derived, assumed, recalled."
ZONES = "is unknown, it must be one of theatre, host, island (did you mean 'host'?)."
LATITUDE = "is out of range, it must be at least -90.0 and at most 90.0 [degrees]."
CENTURY = "is out of range, it must be at least 1900-01-01 and at most 2100-12-31."
UNKNOWN_GROUP = "is unknown, it must stand in column 'group' of groups.csv (did you mean 'afghan'?)."
UNKNOWN_PLACE = "is unknown, it must stand in column 'name' of locations.csv (did you mean 'Ashford'?)."


@pytest.mark.parametrize(
    ("file", "line", "column", "value", "reason"),
    [
        ("camps", 2, "people", "many", NOT_WHOLE),
        ("camps", 2, "people", "99.5", NOT_WHOLE),
        ("camps", 2, "people", "1,000", NOT_WHOLE),
        ("camps", 2, "people", "1_000", NOT_WHOLE),
        ("camps", 2, "people", "-100", PEOPLE),
        ("initial", 5, "people", "9" * 30, PEOPLE),
        ("initial", 3, "people", "", "is blank, it must be filled in."),
        ("routes", 2, "km", "nan", NOT_NUMBER),
        ("routes", 2, "km", "inf", NOT_NUMBER),
        ("routes", 2, "km", "6e999", NOT_NUMBER),
        ("routes", 2, "km", "60 km", NOT_NUMBER),
        ("routes", 2, "km", "٦٠", NOT_NUMBER),
        ("routes", 3, "km", "-60", "is out of range, it must be at least 0.1 and at most 20000.0 [km]."),
        ("routes", 4, "share", "1.5", "is out of range, it must be at least 0.0 and at most 1.0 [share]."),
        ("locations", 2, "lat", "136", LATITUDE),
        ("events", 4, "date", "2020-02-30", NOT_DAY),
        ("events", 4, "date", "10.2.2020", NOT_DAY),
        ("events", 4, "date", "0220-02-10", CENTURY),
        ("initial", 3, "location", "Ashfort", UNKNOWN_PLACE),
        ("routes", 2, "from", "ashford", UNKNOWN_PLACE),
        ("locations", 3, "part_of", "Ash ford", UNKNOWN_PLACE),
        ("events", 2, "places", "Ashfort", UNKNOWN_PLACE),
        ("events", 2, "places", "Elm;Ashfort", f"names 'Ashfort', which {UNKNOWN_PLACE}"),
        ("events", 2, "places", "Elm;Ashford;Elm", "names 'Elm' 2 times."),
        ("initial", 5, "group", "afgan", UNKNOWN_GROUP),
        ("camps", 2, "source", "xyzzy", "is unknown, it must stand in column 'id' of sources.csv."),
        ("camps", 2, "unit", "tents", "is unknown, it must be one of people."),
        ("rates", 2, "basis", "xyzzy", BASES),
        ("locations", 2, "highway", "M6", "is unknown, it must be one of M4, M5 (did you mean 'M5'?)."),
        ("groups", 2, "zone", "hots", ZONES),
        ("locations", 3, "name", "ASHFORD", "stands already in line 2, it must be unique."),
    ],
)
def test_a_wrong_cell(file: str, line: int, column: str, value: str, reason: str, toyland: Path):
    set_cell(toyland / f"{file}.csv", line, column, value)
    assert complaint(toyland) == f"toyland/{file}.csv, line {line}, column '{column}': '{value}' {reason}"


def test_a_long_list_of_words_is_cut(toyland: Path):
    set_cell(toyland / "events.csv", 2, "type", "bombardement")
    told = complaint(toyland)
    assert "'bombardement' is unknown, it must be one of control_initial, bombardment, strike, " in told
    assert told.endswith(", ... (did you mean 'bombardment'?).")


def test_a_row_that_stands_there_twice(toyland: Path):
    set_cell(toyland / "events.csv", 3, "date", "2020-01-06")
    assert complaint(toyland) == (
        "toyland/events.csv, line 3, column 'date + type + places': "
        "'2020-01-06 + bombardment + Ashford' stands already in line 2, it must be unique."
    )


@pytest.mark.parametrize(
    ("file", "line", "column", "value", "reason"),
    [
        ("schema", 2, "type", "xyzzy", "is unknown, it must be one of text, names, date, int, float."),
        ("schema", 2, "key", "ja", "is unknown, it must be one of yes, no."),
        ("sources", 3, "id", "a_news_2020_02_11", "stands already in line 2, it must be unique."),
        ("article", 2, "source", "xyzzy", "is unknown, it must stand in column 'id' of sources.csv."),
    ],
)
def test_mistakes_in_the_shared_files(
    file: str, line: int, column: str, value: str, reason: str, tmp_path: Path, monkeypatch
):
    for name in ("schema", "sources", "article"):
        shutil.copy(SEEDS / f"{name}.csv", tmp_path)
    monkeypatch.setattr(seeds, "data_folder", lambda name: tmp_path)
    set_cell(tmp_path / f"{file}.csv", line, column, value)
    with pytest.raises(InputError) as caught:
        load_article()
    assert str(caught.value).endswith(f"{file}.csv, line {line}, column '{column}': '{value}' {reason}")


# Contradictions between tables

LONE = "variant article is alone, give article and register or neither."
NO_ROAD = "no road of the theatre joins Birchwood to Ashford."
WRONG_WAY = "a land_border_gate route leads from Cedar to Elm, it must lead from exit_gate to beyond."
SHARES = "the shares of mode land_border_gate sum to 0, all together must give 1."
PARTLY = "the events sub_district_partly_lost, and only they, must have a share."
UNKNOWN_LABEL = "the place 'Norht' of population_start is unknown (did you mean 'North'?)."
BACKWARDS = "population_start begins on 2020-01-05, after its end on 2020-01-04."
NO_POPULATION = "Ashford needs a population, in initial.csv 2,000 people start."
PEOPLE_LEFT = "1,999 people start in Ashford, locations.csv has a population of 2,000."


@pytest.mark.parametrize(
    ("file", "line", "column", "value", "finding"),
    [
        ("routes", 2, "to", "Cedar", NO_ROAD),
        ("routes", 2, "from", "Birchwood", "a road route leads from Birchwood to itself."),
        ("routes", 4, "from", "Cedar", WRONG_WAY),
        ("routes", 4, "share", "", SHARES),
        ("routes", 2, "share", "0.5", "mode road has shares, only one-way modes have them."),
        ("events", 2, "share", "0.5", PARTLY),
        ("events", 2, "places", "Ashford;all", "bombardment of 2020-01-06 names 'all' and other places."),
        ("groups", 4, "sea_share", "0.44", "the sea_share of the host groups sums to 1.1, not to 1."),
        ("initial", 4, "location", "Elm", "group syrian starts in Elm, no host place."),
        ("initial", 2, "people", "1999", PEOPLE_LEFT),
        ("initial", 4, "variant", "article", LONE),
        ("locations", 2, "population", "", NO_POPULATION),
        ("observed", 2, "place", "Norht", UNKNOWN_LABEL),
        ("observed", 2, "place", "Elm>Norht", UNKNOWN_LABEL),
        ("observed", 2, "period_start", "2020-01-05", BACKWARDS),
    ],
)
def test_a_contradiction_is_found(file: str, line: int, column: str, value: str, finding: str, toyland: Path):
    set_cell(toyland / f"{file}.csv", line, column, value)
    assert f"error: {file}.csv: {finding}" in check_case(load_case(toyland))


def test_a_road_in_both_directions_is_found(toyland: Path):
    set_cell(toyland / "routes.csv", 3, "from", "Birchwood")
    set_cell(toyland / "routes.csv", 3, "to", "Ashford")
    finding = "error: routes.csv: the road route from Birchwood to Ashford is there in both directions."
    assert check_case(load_case(toyland)) == [finding]


def test_more_camp_places_than_people_are_only_a_warning(toyland: Path):
    set_cell(toyland / "camps.csv", 2, "people", "1001")
    finding = "warning: camps.csv: Birchwood has more camp places (1,001) than people."
    assert check_case(load_case(toyland)) == [finding]


def test_places_without_a_way_to_a_crossing_are_found(toyland: Path):
    set_cell(toyland / "locations.csv", 5, "role", "entry_gate")
    findings = check_case(load_case(toyland))
    assert "error: routes.csv: no road leads from Ashford, Birchwood to an entry gate." in findings


def test_facts_that_miss_the_run_are_found(toyland: Path):
    findings = check_case(load_case(toyland), datetime.date(2019, 12, 1), datetime.date(2020, 1, 31))
    assert "error: rates.csv: sea_departures begins on 2020-01-01, the run on 2019-12-01." in findings
    assert "warning: events.csv: ceasefire of 2020-02-10 lies outside the run and has no effect." in findings
    assert len(findings) == 4
