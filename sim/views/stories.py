"""The part of a report on the scenarios: their stories and measures, and what of them is illegal or harmful, first."""

from sim.views import answer, wording
from sim.views.markup import Markup, join, listed, tag

HARMFUL = ("illegal", "harmful")
TOLD = ("first_day", "last_day", "effects", "where", "who", "watch", "above")  # differences of a measure that are told


def scenario_parts(comparison) -> Markup:
    """Return each scenario: what of it is illegal or harmful, its story, its measures, and what it changes."""
    base = comparison.runs[comparison.baseline].config["policy"]
    return join(_scenario(comparison, name, run.config, base) for name, run in comparison.runs.items())


def _scenario(comparison, name: str, config: dict, base: dict) -> Markup:
    policy, story = config["policy"], tag("p", config["scenario"]["story"])
    if name == comparison.baseline:
        head = tag("h3", f"{wording.scenario_name(name)} (baseline)")
        return tag("article", head, harm(policy), story, tag("h4", "Its measures"), measures(policy))
    head = tag("h3", wording.scenario_name(name))
    changes = [tag("h4", "What it changes"), listed(answer.points(comparison, name))]
    return tag("article", head, harm(policy, base), story, _changed_measures(policy, base), changes)


def harm(policy: dict, base: dict | None = None) -> Markup:
    """Return the warning about measures that are illegal or harmful in the real world, or nothing.

    Parameters
    ----------
    base
        The baseline's measures: those that are the same are named only, for they are described there.
    """
    harmful = {name: one for name, one in policy.items() if one["harm"] or one["what"].lower().startswith(HARMFUL)}
    known = [name for name in harmful if base and name in base]
    lines = [_named(name, f": {one['what']} {one['harm']}") for name, one in harmful.items() if name not in known]
    if known:
        names = ", ".join(wording.scenario_name(name) for name in known)
        lines.append(join([tag("strong", "As under the baseline"), f": {names}."]))
    if not lines:
        return Markup("")
    return tag("div", tag("p", "Illegal or harmful in the real world:"), listed(lines), class_="harm")


def _changed_measures(policy: dict, base: dict) -> Markup:
    """Return the measures that are other than under the baseline, and name those that are the same."""
    added = {name: measure for name, measure in policy.items() if name not in base}
    other = {name: measure for name, measure in policy.items() if name in base and measure != base[name]}
    missing = [_named(name, f": {measure['what']}") for name, measure in base.items() if name not in policy]
    kept = [wording.scenario_name(name) for name in policy if name in base and name not in other]
    parts = [[tag("h4", "Measures that the baseline has not"), measures(added)]] * bool(added)
    if other:
        lines = [_named(name, f": {_difference(measure, base[name])}") for name, measure in other.items()]
        parts.append([tag("h4", "Measures other than under the baseline"), listed(lines)])
    parts += [[tag("h4", "Measures of the baseline that are left out"), listed(missing)]] * bool(missing)
    if kept:
        parts.append(tag("p", f"The same as under the baseline: {', '.join(kept)}.", class_="quiet"))
    return join(parts)


def _difference(measure: dict, base: dict) -> str:
    """Say in what a measure differs from the baseline's."""
    changes = [
        f"{key.replace('_', ' ')} {_value(measure[key])} instead of {_value(base[key])}"
        for key in TOLD
        if measure[key] != base[key]
    ]
    return "; ".join(changes) if changes else measure["what"]


def _value(value) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {amount:g}" for name, amount in value.items())
    if isinstance(value, list):
        return ", ".join(value) or "everywhere"
    return str(value) if value not in ("", None) else "none"


def measures(policy: dict) -> Markup:
    """Return measures with their dates, reasons and sources."""
    if not policy:
        return tag("p", "None.")
    return listed(_measure(name, measure) for name, measure in policy.items())


def _measure(name: str, measure: dict) -> Markup:
    source = f" Source: {measure['source']}." if measure["source"] else ""
    reason = tag("span", f"{measure['because']}{source}", class_="quiet")
    return join([_named(name, f" ({_period(measure)}): {measure['what']} "), reason])


def _named(name: str, text: str) -> Markup:
    return join([tag("strong", wording.scenario_name(name)), text])


def _period(measure: dict) -> str:
    if not measure["last_day"]:
        return f"from {measure['first_day']}"
    if measure["last_day"] == measure["first_day"]:
        return f"on {measure['first_day']}"
    return f"{measure['first_day']} to {measure['last_day']}"
