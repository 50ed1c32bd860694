"""What `explain` says of a place, from its frames; every number in it stands in one of them."""

import datetime

import pandas as pd

from sim.population import CAMP
from sim.studies.attraction import FACTORS
from sim.studies.blame import WORDS
from sim.studies.ledger import CAME, WENT
from sim.studies.reasons import percent
from sim.studies.telling import day_name
from sim.studies.witness import WatchedModel

AT_HOME = ("home", "returned")
_NAMED = 4  # places named of each mechanism
_FELT = 0.05  # a factor nearer to 1 is not told
STAY = {
    "home": "at home, as on the first day",
    "hosted": "with hosts or in rented rooms",
    "camp": "in camps",
    "tent": "in tents outside the camps",
    "unfinished": "in unfinished buildings",
    "open_air": "in the open",
    "at_gate": "waiting at the border",
    "at_coast": "waiting for a boat",
    "returned": "home again",
    "crossed": "across the border",
    "settled_abroad": "settled, away from home",
    "transferred": "brought there",
}


def place_text(model: WatchedModel, seed: int, place: int, frames: dict[str, pd.DataFrame]) -> str:
    """Tell why people are in a place."""
    name, numbers = model.geography.names[place], frames["numbers"].iloc[0]
    date = model.config.start + datetime.timedelta(days=model.day)
    blocks = [
        f"{name} at the end of {day_name(date)} (day {model.day}), seed {seed}",
        _balance(numbers),
        _part("Who came, and why", frames["ledger"], "came", CAME, "from"),
        _attacked(model, frames["attacks"]),
        _choice(name, numbers, frames["choice"]),
        _part("Who left, and why", frames["ledger"], "went", WENT, "to"),
        _stay(model, place, numbers, frames["people"]),
    ]
    return "\n\n".join(filter(None, blocks))


def _balance(numbers: pd.Series) -> str:
    lines = [("on the first day", numbers["start"], " "), ("came since", numbers["came"], "+")]
    lines += [("left since", numbers["went"], "-"), ("died there", numbers["died"], "-"), ("now", numbers["now"], "=")]
    told = [f"  {sign} {int(people):>11,}  {what}" for what, people, sign in lines if people or sign in " ="]
    way = f"  {'':2}{int(numbers['on_the_way']):>11,}  more are on the way there" if numbers["on_the_way"] else ""
    return "\n".join(["People there:", *told, *([way] if way else [])])


def _part(title: str, ledger: pd.DataFrame, direction: str, words: dict[str, str], towards: str) -> str:
    """Tell a direction of the ledger: each mechanism, and from or to where."""
    rows = ledger[ledger["direction"] == direction]
    if rows.empty:
        return f"{title}: nobody."
    lines = [f"{title}:"]
    for mechanism, total in _sums(rows, "mechanism"):
        places = _sums(rows[rows["mechanism"] == mechanism], "other")
        listed = ", ".join(f"{place} {people:,}" for place, people in places[:_NAMED])
        more = f" and {len(places) - _NAMED} more places" * (len(places) > _NAMED)
        lines.append(f"  {total:>13,}  {words[mechanism]}: {towards} {listed}{more}")
    return "\n".join(lines)


def _sums(rows: pd.DataFrame, by: str) -> list[tuple[str, int]]:
    """Return the people of each value of a column, most first, then by name."""
    sums = rows.groupby(by)["people"].sum()
    return sorted(((name, int(people)) for name, people in sums.items()), key=lambda one: (-one[1], one[0]))


def _attacked(model: WatchedModel, attacks: pd.DataFrame) -> str:
    if attacks.empty:
        return ""
    lines = ["Behind the threat felt at home by those who left it for here (share, on the day they left):"]
    for row in attacks.head(2 * _NAMED).itertuples():
        days = [day_name(model.config.start + datetime.timedelta(days=int(day))) for day in (row.first, row.last)]
        when = days[0] if days[0] == days[1] else f"{days[0]} to {days[1]}"
        lines.append(f"  {percent(row.share):>13}  {WORDS[row.kind]} {row.at}, {when}")
    rest = attacks["share"].iloc[2 * _NAMED :]
    return "\n".join([*lines, *([f"  {percent(rest.sum()):>13}  {len(rest)} others"] * bool(len(rest)))])


def _choice(name: str, numbers: pd.Series, choice: pd.DataFrame) -> str:
    able, movers = int(numbers["able"]), int(numbers["movers"])
    if not able:
        return ""
    spread = 2 * numbers["variance"] ** 0.5
    lines = [
        f"Why {name}: of {movers:,} times that a person had to choose a place, it was open to them in {able:,}.",
        f"  Chance to choose it: {percent(numbers['expected'] / able)} on average; with all places alike, "
        f"{percent(numbers['alike'] / able)}. So {numbers['expected']:,.0f} were to be expected "
        f"(give or take {spread:,.0f} by luck), {int(numbers['chose']):,} chose it.",
    ]
    told = [row for row in choice.itertuples() if abs(row.times - 1.0) >= _FELT]
    if told:
        lines.append("  Against the average of the places open to them, it was made more (or less) attractive by")
    return "\n".join([*lines, *(f"  {'x ' + _times(row.times):>13}  {FACTORS[row.factor][1]}" for row in told)])


def _times(factor: float) -> str:
    return f"{factor:,.0f}" if factor >= 100 else f"{factor:.3g}"


def _stay(model: WatchedModel, place: int, numbers: pd.Series, people: pd.DataFrame) -> str:
    name = model.geography.names[place]
    words = people["status"].map(STAY)
    since_before = (people["home"] == name) & ~people["status"].isin(AT_HOME)
    words = words.where(~since_before, words + ", since before the first day")
    lines = ["Where they stay:"]
    lines += [f"  {total:>13,}  {stay}" for stay, total in _sums(people.assign(stay=words), "stay")]
    if numbers["camp_places"]:
        taken = int(model.driver.stock[place, :, CAMP].sum())
        lines.append(f"  Of {int(numbers['camp_places']):,} places in camps, {taken:,} are taken.")
    homes = _sums(people[people["home"] != name], "home")
    listed = ", ".join(f"{home} {n:,}" for home, n in homes[: 2 * _NAMED])
    more = f" and {len(homes) - 2 * _NAMED} more places" * (len(homes) > 2 * _NAMED)
    return "\n".join([*lines, *([f"  Those who came are from {listed}{more}."] * bool(homes))])
