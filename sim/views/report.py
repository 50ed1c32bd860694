"""The report: one HTML file that works from a USB stick, for a comparison or for a single run."""

import datetime
from pathlib import Path

from sim.headlines import beside_observations
from sim.views import answer, assumptions, contrast, days, fit, journeys, sections, stories, wording
from sim.views.embedding import embedded
from sim.views.markup import Markup, join, listed, tag

NAME = "report.html"
PICTURES = {
    "scorecard.png": ("Every outcome under every scenario", "The numbers are those of the table “Scorecard”."),
    "outcomes.png": ("The main outcomes over time", "Each scenario beside the baseline, which is grey."),
    "forest.png": ("Differences with their intervals", "An interval that does not hold zero is more than chance."),
    "difference_map.png": ("Where more and fewer people are", "Orange: more than under the baseline; blue: fewer."),
    "maps.png": ("Where people are", "All scenarios on one day and one scale."),
    "flows.png": ("Who went where", "All scenarios over the same days and on one scale."),
    "map.png": ("Where people are", "On the day with most people in displacement."),
    "series.png": ("The main outcomes over time", "Dots are published numbers."),
}
ASSUMED = (
    "People flee from threat, which dated events raise; the numbers behind it are searched on published counts or "
    "assumed. conf/behaviour/default.yaml gives the reason for each, seeds/README.md that for each assumed fact.",
    "A policy changes the rules of a day: what is open, allowed and costs what. People respond to the rules. Nothing "
    "else about a policy is in the model: not diplomacy, not what a government would do next.",
    "Under every scenario the same people have the same luck; within the model a difference is the policy's doing.",
    "Places are sub-districts, towns, crossings and provinces; families stay together; everyone belongs to one of a "
    "few groups.",
)
PAIRS = (
    "“A pair is worth 12 (5 to 40)”: without shared luck, 12 times as many runs would be needed for an interval as "
    "narrow. It is estimated from the seeds, too: its own 95 % interval stands in brackets. Where not one seed differs "
    "(“same”), no number of runs with luck of their own would show it."
)
NOT_FOR = (
    "Not for predicting, selecting or stopping individuals or families, for directing border enforcement, or for "
    "decisions on anybody's protection. Rows stand for people, but the model knows nothing about any real person.",
    "Not for absolute numbers under policies that never happened: those are orders of magnitude. Compare scenarios on "
    "the same seeds, and tell ranges.",
    "Pushbacks, the suspension of asylum and keeping people at a border by force are simulated because they happened, "
    "and counted openly. That a measure stands in a scenario is no advice to take it.",
)


def write_report(comparison, case, folder: Path | str, command: str) -> Path:
    """Write the report of a comparison beside its pictures; the parameters are those of `comparison_page`."""
    path = Path(folder) / NAME
    path.write_text(comparison_page(comparison, case, folder, command), encoding="utf-8", newline="\n")
    return path


def comparison_page(comparison, case, folder: Path | str, command: str) -> str:
    """Return the report of a comparison.

    Parameters
    ----------
    comparison
        A `sim.studies.comparison.Comparison`.
    folder
        Where the pictures lie.
    command
        The command line that repeats the comparison.
    """
    base = comparison.runs[comparison.baseline]
    beside = beside_observations(base, case)
    parts = {
        "question": ("The question", _question(comparison, base)),
        "answer": ("The answer", _answer(comparison)),
        "scorecard": ("Scorecard", _scorecard(comparison)),
        "days": ("Day by day, on a map", days.days_part(_baseline_first(comparison), case)),
        "fit": ("How far the baseline fits what was published", fit.fit_part(beside)),
        "scenarios": ("The scenarios", stories.scenario_parts(comparison)),
        "bearers": ("Who bears what", sections.bearer_parts(comparison, case)),
        "journeys": ("Five households of each scenario, side by side", journeys.journey_parts(comparison, case)),
        "pictures": ("Pictures", pictures(Path(folder))),
        **_foundations(base, case, command, beside),
    }
    title = f"What would have changed? {len(comparison.runs)} scenarios compared"
    return _page(title, _about(base), parts)


def run_page(run, case, folder: Path | str, command: str) -> str:
    """Return the report of a single run; the parameters are those of `comparison_page`."""
    policy = run.config["policy"]
    name = wording.scenario_name(run.config["scenario"]["name"])
    beside = beside_observations(run, case)
    parts = {
        "scenario": ("The scenario", join([stories.harm(policy), tag("p", run.config["scenario"]["story"])])),
        "measures": ("Its measures", stories.measures(policy)),
        "outcomes": ("What comes out", fit.summary_table(run)),
        "days": ("Day by day, on a map", days.days_part({run.config["scenario"]["name"]: run}, case)),
        "fit": ("How far the run fits what was published", fit.fit_part(beside)),
        "pictures": ("Pictures", pictures(Path(folder))),
        **_foundations(run, case, command, beside),
    }
    return _page(f"{name.capitalize()}: what the simulation says", _about(run), parts)


def _baseline_first(comparison) -> dict:
    names = sorted(comparison.runs, key=lambda name: name != comparison.baseline)
    return {name: comparison.runs[name] for name in names}


def _foundations(run, case, command: str, beside) -> dict:
    """Return the parts that every report ends with; `beside` are the published counts beside the run's."""
    known = assumptions.assumption_parts(run, case)
    limits = join([listed(ASSUMED), tag("div", listed(NOT_FOR), class_="harm"), known])
    return {
        "limits": ("Assumptions, and what not to use it for", limits),
        "sources": ("Sources", fit.sources_part(case, beside)),
        "repeat": ("How to repeat it", _repeat(run, command)),
    }


def _page(title: str, about: str, parts: dict) -> str:
    links = listed(tag("a", name, href=f"#{key}") for key, (name, _) in parts.items())
    body = [
        tag("section", tag("h2", name, id=f"{key}-title"), content, id=key, aria_labelledby=f"{key}-title")
        for key, (name, content) in parts.items()
    ]
    contents = tag("nav", links, aria_label="Contents")
    header = tag("header", tag("h1", title), tag("p", about, class_="quiet"), contents)
    return days.page(title, [header, tag("main", body)])


def _about(run) -> str:
    config, seeds = run.config, run.manifest["seeds"]
    start = datetime.date.fromisoformat(config["case"]["start"])
    end = start + datetime.timedelta(days=(config["days"] or config["case"]["days"]) - 1)
    one_in = config["population"]["one_in"]
    who = "every household simulated" if one_in == 1 else f"one household in {one_in}, each counted {one_in} times"
    luck = f"seeds {seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f"seed {seeds[0]}"
    days = f"{start.day} {start:%B %Y} to {end.day} {end:%B %Y}"
    return f"Case {config['case']['name']}, {days}; {who}; {luck}. Simulated, not observed."


def _question(comparison, base) -> Markup:
    names = ", ".join(f"“{wording.scenario_name(name)}”" for name in contrast.others(comparison))
    baseline = f"“{wording.scenario_name(comparison.baseline)}”"
    return join(
        [
            tag("p", f"What would have been different from {baseline} under {names}: for whom, and how sure is that?"),
            tag("p", f"The baseline: {base.config['scenario']['story']}", class_="quiet"),
        ]
    )


def _answer(comparison) -> Markup:
    lines = [
        join([tag("strong", wording.scenario_name(name)), f": {answer.points(comparison, name)[0]}"])
        for name in contrast.others(comparison)
    ]
    notes = [tag("p", f"Note: {note}.", class_="note") for note in comparison.question["notes"]]
    lead, caution = tag("p", answer.answer(comparison), class_="lead"), tag("p", answer.CHANCE_ONLY, class_="note")
    surest = tag("p", "The surest difference that each scenario makes to a main outcome:")
    return join([lead, *notes, caution, surest, listed(lines)])


def _scorecard(comparison) -> Markup:
    text = (
        "Orange cells count more than the baseline, blue ones fewer, stronger from 5, 20 and 50 percent on. More is "
        "not worse and fewer is not better by itself: fewer arrivals may be people who could not get away. Cells "
        "without colour are the same to the person, or within chance. "
        f"Intervals are 95 %, from {contrast.seeds_of(comparison)}."
    )
    pairs = tag("p", PAIRS, class_="quiet") if comparison.differences["worth"].notna().any() else ""
    return join([tag("p", text), pairs, sections.score_table(comparison)])


def pictures(folder: Path) -> Markup:
    """Return the pictures of a folder as figures, embedded."""
    there = [name for name in PICTURES if (folder / name).is_file()]
    sources = embedded([folder / name for name in there])
    return join(map(_figure, there, sources)) if there else tag("p", "None were drawn.")


def _figure(name: str, source: str) -> Markup:
    title, note = PICTURES[name]
    picture = tag("img", src=source, alt=f"Picture: {title.lower()}. {note} The tables of this page give the numbers.")
    shown = tag("div", picture, class_="scroll", tabindex="0", role="region", aria_label=title)
    return tag("figure", shown, tag("figcaption", f"{title}. {note}"))


def _repeat(run, command: str) -> Markup:
    manifest = run.manifest
    seeds = ", ".join(map(str, manifest["seeds"]))
    versions = ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())
    facts = [
        f"Seeds: {seeds}. The same command gives the same numbers, whatever the number of processor cores.",
        f"Program: onward-sim {manifest['version']}, source checksum {manifest['source_checksum'][:16]}.",
        f"Facts: case {manifest['case']['name']}, checksum {manifest['case']['checksum'][:16]}.",
        f"Python {manifest['python']}; {versions}.",
    ]
    return join([tag("pre", tag("code", command)), listed(facts)])
