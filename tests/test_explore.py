"""The page of a grid of levers: its cells are the scenarios they stand for, and it is one file that loads nothing."""

import json
import re

import pytest

from sim.cli import main
from sim.compose import compose
from sim.errors import InputError
from sim.model import simulate
from sim.runner import checked_case
from sim.studies import explore, printing
from sim.studies.lever_grid import DEFAULT, combinations, levers, set_ups

WORDS = ["population=tiny", "days=110", "population.one_in=2000"]


def measures(config):
    """Return the measures of a configuration by name; their order says nothing where they set different things."""
    return {name: vars(measure) for name, measure in config.policy.items()}


@pytest.fixture(scope="module")
def positions():
    """Return the measures under each position of each lever by itself."""
    alone = [(lever.name, one) for lever in levers([*DEFAULT, "aid", "south"]) for one in lever.positions]
    configs = set_ups([[one] for _, one in alone], [])
    return {(name, one.name): measures(config) for (name, one), config in zip(alone, configs, strict=True)}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a page of one lever, and how often a second call reports progress of a simulation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("explore"))
        first = explore.explore(None, ["levers=[ceasefire]", *WORDS]).read_bytes()
        told = []
        again = explore.explore(None, ["levers=[ceasefire]", *WORDS], progress=lambda *days: told.append(days))
        assert again.read_bytes() == first
        return first.decode(), len(told)


# ---- the grid


@pytest.mark.parametrize(
    ("lever", "position", "scenario"),
    [
        ("opening", "on 28 February, as it happened", "as_it_happened"),
        ("opening", "on 3 February", "border_opened_earlier"),
        ("opening", "never", "border_never_opened"),
        ("ceasefire", "breaks down on 5 April", "ceasefire_fails"),
        ("ceasefire", "is never agreed", "no_ceasefire"),
        ("greece", "lets in 3,000 a day by land and pushes nobody back", "greece_admits"),
        ("camps", "100,000 places more on 15 January", "winter_camps"),
        ("aid", "half", "aid_halved"),
        ("south", "lets in 1,000 people a day", "open_to_idlib_quota"),
    ],
)
def test_a_position_by_itself_is_the_scenario_of_the_house(positions, lever, position, scenario):
    assert positions[lever, position] == measures(compose([f"scenario={scenario}"]))


def test_the_default_levers_make_sixty_different_set_ups():
    grid = combinations(levers(DEFAULT))
    assert len(grid) == 5 * 3 * 2 * 2
    assert len({repr(measures(one)) for one in set_ups(grid, [])}) == 60


def test_a_date_of_a_measure_that_another_lever_leaves_out_is_left_out():
    opening, greece = levers(["opening", "greece"])
    (config,) = set_ups([[opening.positions[1], greece.positions[1]]], ["policy.border_opening.last_day=2020-03-10"])
    found = measures(config)
    assert "greek_hard_border" not in found
    assert str(found["greece_admits"]["first_day"]) == "2020-02-03"  # moves with the opening
    assert str(found["border_opening"]["last_day"]) == "2020-03-10"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["levers=[openings]"], "levers names 'openings', but must be of opening, ceasefire.*did you mean 'opening'"),
        (["levers=[camps,camps]"], "levers names 'camps' twice"),
        (["levers=[]"], "levers is empty"),
        (["case=flee", "case.path=mali", "levers=[camps]"], "case=flee has no measures"),
    ],
)
def test_levers_that_cannot_be_turned_are_refused_in_a_sentence(words, sentence):
    with pytest.raises(InputError, match=sentence):
        explore.explore(None, words)


# ---- the page


def test_each_cell_counts_what_its_scenario_counts(made):
    about = json.loads(re.search(r'id="explore-data">(.*?)</script>', made[0])[1])
    words = ["scenario=ceasefire_fails", *WORDS]
    config = compose(words)
    summary = simulate(config, checked_case(config), config.seed).summary
    assert about["levers"][0]["positions"][1] == "breaks down on 5 April"
    assert about["values"][1] == [round(entry["value"]) for entry in summary]
    assert len(about["player"]["runs"]) == len(about["values"]) == 3


def test_a_second_call_simulates_nothing(made):
    assert made[1] == 0


def test_the_page_is_one_file_with_a_select_for_each_lever_and_set_up(made):
    text = made[0]
    assert re.findall(r'<select id="(\w+)"', text) == ["a0", "b0"]
    assert all(f'<label for="{name}"' in text for name in ("a0", "b0"))
    assert not re.search(r"<(?:link|iframe|img)|\ssrc=|url\(|@import", text)
    assert "default-src 'none'" in text.replace("&#x27;", "'") and len(text) < 15_000_000
    assert [int(level) for level in re.findall(r"<h(\d)", text)][:3] == [1, 2, 2]


# ---- the command


def test_settings_without_explore_and_no_folder_are_refused(capsys):
    assert main(["report", "seed=3"]) == 2 and "settings go with --explore" in capsys.readouterr().err
    assert main(["report", "a", "b", "--explore"]) == 2 and "one folder at most" in capsys.readouterr().err


def test_without_a_browser_pdf_is_refused_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="--pdf needs Chromium, Chrome or Edge on the path, and there is none"):
        printing.printed(tmp_path / "report.html")
