"""The plain model in Mesa's standard viewer: `sim web --mesa`, or `solara run sim.web.mesa_view`.

Every household is a Mesa agent here, so it runs a small population for some days. The viewer's inputs are the model's.
"""

import functools

import solara
from mesa.visualization import SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from sim.agents import Location
from sim.compose import compose
from sim.model import DisplacementModel
from sim.paths import groups
from sim.reference import MesaDriver
from sim.runner import checked_case
from sim.views.style import new_figure
from sim.web.catalogue import composed

CASES = ("toyland", "idlib_2020")


class PlainModel(DisplacementModel):
    """The displacement model with one Mesa agent a household, set by what the viewer can ask for.

    Parameters
    ----------
    case
        toyland (five places) or idlib_2020 (one household in 400).
    scenario
        Of idlib_2020; toyland has its own facts only.
    seed
        Decides all luck.
    onward_rate, leave_max
        Two parameters of the behaviour [1/day].
    """

    def __init__(self, case="toyland", scenario="as_it_happened", seed=1, onward_rate=0.2, leave_max=0.15):
        words = [f"case={case}", "population=tiny", f"behaviour.onward_rate={onward_rate}"]
        words += [f"behaviour.leave_max={leave_max}"]
        words += [f"scenario={scenario}"] * (case == "idlib_2020")
        config = composed(words)
        super().__init__(config, _facts(case), int(seed), MesaDriver)


@functools.cache
def _facts(case: str):
    return checked_case(compose([f"case={case}"]))


@solara.component
def PlacesMap(model):
    """Draw the places as circles, sized by people and coloured by the threat felt there."""
    update_counter.get()
    figure = new_figure(6, 4.5)
    ax = figure.subplots()
    places = list(model.agents_by_type[Location])
    facts = model.case.locations.set_index("name")
    lon, lat = ([float(facts.loc[place.name, which]) for place in places] for which in ("lon", "lat"))
    most = max(1, *(place.people for place in places))
    size = [20 + 600 * place.people / most for place in places]
    threat = [place.threat for place in places]
    dots = ax.scatter(lon, lat, size, threat, cmap="cividis", vmin=0, vmax=max(1.0, *threat), edgecolors="#333333")
    figure.colorbar(dots, label="felt threat [1 = one bombardment]")
    title = f"Day {model.day}: {model.displaced:,} displaced" if model.day >= 0 else "Before the first day"
    ax.set(xlabel="longitude [°]", ylabel="latitude [°]", title=title)
    solara.FigureMatplotlib(figure)


def _slider(label: str, value: float, low: float, high: float) -> dict:
    return {"type": "SliderFloat", "label": label, "value": value, "min": low, "max": high, "step": 0.01}


INPUTS = {
    "case": {"type": "Select", "value": "toyland", "values": list(CASES), "label": "Case"},
    "scenario": {"type": "Select", "value": "as_it_happened", "values": groups()["scenario"], "label": "Scenario"},
    "seed": {"type": "InputText", "value": 1, "label": "Seed"},
    "onward_rate": _slider("Onward rate [1/day]", 0.2, 0.1, 0.3),
    "leave_max": _slider("Quickest leaving [1/day]", 0.15, 0.08, 0.3),
}


@solara.component
def Page():
    """Mesa's viewer with the plain model."""
    begin = solara.use_memo(lambda: solara.reactive(PlainModel()), [])
    SolaraViz(
        begin,
        components=[PlacesMap, make_plot_component("displaced"), make_plot_component("belief")],
        model_params=INPUTS,
        name="onward-sim, the plain Mesa model",
    )
