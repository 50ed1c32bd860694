"""Pictures of a validation: what is drawn where, and that no text covers another."""

import datetime

import numpy as np
import pandas as pd
from pictures import boxes_of, overlapping

from sim.studies.agreement import FAMILIES
from sim.views.agreement import agreement_plot
from sim.views.fans import forecast_fans
from sim.views.placeseries import place_series
from sim.views.validation import draw_places

DAY = datetime.date(2020, 2, 1)


def count(family, use, ratio, **others):
    """Return a count of 1,000 people with bands of a tenth and a fifth around so many times as many."""
    last = DAY + datetime.timedelta(days=6)
    bands = {"low_90": 0.8, "low_50": 0.9, "high_50": 1.1, "high_90": 1.2}
    bands |= {"counted_low_90": 0.7, "counted_high_90": 1.3}
    row = dict(family=family, place="Dana", kind="flow", start=DAY, date=last, use=use, published=1000.0)
    row |= dict(predicted=1000 * ratio, inside_90=0.8 <= 1 / ratio <= 1.2, persistence=np.nan)
    row["inside_counted_90"] = 0.7 <= 1 / ratio <= 1.3
    return row | {name: 1000 * ratio * share for name, share in bands.items()} | others


def drawn_points(ax, marker):
    return [line.get_xdata()[0] for line in ax.lines if line.get_marker() == marker]


def test_counts_stand_at_their_ratio_and_beyond_the_edge_with_an_arrow():
    rows = [count("destinations", "validation", 1.1), count("origins", "validation", 9.0, persistence=500.0)]
    rows.append(count("displaced", "calibration", 0.5))
    figure = agreement_plot(pd.DataFrame(rows), FAMILIES, "Here")
    fitted, kept = figure.axes
    assert (fitted.get_title(loc="left"), kept.get_title(loc="left")) == ("Used to fit (1)", "Never fitted to (2)")
    assert drawn_points(fitted, "o") == [0.5]
    assert drawn_points(kept, "o") == [1.1] and drawn_points(kept, ">") == [4.0]
    assert drawn_points(kept, "x") == [0.5]


def test_no_text_covers_another():
    use = ["calibration", "validation"]
    rows = [count(family, use[i % 2], 0.5 + 0.1 * i, place=f"place {i}") for i, family in enumerate(FAMILIES)]
    figure = agreement_plot(pd.DataFrame(rows), FAMILIES, "Here", "sim validate population=class seed=3")
    figure.draw_without_rendering()
    texts = [text for ax in figure.axes for text in (*ax.texts, ax.title, ax._left_title)] + figure.texts
    renderer = figure.canvas.get_renderer()
    boxes = [(name, box.shrunk(0.98, 0.8)) for name, box in boxes_of(texts, renderer)]
    assert len(boxes) > 30
    assert overlapping(boxes) == []


def test_each_place_has_a_panel_with_its_part_of_the_error(tmp_path):
    dates = pd.date_range("2020-01-01", periods=50)
    bands = {"low_90": 5.0, "low_50": 8.0, "high_50": 12.0, "high_90": 20_000.0}
    by_day = pd.concat([pd.DataFrame({"date": dates, "place": name, **bands}) for name in ("West_camp", "East")])
    by_day = by_day.assign(observed=9.0, predicted=10.0)
    by_place = pd.DataFrame({"place": ["West_camp", "East"], "ard_rescaled_part": [0.25, 0.0314]})
    figure = place_series(by_day, by_place, "Here", "below")
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["West camp  (0.250)", "East  (0.031)"]
    observed, predicted = (figure.axes[0].lines[i].get_ydata()[0] for i in (1, 0))
    assert (observed, predicted) == (0.009, 0.010)  # thousand people
    overall = pd.DataFrame([{"forecast": "model", "ard": 0.5, "ard_rescaled": 0.25}])
    paths = draw_places("here", {"by_day": by_day, "by_place": by_place, "overall": overall}, tmp_path, "")
    assert [path.name for path in paths] == ["places.png"] and paths[0].stat().st_size > 10_000


def test_each_forecast_leads_from_its_start_to_what_it_foretells():
    row = dict(outcome="displaced", use="validation", start=DAY, date=DAY + datetime.timedelta(days=20))
    row |= dict(at_start=100.0, published=150.0, predicted=180.0, low_90=170.0, high_90=200.0)
    scored = pd.DataFrame([dict(outcome="displaced", use="validation", n=1, skill_persistence=0.4)])
    (ax,) = forecast_fans(pd.DataFrame([row]), scored, "Here").axes
    assert ax.get_title(loc="left") == "Ever displaced  (validation 0.40)"
    ends = [list(line.get_ydata()) for line in ax.lines]
    assert [100, 180] in ends and [170, 200] in ends and [150] in ends
