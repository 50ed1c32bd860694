"""Flee directories: what they mean, what is refused, and what Flee would misread."""

import pytest
from conflicts import INPUT, case_of, write

from sim.errors import InputError
from sim.flee import read_flee


def test_small_directory_is_read_as_it_stands(tmp_path):
    case = case_of(tmp_path)
    assert case.names == ["Aburg", "Btown", "Camp", "Faraway"] and case.camps == ["Camp", "Faraway"]
    assert (case.n_days, str(case.start), str(case.dates[-1].date())) == (4, "2013-12-01", "2013-12-04")
    assert case.routes["km"].tolist() == [40, 90, 20]
    assert case.intensity[:, 0].tolist() == [1, 1, 1, 1] and case.intensity[:, 1:].sum() == 0
    assert case.kinds[0].tolist() == ["conflict_zone", "town", "camp", "camp"]
    assert case.observed["Camp"].tolist() == [0, 60, 60, 60]
    assert case.arrivals.tolist() == [0, 100, 0, 0]
    assert case.warnings == ["locations.csv: Camp, Faraway have no capacity, which means no limit"]


# name -> people at the end of Flee's own runs, conflict zones, towns, camps, hubs, routes, days
PUBLISHED = {
    "burundi": (212_321, (7, 17, 5, 1), 41, 396),
    "car": (406_445, (28, 14, 14, 7), 86, 820),
    "mali": (89_991, (12, 4, 7, 0), 35, 300),
    "ssudan": (433_300, (25, 16, 10, 0), 60, 604),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_as_many_people_as_in_flee_with_its_defects(name):
    people, kinds, routes, days = PUBLISHED[name]
    case = read_flee(name, defects=True)
    assert case.observed.iloc[0].sum() + case.arrivals.sum() == people
    counts = case.locations["type"].value_counts()
    wanted = ("conflict_zone", "town", "camp", "forwarding_hub")
    assert tuple(int(counts.get(kind, 0)) for kind in wanted) == kinds
    assert (len(case.routes), case.n_days) == (routes, days)


def test_people_between_two_counts_are_interpolated_and_cut_to_whole_persons(tmp_path):
    case = case_of(tmp_path, camp_csv="2013-11-30,0\n2013-12-03,10\n")
    assert case.observed["Camp"].tolist() == [3, 6, 10, 10]


def test_who_counts_as_newcomer_when_the_total_falls_and_rises_again(tmp_path):
    camp = "2013-12-01,10\n2013-12-02,4\n2013-12-03,9\n2013-12-04,15\n"
    case = case_of(tmp_path, camp_csv=camp, faraway_csv="2013-12-01,0\n")
    assert case.arrivals.tolist() == [0, 0, 0, 5]
    assert any("by 6 people on day 1" in warning for warning in case.warnings)


TWO_FILES = {
    "data_layout_csv": "total,refugees.csv\nCamp,camp.csv,tents.csv\nFaraway,faraway.csv\n",
    "camp_csv": "2013-12-02,10\n2013-12-04,30\n",
    "tents_csv": "2013-12-01,4\n2013-12-03,8\n",
}


def test_several_files_of_one_camp_add_up(tmp_path):
    # day 0: 0 + 4; day 1: 10 + 6; day 2: 20 + 8; day 3: 30 + 8
    assert case_of(tmp_path, **TWO_FILES).observed["Camp"].tolist() == [4, 16, 28, 38]


def test_flee_adds_later_counts_to_earlier_days_and_loses_the_end(tmp_path):
    # day 0: the next count 10, + 4; day 1: 10 + the last 4; day 2: the next 30, + 8; day 3 is lost and 38 stays
    assert case_of(tmp_path, True, **TWO_FILES).observed["Camp"].tolist() == [14, 14, 38, 38]


def test_registration_scales_all_earlier_counts(tmp_path):
    camp = "2013-12-01,10\n2013-12-02,20\n2013-12-03,30\n"
    case = case_of(tmp_path, camp_csv=camp, registration_corrections_csv="Camp,2013-12-03,normalize\n")
    assert case.observed["Camp"].tolist() == [15, 30, 30, 30]


def test_conflict_without_its_file_begins_on_its_date_here_but_not_in_flee(tmp_path):
    places = INPUT["locations.csv"].replace("conflict_zone,0", "conflict_zone,2")
    files = {"locations_csv": places, "conflicts_csv": None}
    assert case_of(tmp_path / "a", **files).intensity[:, 0].tolist() == [0, 0, 1, 1]
    assert case_of(tmp_path / "b", True, **files).intensity[:, 0].tolist() == [0, 0, 0, 0]


def test_intensity_changes_here_but_not_in_flee(tmp_path):
    table = "#Day,Aburg\n0,0.5\n1,0.9\n2,0\n3,0.2\n"
    assert case_of(tmp_path / "a", conflicts_csv=table).intensity[:, 0].tolist() == [0.5, 0.9, 0, 0.2]
    # On day 0 Flee also takes conflict_date 0 for intensity 1.
    assert case_of(tmp_path / "b", True, conflicts_csv=table).intensity[:, 0].tolist() == [1, 1, 0, 0.2]


@pytest.mark.parametrize(
    ("closure", "meant", "in_flee"),  # routes that are closed on day 1
    [
        ("country,Home,Abroad,1,3", [0, 2], [0, 2]),
        ("country,Abroad,Home,1,3", [0, 2], [0, 2]),
        ("country,Home,Nowhere,1,3", [], []),
        ("location,Aburg,Abroad,1,3", [0, 1], [0, 1]),
        ("location,Aburg,Camp,1,3", [0], [0, 1]),
        ("link,Camp,Aburg,1,-1", [0], []),
        ("link,Camp,Aburg,-3,2", [0], []),
        ("location,Camp,,-1,-1", [], []),
    ],
)
def test_what_a_closure_closes(tmp_path, closure, meant, in_flee):
    for defects, wanted in ((False, meant), (True, in_flee)):
        case = case_of(tmp_path / str(defects), defects, closures_csv=f"#kind,a,b,from,to\n{closure}\n")
        assert [i for i, is_open in enumerate(case.route_open[1]) if not is_open] == wanted
        reopens = not (wanted and closure.endswith("1,-1"))
        assert case.route_open[3].all() == reopens


def test_closed_camp_is_a_town_and_stays_a_camp_of_the_output(tmp_path):
    case = case_of(tmp_path, closures_csv="camp,Camp,x,1,3\n")
    assert case.kinds[:, 2].tolist() == ["camp", "town", "town", "camp"] and "Camp" in case.camps


SEALED = {"closures_csv": "location,Aburg,Abroad,1,3\n"}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"conflicts_csv": None}, "the file is missing, conflict begins on conflict_date"),
        ({"conflicts_csv": "#Day,Aburg\n0,0\n1,1\n"}, "Aburg (day 1, not 0)"),
        ({"conflicts_csv": "#Day,Aburg\n0,1\n1,1\n"}, "the last row is of day 1, it holds until the end on day 3"),
        ({"conflicts_csv": "#Day,Aburg\n0,1\n2,1\n3,1\n"}, "line 3: this is day 2, but Flee takes row 2 for day 1"),
        ({"conflicts_csv": "#Day,Aburg,Btwn\n0,1,1\n3,1,1\n"}, "there is conflict in 'Btwn', no place"),
        ({"closures_csv": "link,Aburg,Camp,0,2\n"}, "has no effect in Flee"),
        ({"closures_csv": "location,Aburg,Camp,0,2\n"}, "only the route between them is closed; Flee cuts Aburg off"),
        ({"closures_csv": "country,Home,Abrod,0,2\n"}, "'Abrod' (did you mean 'Abroad'?); nothing is closed"),
        ({"closures_csv": "camp,Btown,x,0,2\n"}, "Btown is no camp"),
        ({"closures_csv": "country,Home,Abroad,9,-1\n"}, "begins on day 9, the simulation ends on day 3"),
        ({"closures_csv": "country,Home,Abroad,3,2\n"}, "ends on day 2, before it begins"),
        ({"closures_csv": "country,Home,Abroad,-9,2\n"}, "began before day 0"),
        ({"routes_csv": "Aburg,Camp,40\nCamp,Aburg,40\nAburg,Faraway,9\nCamp,Btown,9\n"}, "stands already in line 1"),
        ({"routes_csv": "Aburg,Camp,40,1\nAburg,Faraway,90\nCamp,Btown,20\n"}, "forced_redirection (Aburg - Camp)"),
        ({"routes_csv": "Aburg,Camp,40\nAburg,Faraway,90\n"}, "no route leads to Btown"),
        ({"routes_csv": "Aburg,Camp,4\nAburg,Faraway,90\nBtown,Camp,20\n"}, "4 km, 22 km straight"),
        (TWO_FILES, "Camp have several files"),
        ({"camp_csv": "2013-12-01,4\n2013-12-01,5\n"}, "stands there twice"),
        ({"camp_csv": "2013-12-03,4\n2013-12-01,5\n"}, "out of order"),
        ({"camp_csv": "2013-12-03,4\n"}, "begin after day 0, their first count holds before: Camp (day 2)"),
        ({"camp_csv": "2013-12-01,90\n2013-12-04,50\n"}, "counts shrink in Camp (90 to 50)"),
        ({"data_layout_csv": "total,refugees.csv\nCamp,camp.csv\n"}, "the camps Faraway have no observations"),
        (SEALED, "days 1 to 2: no open route leads from Aburg to a camp, while 100 people set out"),
        ({"registration_corrections_csv": "Canp,2013-12-02\n"}, "'Canp' has no observations (did you mean 'Camp'?)"),
        ({"conflicts_csv": "#Day,Btown\n0,1\n3,1\n"}, "100 people set out on 1 days on which no populated place"),
    ],
)
def test_what_flee_would_misread_is_told(tmp_path, files, told):
    assert any(told in warning for warning in case_of(tmp_path, **files).warnings)


def place(line, number=2):
    """Return a locations.csv of which one line is replaced."""
    lines = "#h\nAburg,,Home,0,0,conflict_zone,0,9\nBtown,,Home,0,0,town,,\nCamp,,X,,,camp,,\nFaraway,,X,,,camp,,\n"
    lines = lines.splitlines()
    lines[number - 1] = line
    return {"locations_csv": "\n".join(lines)}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (place("Aburg,,Home,0,0,conflict_zone,0"), "line 2: a place needs a name and 8 cells"),
        (place("Aburg,,Home,x,0,conflict_zone,0,9"), "line 2, column 4 'latitude': 'x' is not a number"),
        (place("Aburg,,Home,0,0,conflict_zone,soon,9"), "column 7 'conflict_date': 'soon' is not a whole number"),
        (place("Aburg,,Home,0,0,conflict_zone,0,9.5"), "column 8 'population': '9.5' is not a whole number"),
        (place("Aburg,,Home,0,0,town,0,-9"), "'-9' is out of range, it must be at least 0"),
        (place("Aburg,,Home,0,0,town,0,9", 3), "line 3, column 1 'name': 'Aburg' stands already in line 2"),
        ({"locations_csv": "#name\n"}, "there are no places"),
        ({"routes_csv": "Aburg,Cmap,40\n"}, "'Cmap' is no place of locations.csv (did you mean 'Camp'?)"),
        ({"routes_csv": "Aburg,Aburg,40\n"}, "'Aburg' is where the route begins"),
        ({"routes_csv": "Aburg,Camp,0\n"}, "column 3 'distance': '0' is not a length"),
        ({"routes_csv": "Aburg,Camp,far\n"}, "'far' is not a number"),
        ({"routes_csv": "Aburg,Camp,4,3\n"}, "'3' is out of range, it must be at least 0 and at most 2"),
        ({"routes_csv": "#name1,name2,distance\n"}, "there are no routes"),
        ({"conflicts_csv": "#Day,Aburg\n0,2\n"}, "line 2, column 2 'Aburg': '2' is out of range"),
        ({"conflicts_csv": "#Day,Aburg\nfirst,1\n"}, "column 1 'day': 'first' is not a whole number"),
        ({"conflicts_csv": "#Day,Aburg\n1,1\n0,1\n"}, "is out of order"),
        ({"closures_csv": "contry,Home,Abroad,0,1\n"}, "'contry' is no type of closure (did you mean 'country'?)"),
        ({"closures_csv": "location,Abrug,x,0,1\n"}, "(did you mean 'Aburg'?)"),
        ({"closures_csv": "country,Home,Abroad,0\n"}, "there are 4 cells, but at least 5 are needed"),
        ({"sim_period_csv": "StartDate,1 Dec 2013\nLength,4\n"}, "'1 Dec 2013' is not a date"),
        ({"sim_period_csv": "StartDate,2013-12-01\nLenght,4\n"}, "row 'Length' is missing (did you mean 'Lenght'?)"),
        ({"sim_period_csv": "StartDate,2013-12-01\nLength,0\n"}, "'0' is out of range, it must be at least 1"),
        ({"camp_csv": "2013-12-01,0\n2013-12-02,12.0\n"}, "camp.csv, line 2, column 2 'count': '12.0' is not a whole"),
        ({"camp_csv": "Date,people\n01/12/2013,4\n"}, "line 2, column 1 'date': '01/12/2013' is not a date"),
        ({"camp_csv": "Date,people\n"}, "there are no counts"),
        ({"data_layout_csv": "total,refugees.csv\nCamp,cmp.csv\n"}, "'cmp.csv' is missing (did you mean 'camp.csv'?)"),
        ({"registration_corrections_csv": "Camp,2013-12-03\n"}, "no date on which Camp was counted; the nearest is"),
        ({"registration_corrections_csv": "Camp,2013-12-01\n"}, "is the first date on which Camp was counted"),
        ({"locations_csv": None}, "there is no locations.csv, neither here nor in a folder 'input'"),
        ({"routes_csv": None}, "routes.csv: the file is missing"),
    ],
)
def test_broken_directory_is_refused_in_one_sentence(tmp_path, files, told):
    with pytest.raises(InputError) as refused:
        case_of(tmp_path, **files)
    assert told in str(refused.value) and "\n" not in str(refused.value)


def test_folder_that_is_not_there_names_the_nearest():
    with pytest.raises(InputError, match="did you mean 'mali'"):
        read_flee("malli")


def test_without_observations_a_directory_is_read_but_says_what_is_missing(tmp_path):
    write(tmp_path, data_layout_csv=None)
    case = read_flee(tmp_path)
    assert case.series is None
    with pytest.raises(InputError, match="case.observed=DIR"):
        _ = case.observed


def test_input_and_observations_may_lie_apart(tmp_path):
    write(tmp_path / "one")
    (tmp_path / "one" / "validation").rename(tmp_path / "counts")
    assert read_flee(tmp_path / "one" / "input", tmp_path / "counts").arrivals.sum() == 100
