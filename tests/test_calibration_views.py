"""The pictures of a calibration, against numbers counted by hand."""

import pandas as pd
import pytest

from sim.views.calibration import BINS, posterior_plot, residual_plot

SUMMARY = {"sets": 4, "loss_tolerated": 9.0, "effective_sets": 3.2, "rows": 2, "seeds": [1, 2, 3], "unfitted": 0}
SUMMARY |= {"loss_before": 30.0, "loss_best": 5.0}
PARAMETERS = pd.DataFrame(
    {
        "parameter": ["behaviour.onward_rate", "behaviour.spread_km"],
        "unit": ["1/day", "km"],
        "low": [0.0, 1.0],
        "high": [1.2, 4096.0],
        "scale": ["linear", "log"],
        "before": [0.6, 64.0],
        "best": [0.05, 5000.0],
        "told": [0.5, 1.0],
    }
)
SETS = {"behaviour.onward_rate": [0.05, 0.05, 0.55, 1.15], "behaviour.spread_km": [1.5, 3.0, 3.5, 3000.0]}
POSTERIOR = pd.DataFrame({**SETS, "weight": [0.4, 0.1, 0.3, 0.2]})


def test_each_parameter_shows_the_weight_in_each_twelfth_of_its_prior():
    figure = posterior_plot(PARAMETERS, POSTERIOR, SUMMARY, "sim calibrate")
    assert BINS == 12 and len(figure.axes) == 2
    linear, log = ([bar.get_height() for bar in ax.containers[0]] for ax in figure.axes)
    assert linear == pytest.approx([0.5 * 12, 0, 0, 0, 0, 0.3 * 12, 0, 0, 0, 0, 0, 0.2 * 12])
    assert log == pytest.approx([0.4 * 12, 0.4 * 12, *[0] * 9, 0.2 * 12])  # each twelfth doubles the value
    before, best = figure.axes[0].lines
    assert (before.get_xdata()[0], best.get_xdata()[0]) == (0.6, 0.05)
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["onward rate", "spread km"]


def test_the_legend_lies_below_the_panels_however_long_the_command_is():
    command = f"sim calibrate unfitted=[{','.join(f'parameter_{i}' for i in range(60))}]"
    figure = posterior_plot(PARAMETERS, POSTERIOR, SUMMARY, command)
    figure.draw_without_rendering()
    top = figure.legends[0].get_window_extent().y1
    assert top < min(ax.get_tightbbox().y0 for ax in figure.axes)


def test_each_count_stands_where_it_was_and_where_the_best_set_brings_it():
    rows = pd.DataFrame(
        {
            "id": ["displaced_2020_01_01", "arrivals_dana_2020_02_29"],
            "value": [300_000, 248_842],
            "tolerance": [0.04, 0.15],
            "residual_before": [-50.0, 1.5],
            "residual_best": [0.5, -0.5],
        }
    )
    (ax,) = residual_plot(rows, SUMMARY, "sim calibrate").axes
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == ["Displaced, 2020-01-01: 300,000 ± 4%", "Arrivals dana, 2020-02-29: 248,842 ± 15%"]
    dots = [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "o"]
    assert dots == [(-6, 0), (0.5, 0), (1.5, 1), (-0.5, 1)]  # what lies beyond stands at the edge
