"""The page of one validation or several: every case and score beside Flee's and the naive forecasts', good or bad."""

from collections.abc import Iterable, Sequence

import pandas as pd

from sim.runner import repeatable
from sim.seeds import load_flee_scores
from sim.studies.agreement import FAMILIES, LAYERS
from sim.studies.targets import percent
from sim.studies.validation import Validation

_RULES = {
    "flee_default": "Flee, default settings",
    "flee_best": "Flee, best of 8",
    "equal_split": "equal split",
    "capacity_split": "capacity split",
    "straight_1": "1/(km + 10)",
    "straight_3": "1/(km + 10)^3",
    "persistence_30": "persistence",
}
_BARS = ("flee_default", "flee_best", "equal_split", "capacity_split", "straight_1", "straight_3")
_INTRO = """# Validation

Written by `sim validate`; change nothing here by hand. The scores are defined in `sim/scores.py`. ARD is Flee's
averaged relative difference: what is wrong, summed over places, as a share of the people observed that day (0 is
perfect, 2 the worst where totals agree); rescaled, each day's prediction is first scaled to the observed total. CRPS is
that of an ensemble, in people. Skill is 1 less the model's error over the naive forecast's: 1 is perfect, below 0 the
naive forecast is better. Naive forecasts look at earlier dates only.

Bands with the error of counting hold what would be published had the model been right. How large that error is, family
by family, stands with its reasons in `conf/calibration.yaml`, from how counts are made and how far sources differ; how
far the model is from counts marked validation has no part in it."""


def page(validations: Sequence[Validation]) -> str:
    """Return the page of finished validations as Markdown."""
    kinds = {("places", "fit"): [], ("places", "forecast"): [], ("crisis", "fit"): [], ("crisis", "forecast"): []}
    for made in validations:
        for name, scored in made.summary["cases"].items():
            kinds["places" if "naive" in scored else "crisis", scored["mode"]].append((made, name, scored))
    parts = [_INTRO]
    if kinds["places", "fit"]:
        parts += _places_fit(kinds["places", "fit"])
    if kinds["places", "forecast"]:
        parts += _places_forecast(kinds["places", "forecast"])
    for made, name, scored in kinds["crisis", "fit"]:
        parts += _crisis_fit(made, name, scored)
    for made, name, scored in kinds["crisis", "forecast"]:
        parts += _crisis_forecast(made, name, scored)
    return "\n\n".join(parts) + "\n"


def _places_fit(found: list) -> list[str]:
    """Return the tables of the cases of people by day and place."""
    head = ["case", "rules", "ARD", "rescaled", "Flee's best ARD", *(_RULES[rule] for rule in _BARS), "best of all"]
    lines = []
    for made in dict.fromkeys(made for made, *_ in found):
        own = [_against_bars(name, scored) for one, name, scored in found if one is made]
        lines += own
        if len(own) > 1:
            columns = list(zip(*own, strict=True))[2:-1]
            means = [None if None in column else sum(column) / len(column) for column in columns]
            lines.append(["mean", own[0][1], *means, ""])
    intro = (
        "Columns from Flee to the right are rescaled, the same data for all (`seeds/flee/scores.csv`). The capacities "
        "that these directories give were filled in from the largest counts, so whoever uses them (Flee, the capacity "
        "split, the rules onward) knows something of what came; `experiments/conflicts.md` tells what is left without."
    )
    parts = ["## Where people go: conflicts in Flee's format", intro, _table(head, lines), _commands(found)]
    for made, name, scored in found:
        parts += [f"### {name}, {_how(scored)}", *_notes(scored), _overall(made, name), _by_place(made, name)]
    return parts


def _against_bars(name: str, scored: dict) -> list:
    """Return a case's line: its scores, those of Flee and of rules of a few lines, and which is best."""
    known = load_flee_scores().set_index(["case", "rule", "score"])["value"]
    bars = [known.get((name, rule, "ard_rescaled")) for rule in _BARS]
    told = [bar for bar in bars if bar is not None]
    best = "" if not told else ("model" if scored["ard_rescaled"] < min(told) else f"{min(told):.3f}")
    flee = known.get((name, "flee_best", "ard"))
    return [name, _how(scored), scored["ard"], scored["ard_rescaled"], flee, *bars, best]


def _overall(made: Validation, name: str) -> str:
    table = made.table(name, "overall")
    head = ["forecast", "from day", "ARD", "rescaled", "MAE", "bias", "model's rescaled there", "skill"]
    lines = []
    for row in table.itertuples():
        lines.append(
            [row.forecast, row.from_day, row.ard, row.ard_rescaled, row.mae, row.bias, row.model_there, row.skill]
        )
    return _table(head, lines) + "\n\n" + _bands(table.iloc[0])


def _spread(scored) -> str:
    """Say what the bands show: chance alone, or how much of their width is chance and how much parameters."""
    chance, parameters = (scored[f"width_{name}"] for name in ("chance", "parameters"))
    if parameters is None or pd.isna(parameters):
        return "With one parameter set the bands show chance alone, not how little is known of the parameters."
    apart = f"chance alone would make them {percent(chance)} as wide" if chance is not None and pd.notna(chance) else ""
    own = f"parameters alone would make them {percent(parameters)} as wide"
    return f"The 90 % bands hold chance and parameters: {' and '.join(filter(None, (apart, own)))}."


def _how(scored: dict) -> str:
    """Say by which rules a case was simulated, and whether their values had seen it."""
    return f"{scored['rules']}, left out of the fit" if scored["left_out"] else scored["rules"]


def _bands(row) -> str:
    covered = f"{percent(row['coverage_50'])} and {percent(row['coverage_90'])}"
    return f"The 50 and 90 % bands hold {covered} of the days and places; CRPS {_cell(row['crps'])}. {_spread(row)}"


def _by_place(made: Validation, name: str) -> str:
    head = ["place", "part of ARD", "of rescaled", "MAE", "bias", "in 50 %", "in 90 %", "CRPS", "observed at the end"]
    rows = made.table(name, "by_place").itertuples()
    lines = []
    for row in rows:
        covered = [percent(row.coverage_50), percent(row.coverage_90)]
        errors = [row.ard_part, row.ard_rescaled_part, row.mae, row.bias]
        lines.append([str(row.place), *errors, *covered, row.crps, row.observed_at_end])
    return _table(head, lines)


def _places_forecast(found: list) -> list[str]:
    known = load_flee_scores().set_index(["case", "rule", "score"])["value"]
    head = ["case", "rules", "days", "model from observed stocks", "persistence", "last trend"]
    head += ["persistence, as tabled", "skill against persistence", "against last trend", "in 90 %"]
    lines, all_lines = [], []
    for made, name, scored in found:
        table = made.table(name, "overall")
        errors = table.assign(forecast=table["forecast"].astype(str)).set_index("forecast")["ard_rescaled"]
        own = [errors[one] for one in ("model from observed stocks", "persistence", "last trend")]
        skills = [scored["skill_persistence"], scored["skill_last_trend"], percent(scored["coverage_90"])]
        tabled = known.get((name, "persistence_30", "ard_rescaled")) if scored["horizon"] == 30 else None
        lines.append([name, _how(scored), scored["horizon"], *own, tabled, *skills])
        all_lines += [[name, _how(scored), str(row.forecast), *_of_forecast(row)] for row in table.itertuples()]
    intro = (
        "Rescaled ARD of forecasts that start from the observed people in each place and are made anew every day. By "
        "the rules onward, the model shares out as many newcomers as came of late, from the stocks of the start, "
        "with the closures of the days ahead as announced. Observed counts of the days between two registrations lie "
        "on a line that knows the later one, for the model and the naive forecasts alike; the second table also starts "
        "from the last published counts. There, the model's change since is that of the run from day 0, which knows "
        "how many newcomers there were."
    )
    every = ["case", "rules", "forecast", "ARD", "rescaled", "MAE", "bias", "skill against persistence", "last trend"]
    parts = ["## Forecasts: conflicts in Flee's format", intro, _table(head, lines), _table(every, all_lines)]
    return [*parts, _commands(found)]


def _of_forecast(row) -> list:
    return [row.ard, row.ard_rescaled, row.mae, row.bias, row.skill_persistence, row.skill_last_trend]


def _crisis_fit(made: Validation, name: str, scored: dict) -> list[str]:
    """Return the targets, the scores and every count of a case with published counts of its own."""
    counts, members = made.table(name, "counts"), scored["parameter_sets"] * scored["seeds"]
    sets = f", {scored['parameter_sets']} parameter sets" * (scored["parameter_sets"] > 1)
    parts = [f"## {name}: published counts{sets}", _commands([(made, name, scored)]), *_notes(scored)]
    runs = f"{members} runs: parameter sets {scored['parameter_sets']}, seeds {scored['seeds']}"
    parts.append(f"{runs}; one row stands for {scored['one_in']} households. {_spread(scored)}")
    for use, title in (("validation", "never fitted to"), ("calibration", "used to fit")):
        targets = [[one["name"], one["limit"], one["found"], one["met"]] for one in scored[use]["targets"]]
        parts += [f"### Counts {title}", _table(["target", "limit", "found", "met"], targets)]
        parts += [_layers(scored[use]["bands"]), *_outside(counts[counts["use"] == use])]
        parts += [_families(scored[use]["families"]), *_place_scores(scored[use]["places"])]
    parts += ["### Every count", _every_count(counts)]
    return parts


def _layers(layers: dict) -> str:
    """Return how many counts each layer of the bands holds, and how wide it is."""
    head = ["what the bands hold", "counts", "in 50 %", "in 90 %", "width of the 90 % bands (median)"]
    names = {layer or "both": name for layer, name in LAYERS.items()}
    lines = []
    for layer, row in layers.items():
        shares = [_percent(row[key]) for key in ("coverage_50", "coverage_90", "width_90")]
        lines.append([names[layer], row["n"], *shares])
    return _table(head, lines)


def _outside(counts: pd.DataFrame) -> list[str]:
    """Name the counts that lie outside even the widest bands."""
    missed = counts[~counts["inside_counted_90"] & (counts["family"].astype(str) != "shares")]
    if missed.empty:
        return ["No count lies outside the 90 % band with the error of counting."]
    told = [
        f"- {FAMILIES[str(row.family)]}{f', {row.place}' * bool(str(row.place))}, to {row.date.date()}: "
        f"{_cell(row.published)}, the band is {_cell(row.counted_low_90)} to {_cell(row.counted_high_90)}"
        for row in missed.sort_values(["date", "place"]).itertuples()
    ]
    return ["Outside the 90 % band with the error of counting:\n\n" + "\n".join(told)]


def _families(families: dict) -> str:
    head = ["counts", "n", "mean error", "worst", "MAE", "bias", "in 50 %", "in 90 %", "with counting error", "CRPS"]
    head += ["skill against persistence (n)", "against last trend (n)"]
    lines = []
    for family, row in families.items():
        errors = [_percent(row["relative_error"]), _percent(row["worst_error"], "+"), row["mae"], row["bias"]]
        covered = [_percent(row[f"coverage_{name}"]) for name in ("50", "90", "counted_90")] + [row["crps"]]
        skills = [_skill(row, naive) for naive in ("persistence", "trend")]
        lines.append([FAMILIES.get(family, "All counts of people"), row["n"], *errors, *covered, *skills])
    return _table(head, lines)


def _skill(row: dict, naive: str) -> str:
    value = row[f"skill_{naive}"]
    return "" if value is None else f"{value:.2f} ({row[f'n_{naive}']})"


def _place_scores(places: dict) -> Iterable[str]:
    for family, row in places.items():
        read = f"with the months' dates taken literally {row['ard_literal']:.3f}"
        yield f"{FAMILIES[family]}: ARD {row['ard']:.3f}, rescaled {row['ard_rescaled']:.3f}; {read}."


def _every_count(counts: pd.DataFrame) -> str:
    head = ["counts", "place", "period", "use", "published", "simulated", "50 % band", "90 % band"]
    head += ["with counting error", "error", "persistence", "last trend", "months taken literally"]
    lines = []
    uses, families = counts["use"].astype(str), counts["family"].astype(str)
    order = uses.map({"validation": 0, "calibration": 100}) + families.map(list(FAMILIES).index)
    for row in counts.assign(order=order).sort_values(["order", "date", "place"]).itertuples():
        period = str(row.date.date()) if row.start == row.date else f"{row.start.date()} to {row.date.date()}"
        ends = (row.low_50, row.high_50), (row.low_90, row.high_90), (row.counted_low_90, row.counted_high_90)
        bands = [f"{_cell(low)} to {_cell(high)}" for low, high in ends]
        literal = row.predicted_literal if abs(row.predicted_literal - row.predicted) > 1e-9 else None
        numbers = [row.published, row.predicted, *bands, _percent(row.error, "+"), row.persistence, row.trend, literal]
        lines.append([FAMILIES[str(row.family)], str(row.place), period, str(row.use), *numbers])
    return _table(head, lines)


def _crisis_forecast(made: Validation, name: str, scored: dict) -> list[str]:
    head = ["stock", "use of the count", "n", "MAE", "of persistence", "of last trend"]
    head += ["skill against persistence", "against last trend", "in 90 %", "CRPS"]
    lines = []
    for row in scored["forecasts"]:
        errors = [row["mae"], row["mae_persistence"], row["mae_trend"], row["skill_persistence"], row["skill_trend"]]
        name_of = row["outcome"].replace("_", " ")
        lines.append([name_of, row["use"], row["n"], *errors, _percent(row["coverage_90"]), row["crps"]])
    intro = (
        f"Each published stock is forecast from every one published in the {scored['horizon']} days before it: the "
        "published count of the start plus the model's own change since. The model knows the events and measures of "
        "the days in between, the naive forecasts do not."
    )
    return [f"## {name}: forecasts", intro, _table(head, lines), _commands([(made, name, scored)]), *_notes(scored)]


def _commands(found: list) -> str:
    commands = dict.fromkeys(repeatable(made.manifest["command"]) for made, *_ in found)
    return "Made by:\n\n" + "\n".join(f"    {command}" for command in commands)


def _notes(scored: dict) -> list[str]:
    return ["\n".join(f"- {note}" for note in scored["notes"])] if scored["notes"] else []


def _table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    rows = [head, ["---"] * len(head), *([_cell(cell) for cell in line] for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(value: object) -> str:
    """Write a cell: people with thousands separated, small numbers with three decimals, blanks as nothing."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, (int, float)):
        text = f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.3f}"
        return text.replace("-0.000", "0.000")
    return str(value).replace("|", "/")


def _percent(value: float | None, sign: str = "") -> str:
    return "" if value is None or pd.isna(value) else percent(value, sign)
