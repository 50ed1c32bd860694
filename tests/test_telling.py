"""Journeys in sentences, each written beside the steps it tells."""

import datetime

import pandas as pd
import pytest

from sim.population import STATUSES
from sim.studies import telling
from sim.studies.telling import End, Step

AT_HOME = Step(datetime.date(2020, 1, 1), "Ashford", "home", "")
STAYED = End("home", "Ashford", 0, 0, 0, 5, 0)


def on(day, location, status, destination=""):
    return Step(datetime.date(2020, 3, day), location, status, destination)


def end(status, location, moves=0, tries=0, km=0, dead=0):
    return End(status, location, moves, tries, km, 5 - dead, dead)


def test_flight_and_return_day_by_day():
    steps = [
        AT_HOME,
        on(2, "Ashford", "travelling", "Birchwood"),
        on(4, "Birchwood", "open_air"),
        on(9, "Birchwood", "tent"),
        on(20, "Birchwood", "travelling", "Ashford"),
        on(21, "Ashford", "returned"),
    ]
    assert telling.told(steps, 1, end("returned", "Ashford", moves=1, km=1200)) == (
        "On 2 Mar 2020 they set out for Birchwood. On 4 Mar 2020 they reach Birchwood and sleep in the open. "
        "On 9 Mar 2020 they live in a tent. On 20 Mar 2020 they set out for Ashford. "
        "On 21 Mar 2020 they are home again, in Ashford. In all: 1 move, 1,200 km."
    )
    assert telling.beginning(steps[:2]) == "At first they live in Ashford. On 2 Mar 2020 they set out for Birchwood."


def test_who_is_turned_back_on_the_day_of_arrival_reaches_the_place_and_leaves():
    steps = [AT_HOME, on(1, "Ashford", "travelling", "Gate"), on(3, "Gate", "travelling", "Ashford")]
    told = telling.told(steps, 2, end("travelling", "Gate", tries=2, km=300))
    assert told == "On 3 Mar 2020 they reach Gate and leave for Ashford. In all: 2 failed attempts, 300 km."


def test_who_never_leaves_stays():
    assert telling.told([AT_HOME], 1, STAYED) == "They stay where they are."
    assert telling.ending(STAYED) == "They stay in Ashford."


def test_who_goes_no_farther_is_told_by_where_and_after_what():
    steps = [AT_HOME, on(2, "Birchwood", "camp")]
    told = telling.told(steps, 2, end("camp", "Birchwood", moves=1, km=60, dead=1))
    assert told == "At the end they are in a camp in Birchwood (1 move, 60 km, 1 person died)."


def test_family_that_dies_is_not_said_to_be_anywhere():
    steps = [AT_HOME, on(2, "Birchwood", "open_air"), on(5, "Birchwood", "dead")]
    assert telling.told(steps, 2, end("dead", "Birchwood", moves=1, dead=5)) == (
        "On 5 Mar 2020 they lose the last of them. In all: 1 move, 5 people died."
    )
    assert telling.ending(end("dead", "Birchwood", moves=1, dead=5)) == (
        "None of them is alive at the end (1 move, 5 people died)."
    )


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_words(status):
    steps = [AT_HOME, on(2, "Birchwood", status, "Elm" if status == "travelling" else "")]
    assert "On 2 Mar 2020 they " in telling.told(steps, 1, end(status, "Birchwood", km=1))
    assert "end" in telling.ending(end(status, "Birchwood", km=1))


def test_journeys_are_read_by_seed_and_household():
    table = pd.DataFrame(
        {
            "seed": [1, 1, 2],
            "household": [7, 7, 7],
            "date": pd.to_datetime(["2020-01-01", "2020-03-02", "2020-01-01"]),
            "location": pd.Categorical(["Ashford", "Ashford", "Ashford"]),
            "status": pd.Categorical(["home", "travelling", "home"]),
            "destination": pd.Categorical([None, "Elm", None]),
        }
    )
    left = on(2, "Ashford", "travelling", "Elm")
    assert telling.journeys(table) == {(1, 7): [AT_HOME, left], (2, 7): [AT_HOME]}


def test_journeys_share_their_steps_until_they_part():
    one, other = on(2, "Birchwood", "camp"), on(2, "Birchwood", "tent")
    assert telling.shared([AT_HOME, one], [AT_HOME, other]) == 1
    assert telling.shared([AT_HOME, one], [AT_HOME]) == 1
    assert telling.shared([AT_HOME, one], [AT_HOME, one]) == 2
