"""The page of a grid of levers in a browser, opened from a file: boxes, link, differences, on a desk and on a phone."""

import os
from pathlib import Path

import pytest
from conftest import SIZES

from sim.compose import compose
from sim.model import simulate
from sim.runner import checked_case
from sim.studies.explore import explore

PICTURES = Path(os.environ.get("WEB_PICTURES", "results/web-pictures"))
WORDS = ["population=tiny", "population.one_in=2000", "days=130"]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Write the page of two levers and return its address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("explore"))
        return explore(None, ["levers=[ceasefire,greece]", *WORDS]).as_uri()


def differences(page):
    """Return the table of differences: outcome -> A, B, B less A."""
    rows = page.locator("#differences tbody tr").evaluate_all("rows => rows.map(row => row.innerText.split('\\t'))")
    return {name: values for name, *values in rows}


def positions(page):
    return [page.locator(f"#{name}").input_value() for name in ("a0", "a1", "b0", "b1")]


def test_the_page_fits_and_has_a_picture(page):
    page.locator("[data-op=day]").focus()
    page.keyboard.press("End")
    page.wait_for_timeout(700)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[page.size][0]
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"explore-{page.size}.png", full_page=True)


def test_every_box_changes_its_set_up_and_the_differences_are_those_of_the_scenarios(page):
    page.locator("#b0").select_option("0")
    assert {values[2] for values in differences(page).values()} == {"same"}
    page.locator("#b0").select_option("1")
    page.locator("#b1").select_option("0")
    found = differences(page)["Displaced and not returned, at the end [people]"]
    expected = []
    for scenario in ("as_it_happened", "ceasefire_fails"):
        config = compose([f"scenario={scenario}", *WORDS])
        summary = simulate(config, checked_case(config), config.seed).summary
        expected += [entry["value"] for entry in summary if entry["outcome"] == "remaining_displaced"]
    assert found[:2] == [f"{value:,.0f}" for value in expected]
    assert found[2].startswith(f"+{expected[1] - expected[0]:,.0f} (+")
    assert page.locator(".op-name").all_inner_texts()[1] == "B: The ceasefire of 6 March: breaks down on 5 April"
    page.locator("#a1").select_option("1")
    assert "lets in 3,000 a day" in page.locator(".op-name").first.inner_text()


def test_a_link_brings_back_both_set_ups_and_the_day(page, url, open_page):
    page.locator("#a0").select_option("2")
    page.locator("#b1").select_option("1")
    page.locator("[data-op=day]").focus()
    page.keyboard.press("End")
    link = page.locator("#link").get_attribute("href")
    assert link == "#a=2.0&b=2.1&day=129" and page.url.endswith("#a=2.0&b=2.1&day=0")
    again = open_page(url + link, page.size, ".op-numbers table")
    assert positions(again) == ["2", "0", "2", "1"] and again.locator(".op-date").inner_text() == "8 April 2020"
    assert differences(again) == differences(page)


@pytest.mark.parametrize("wrong", ["#a=9.9&b=x&day=1000", "#a=0&day=-1", "#%", "#a=0.0.0"])
def test_a_link_that_fits_nothing_changes_nothing(url, open_page, wrong):
    page = open_page(url + wrong, "desktop", ".op-numbers table")
    assert positions(page) == ["0", "0", "2", "0"] and page.locator(".op-date").inner_text() == "1 December 2019"


def test_the_set_ups_are_exchanged(page):
    before = differences(page)
    page.locator("#swap").click()
    assert positions(page) == ["2", "0", "0", "0"]
    assert {name: values[:2][::-1] for name, values in differences(page).items()} == {
        name: values[:2] for name, values in before.items()
    }


def test_boxes_are_turned_by_keyboard_and_have_names(page):
    page.locator("#a0").focus()
    page.keyboard.press("ArrowDown")
    assert positions(page)[0] == "1"
    labels = page.evaluate("['a0', 'a1', 'b0', 'b1'].map(id => document.getElementById(id).labels[0].textContent)")
    assert labels == ["The ceasefire of 6 March", "Greece at its borders"] * 2
