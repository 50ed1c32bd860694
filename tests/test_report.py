"""The report: one file without anything outside it, for every reader, with the numbers of the tables."""

import io
import json
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from comparisons import CEASEFIRE, HARD_BORDER, comparison
from PIL import Image

import sim
from sim.cli import main
from sim.errors import InputError
from sim.headlines import beside_observations
from sim.paths import data_folder
from sim.seeds import load_case
from sim.views import embedding, style, wording, write_report
from sim.views.packing import unpacked
from sim.views.report import comparison_page, run_page

COMMAND = "sim compare scenarios=[as_it_happened,no_ceasefire] replicates=3"
CHANGES = {
    ("no_ceasefire", "returned"): (-281_240.0, 12_000.0),
    ("no_ceasefire", "remaining_displaced"): (288_280.0, 13_000.0),
    ("no_ceasefire", "displaced"): (7.0, 90.0),
    ("border_never_opened", "injured_at_border"): (-83.0, 20.0),
}
POLICIES = {
    "no_ceasefire": {"hard_border": HARD_BORDER, "attacks": HARD_BORDER | {"what": "Harmful: attacks go on."}},
    "border_never_opened": {"ceasefire": CEASEFIRE, "hard_border": HARD_BORDER | {"first_day": "2020-02-10"}},
}
HOSTILE = "<script>alert('1')</script>\"><img src=x onerror=alert(2)> & more"


class Page(HTMLParser):
    """The page as a reader's program sees it: elements with their attributes, and texts with where they stand."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("img", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        if data.strip():
            self.texts.append((self.open[-1], data.strip()))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def written_in(self, tag):
        return [text for name, text in self.texts if name == tag]


@pytest.fixture(scope="module")
def case():
    return load_case(data_folder("seeds") / "idlib_2020")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with two pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    for name in ("scorecard.png", "maps.png"):
        Image.new("RGB", (2400, 1200), style.ORANGE).save(folder / name)
    return folder


@pytest.fixture(scope="module")
def text(case, folder):
    made = comparison(CHANGES, policies=POLICIES)
    made.question["notes"] = ["made by different versions"]
    return comparison_page(made, case, folder, COMMAND)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


# ---- one file, for every reader


def test_the_page_loads_nothing_from_elsewhere(text, page):
    names = {name for name, _ in page.elements}
    assert not names & {"link", "iframe", "object", "embed", "video", "audio", "base"}
    assert all(set(script) <= {"type", "id"} for script in page.all("script"))
    policy = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert len(policy) == 1 and policy[0].startswith("default-src 'none';")  # a browser refuses what would load
    attributes = [pair for _, pairs in page.elements for pair in pairs.items()]
    addresses = [value for key, value in attributes if key in ("src", "href")]
    assert addresses and all(value.startswith(("data:image/png;base64,", "#")) for value in addresses)
    css = page.written_in("style")[0]
    assert "url(" not in css and "@import" not in css and not re.search(r"\son\w+=", text)


def test_the_page_is_well_formed_with_headings_in_order(page):
    assert page.open == []
    levels = [int(name[1]) for name, _ in page.elements if re.fullmatch(r"h[1-6]", name)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in zip(levels, levels[1:], strict=False))


def test_readers_of_all_kinds_are_served(page):
    assert page.all("html") == [{"lang": "en"}]
    assert any(meta.get("name") == "viewport" for meta in page.all("meta"))
    assert "prefers-color-scheme: dark" in page.written_in("style")[0]
    assert len(page.all("img")) == 2 and all(len(img["alt"]) > 30 for img in page.all("img"))
    assert len(page.all("caption")) == len(page.all("table")) >= 3
    assert all("scope" in head for head in page.all("th"))
    links = [link["href"][1:] for link in page.all("a")]
    assert set(links) <= {attributes.get("id") for _, attributes in page.elements}
    scrolled = [box for box in page.all("div") if box.get("class") == "scroll"]
    assert all(box["tabindex"] == "0" and box["aria-label"] for box in scrolled)


def luminance(colour):
    """Return the relative luminance of a colour, as WCAG 2.2 defines it."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])  # by day, by night
def test_texts_stand_out_from_what_they_are_written_on(page, scheme):
    css = page.written_in("style")[0]
    others = {"": [("link", "page"), ("warn", "warn-page")], "op-": [("run0", "page"), ("run1", "page")]}
    for prefix, more in others.items():
        blocks = [dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r"\{([^{}]*)\}", css)]
        colours = [block for block in blocks if {f"{prefix}ink", f"{prefix}page"} <= set(block)][scheme]
        for text, ground in [("ink", "page"), ("quiet", "page"), ("ink", "panel"), *more]:
            assert contrast(colours[prefix + text], colours[prefix + ground]) >= 4.5, (text, ground)


def test_the_page_has_its_landmarks(page):
    names = [name for name, _ in page.elements]
    assert [names.count(name) for name in ("header", "main", "nav")] == [1, 1, 1]
    sections = [one for one in page.all("section") if "aria-labelledby" in one]
    assert len(sections) >= 10 and all(one["aria-labelledby"] == f"{one['id']}-title" for one in sections)


def test_texts_of_users_are_escaped(case, folder, page):
    hostile = HARD_BORDER | dict.fromkeys(("what", "harm", "because", "source"), HOSTILE)
    names = ("no_ceasefire", HOSTILE)
    made = comparison({}, names, {HOSTILE: {HOSTILE: hostile}}, {HOSTILE: HOSTILE})
    made.question["notes"] = [HOSTILE]
    text = comparison_page(made, case, folder, f"sim compare {HOSTILE}")
    found = Page(text)
    assert len(found.all("script")) == len(page.all("script")) and len(found.all("img")) == 2
    assert HOSTILE not in text and sum(HOSTILE in one for _, one in found.texts) >= 5


def test_large_pictures_are_made_small_enough(tmp_path, monkeypatch):
    noise = np.random.default_rng(1).integers(0, 256, (900, 900, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")  # 2.4 MB: nothing to save but pixels
    monkeypatch.setattr(embedding, "MOST_BYTES", 900_000)
    found = embedding.embedded([tmp_path / "noise.png"] * 2)
    assert 500_000 < sum(map(len, found)) < 1_250_000
    assert embedding.MOST_BYTES * 4 / 3 < 5_000_000


def test_colours_that_mean_something_survive_the_palette(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (300, 300, 3), np.uint8)  # far more colours than a palette holds
    pixels[:200] = 255
    pixels[200:204, :40] = (0xF0, 0xE4, 0x42)  # a little yellow
    Image.fromarray(pixels).save(tmp_path / "one.png")
    small = np.asarray(Image.open(io.BytesIO(embedding.shrunk(tmp_path / "one.png", 300))).convert("RGB")).astype(int)
    assert (small[:200] >= 253).all()
    assert np.abs(small[201:203, 2:38] - [0xF0, 0xE4, 0x42]).max() <= 8


# ---- what it says


def test_the_scorecard_holds_the_numbers_of_the_differences(page):
    cells = page.written_in("td") + page.written_in("small")
    assert {"−281,240", "+288,280", "−83", "1,000"} <= set(cells)
    assert {"−293,240 to −269,240", "+275,280 to +301,280"} <= set(cells)
    assert cells.count("same") == 2 * 27 - len(CHANGES)
    colours = {attributes["class"] for name, attributes in page.elements if name == "td" and "class" in attributes}
    assert {"fewer4", "more4", "fewer2", "none"} <= colours


def article_of(text, name):
    """Return what the page says about a scenario."""
    return text[text.index(f"<article><h3>{wording.scenario_name(name)}") :].split("</article>")[0]


def test_scenarios_have_their_stories_and_what_is_harmful_stands_before(text):
    for name in ("as_it_happened", "no_ceasefire", "border_never_opened"):
        article = article_of(text, name)
        harm, story = article.index("Illegal or harmful in the real world"), article.index(f"The story of {name}.")
        assert harm < story
    assert "Illegal and harmful: people are stopped by force. Denies the right to seek asylum." in text
    assert "Harmful: attacks go on." in text


def test_measures_are_told_as_differences_from_the_baseline(text):
    one, other = (article_of(text, name) for name in ("no_ceasefire", "border_never_opened"))
    assert "Measures that the baseline has not" in one and "attacks" in one
    assert "Measures of the baseline that are left out" in one and "A ceasefire holds." in one
    assert "first day 2020-02-10 instead of 2020-02-28" in other
    assert "The same as under the baseline: ceasefire." in other


def test_those_who_bear_it_are_named_by_their_groups(page):
    cells = [text for _, text in page.texts]
    assert sum(text.startswith("5,800 people take another path: on some day ") for text in cells) == 1
    assert "Nobody takes another path than under the baseline." in cells  # border never opened
    assert "5,500 people: returned home → displaced in Idleb area" in cells
    assert "−600 (−60 %)" in cells and "+7,000 (+700 %)" in cells
    assert not any("+5 (" in text for text in cells)  # within chance


def test_those_whose_path_differs_are_told_by_group_origin_and_size(page):
    cells = page.written_in("li")
    assert "By group – Residents of NW Syria: 5,000 (10 %); Afghans in Turkey: 800 (50 %)." in cells
    assert "By place of origin – Saraqab: 5,000 (10 %); İstanbul: 800 (50 %)." in cells
    assert "By people in the household – 1 or 2: 800 (50 %); 3 to 5: 5,000 (10 %)." in cells


def test_households_are_told_side_by_side(text, page):
    part = text[text.index('<section id="journeys"') :].split('<section id="pictures"')[0]
    line, other = part.split("<tr>")[2:4]
    assert line.index("At first they fled. On 7 Mar 2020 the paths part.") < line.index("They went home.")
    assert line.index("Returned home") < line.index("They went home.") < line.index("They went &lt;on&gt;.")
    assert "5 people from Saraqab" in line and "the row stands for 2,000 people" in line
    assert "1 person from İstanbul" in other and "Not followed day by day: only its end is known." in other
    assert "No household takes another path than under the baseline." in page.written_in("p")


def test_worth_of_a_pair_stands_in_the_scorecard_and_is_explained(page):
    assert "a pair is worth 12 (5.0 to 40)" in page.written_in("small")
    assert any("its own 95 % interval stands in brackets" in text for text in page.written_in("p"))


def test_worth_of_a_pair_is_not_told_from_one_seed(case):
    assert "pair is worth" not in comparison_page(comparison(CHANGES, n_seeds=1), case, "nowhere", COMMAND)


def test_the_page_tells_how_to_repeat_it(page):
    assert COMMAND in page.written_in("code")
    assert any("Seeds: 1, 2, 3." in text for text in page.written_in("li"))
    assert any("one household in 400" in text for text in page.written_in("p"))
    assert "Note: made by different versions." in page.written_in("p")


def test_words_for_people_are_neutral(text):
    assert not re.search(r"\b(waves?|influx|floods?|illegals|swarm)\b", text, re.IGNORECASE)


def test_the_map_has_every_run_the_baseline_first_and_a_box_to_choose_from(page):
    data, script = (text for name, text in page.texts if name == "script")
    played = json.loads(data)["player"]
    names = ["as it happened", "no ceasefire", "border never opened"]
    assert [run["label"] for run in played["runs"]] == names
    assert page.written_in("option")[:2] == names[1:] and "OnwardPlayer" in script
    # on day 60 each scenario has 10,000 people more in tents in Dana than the one before
    dana, tents = [place["name"] for place in played["places"]].index("Dana"), 3
    stocks = [zip(*[iter(run["stocks"])] * 3, strict=True) for run in played["runs"]]
    in_tents = [[unpacked(played["pool"][n])[60] for place, status, n in one if (place, status) == (dana, tents)]
                for one in stocks]  # fmt: skip
    assert in_tents == [[], [10_000], [20_000]]


def test_assumptions_are_counted_and_each_number_has_its_reason(case, folder):
    made = comparison({})
    made.runs["as_it_happened"].config["behaviour"] = {"push_strike": 2.4, "leave_max": 0.12}
    page = Page(comparison_page(made, case, folder, COMMAND))
    # what `sim check` counts, and the README with it
    assert any("assumed 425" in text for text in page.written_in("p"))
    assert any(text.startswith("C. A: deadly single strikes") for text in page.written_in("td"))
    assert "The 2 numbers of the behaviour, with their reasons" in page.written_in("summary")


# ---- how far it fits


def test_published_counts_stand_beside_simulated_ones_with_their_use(case):
    made = comparison({})
    beside = beside_observations(made.runs["as_it_happened"], case)
    row = beside[(beside["outcome"] == "displaced") & (beside["when"] == "by 8 Jan 2020")].iloc[0]
    assert (row["published"], row["simulated"]) == (312_000, 1002.0)
    text = run_page(made.runs["as_it_happened"], case, "nowhere", COMMAND)
    line = text[text.index("by 8 Jan 2020") :].split("</tr>")[0]
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", "<td>" + line)
    assert cells == ["by 8 Jan 2020", "used to fit", "312,000", "1,002", "1,001 to 1,003", "−100 %", "−3.8 %"]
    assert text.count("never fitted to</td>") == (beside["use"] == "validation").sum() > 5
    assert "UN OCHA" in text and "None were drawn." in text


def test_naive_forecast_is_told_even_where_it_is_better(case):
    beside = beside_observations(comparison({}).runs["as_it_happened"], case)
    rows = beside[beside["use"] == "validation"]
    own, naive = (100 * rows[name].abs().median() for name in ("error", "persistence_error"))
    assert naive < own
    text = run_page(comparison({}).runs["as_it_happened"], case, "nowhere", COMMAND)
    assert f"half of them are off by {own:.0f} % or less; for the naive forecast {naive:.0f} %" in text


def test_a_case_without_observations_says_so(made):
    text = (made.folder / "report.html").read_text(encoding="utf-8")
    assert "Nothing was published that this run could be held against." in text


# ---- the command


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a comparison of toyland, with its two runs in its folder."""
    words = ["scenarios=[facts_only,facts_only+border_opening]", "case=toyland", "replicates=2"]
    return sim.compare([*words, f"out={tmp_path_factory.mktemp('toyland') / 'made'}"])


def test_comparisons_end_with_a_report_that_can_be_written_again(made, monkeypatch, capsys):
    monkeypatch.chdir(made.folder.parent)
    page = made.folder / "report.html"
    first = page.read_bytes()
    assert len(Page(first.decode()).all("img")) == 6
    assert main(["report", "made"]) == 0 and capsys.readouterr().out.split() == ["report", "made/report.html"]
    assert page.read_bytes() == first
    assert sim.open_comparison("made").manifest["files"]["report.html"]["bytes"] == len(first)


def test_runs_can_have_a_report_and_are_still_whole(made, tmp_path):
    path = sim.report(shutil.copytree(made.runs["facts_only"].folder, tmp_path / "run"))
    run = sim.open_run(path.parent)  # would refuse a folder whose files are not those of its manifest
    page = Page(path.read_text(encoding="utf-8"))
    assert len(page.all("img")) == len(run.pictures) and "Facts only: what the simulation says" in page.written_in("h1")
    sim.run(["case=toyland", "output.pictures=false", f"out={path.parent}"])  # may replace it: nothing strange is in it
    assert not path.exists()


def test_writing_a_report_into_nothing_is_one_sentence(tmp_path, capsys):
    assert main(["report", str(tmp_path / "nowhere")]) == 2
    assert "there is no run folder" in capsys.readouterr().err


def test_the_report_is_written_beside_its_pictures(case, folder):
    path = write_report(comparison({}), case, folder, COMMAND)
    assert path == folder / "report.html" and path.stat().st_size < 5_000_000
    with pytest.raises(InputError):
        sim.report(folder)  # no manifest: not a finished comparison or run


def test_pictures_are_drawn_for_print_and_the_folder_stays_whole(made, tmp_path, capsys):
    folder = shutil.copytree(made.folder, tmp_path / "copy")
    assert main(["report", str(folder), "--svg"]) == 0
    drawn = {path.name for path in folder.glob("*.svg")}
    assert drawn == {path.with_suffix(".svg").name for path in folder.glob("*.png")} and len(drawn) == 6
    assert {f"{name}.svg" for name in ("maps", "flows")} <= set(sim.open_comparison(folder).manifest["files"])
    capsys.readouterr()


def test_the_data_of_the_maps_lie_beside_them(made):
    maps = pd.read_csv(made.folder / "maps.csv")
    daily = made.runs["facts_only"].daily
    day = (pd.Timestamp(maps["date"].iloc[0]) - daily["date"].min()).days
    away = daily[(daily["day"] == day) & ~daily["status"].isin(["home", "returned", "dead"])]
    away = away.groupby(away["location"].astype(str))["people"].sum() / 2  # two seeds
    drawn = maps[maps["scenario"] == "facts_only"].groupby("place")["people"].sum()
    assert drawn.to_dict() == away[away > 0].to_dict()
