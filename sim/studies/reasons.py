"""Why a household did what it did: one function a phase of the day, from the tables that decided."""

from collections.abc import Callable

import numpy as np

from sim import draws
from sim.geography import ENTRY_GATE
from sim.phases import routing
from sim.population import AT_COAST, AT_GATE, CAMP, CROSSED, DEAD, HOSTED, LONGEST_STAY, OPEN_AIR, TENT, UNFINISHED
from sim.studies.telling import counted

Reason = Callable[..., list[str]]


def percent(share: float) -> str:
    """Write a share for a person; small ones with as many decimals as they need."""
    value = 100.0 * share
    if value == 0 or value >= 9.95:
        return f"{value:.0f} %"
    return f"{value:.1f} %" if value >= 0.095 else f"{value:.2g} %"


def _chance(threshold) -> float:
    return float(threshold) / draws.SURE


def leave_home(model, follow, change: dict) -> list[str]:
    """Threat at home, against the household's threshold; then the choice of a place."""
    p, today = model.driver.population, model.driver.today
    spot = model.world.spot_of[change["was_place"]]
    chance = _chance(today.leaving[spot, p.threshold[follow.row]])
    threat = (
        f"the threat in {model.geography.names[change['was_place']]} was {model.state.threat[spot]:.2f} "
        f"(1 is one bombardment){_from(model, spot)}; with their threshold the chance to leave was {percent(chance)} "
        "that day"
    )
    return [threat, choice(model, follow, change)]


def move_on(model, follow, change: dict) -> list[str]:
    """Threat at the refuge, or an unprotected stop: told by the draw that decided."""
    p, today, row = model.driver.population, model.driver.today, follow.row
    spot = model.world.spot_of[change["was_place"]]
    days_here = today.day - follow.since
    feared = today.leaving_again[spot, p.threshold[row]]
    onward = today.moving_on[spot, min(days_here, LONGEST_STAY)]
    if draws.rare(model.run_seed, row, today.day, draws.LEAVE) < feared:
        why = (
            f"the threat there was {model.state.threat[spot]:.2f}{_from(model, spot)}, "
            f"a chance to leave of {percent(_chance(feared))} a day"
        )
    else:
        why = (
            f"it was a stop without full protection (exposure {model.state.exposure[spot]:.2f}): "
            f"after {days_here} days there, {percent(_chance(onward))} a day go on"
        )
    return [why, choice(model, follow, change)]


def _from(model, spot: int) -> str:
    (blame,) = [one for one in model.looking if hasattr(one, "in_words")]
    words = blame.in_words(model, spot)
    return f", from {words}" if words else ""


def choice(model, follow, change: dict) -> str:
    """Say what the chance of the destination was, and which was the likeliest or the next."""
    p, world, today, row = model.driver.population, model.world, model.driver.today, follow.row
    spot, home = world.spot_of[change["was_place"]], world.spot_of[p.home[row]]
    weights = today.choice.weights[spot, p.means[row]] * today.choice.ties[home]
    chances = weights / weights.sum()
    chosen = routing.destination(
        today.choice, spot, home, int(p.means[row]), draws.draw(model.run_seed, row, today.day, draws.DESTINATION)
    )
    order = [int(j) for j in np.argsort(-chances, kind="stable") if chances[j] > 0]
    name = [model.geography.names[world.place_of[j]] for j in range(len(chances))]
    km = today.metres[spot, chosen] / 1000.0
    told = f"{name[chosen]}, {km:,.0f} km away, had a chance of {percent(chances[chosen])} among {len(order)} places"
    if len(order) == 1:
        return f"{name[chosen]}, {km:,.0f} km away, was the only place they could go to"
    if order[0] == chosen:
        return f"{told}, the largest; the next was {name[order[1]]} with {percent(chances[order[1]])}"
    return f"{told}; the likeliest was {name[order[0]]} with {percent(chances[order[0]])}"


def try_entry(model, follow, change: dict) -> list[str]:
    """Attempts at the closed southern border."""
    today = model.driver.today
    spot = model.world.spot_of[change["was_place"]]
    tries, succeeds = _chance(today.entry_attempt[spot]), _chance(today.entry_success)
    if change["status"] in (change["was_status"], DEAD):
        return [f"they tried the closed border, where {percent(succeeds)} of attempts succeed"]
    return [
        f"{percent(tries)} of the displaced with money there try the closed border each day, and "
        f"{percent(succeeds)} of attempts succeed: they got through"
    ]


def leave_west(model, follow, change: dict) -> list[str]:
    """News, hope and readiness for the gates; steady departures for coast and river."""
    place = change["place"] if change["status"] in (AT_GATE, AT_COAST) else change["destination"]
    law = model.driver.today.west
    if model.world.status_at[place] == AT_GATE:
        return [
            f"{percent(_chance(law.heard))} had heard of the opening, hope to get through stood at "
            f"{model.state.belief:.2f} of 1, and they were among the few ready to go"
        ]
    group = model.driver.population.group[follow.row]
    return [f"{percent(_chance(law.sea[group] + law.river[group]))} of their group set out by sea or river that day"]


def travel(model, follow, change: dict) -> list[str]:
    """Nothing to decide: the way was done."""
    return []


def at_the_border(model, follow, change: dict) -> list[str]:
    """What the day at a gate, crossing, coast or river bank brought."""
    today, at_coast = model.driver.today, change["was_status"] == AT_COAST
    if change["status"] == CROSSED:
        if at_coast:
            return ["they were neither stopped nor pushed back"]
        if today.rules.entry_greece:
            return ["their turn came to be admitted"]
        return [f"they got through unseen, as {percent(_chance(today.gates.success))} of attempts at the gates do"]
    if change["status"] == DEAD or change["status"] == change["was_status"]:
        return []
    if model.geography.role[change["was_place"]] == ENTRY_GATE:
        back = model.world.spot_of[change["destination"]] >= 0
        return ["they left the queue at the crossing" if back else "the queue at the crossing came to them: admitted"]
    if at_coast:
        return ["the boat was stopped, or pushed back"]
    if today.rules.evacuate:
        return ["everybody at the gates was taken away"]
    tries = counted(int(model.driver.population.tries[follow.row]), "failed attempt")
    share = percent(_chance(today.gates.give_up[1]))
    return [f"they gave up after {tries}, as {share} of those do in a day who have failed"]


def receive(model, follow, change: dict) -> list[str]:
    """Where people find shelter."""
    p, today, row = model.driver.population, model.driver.today, follow.row
    spot = model.world.spot_of[change["place"]]
    if change["status"] == HOSTED:
        share = _chance(today.hosted[p.means[row], p.ties[row]])
        return [f"{percent(share)} of households like theirs, with money or relatives, find hosts or something to rent"]
    if change["status"] == CAMP:
        return ["a place in a camp was free, and nobody there had waited longer"]
    if change["status"] in (TENT, UNFINISHED):
        return [f"of those in the open, {percent(_chance(today.rehousing[spot]))} find a roof each day"]
    if change["status"] in (OPEN_AIR, DEAD):
        return []
    return ["they were taken: from the islands to the mainland, or resettled"]


def go_home(model, follow, change: dict) -> list[str]:
    """Safety at home, where return is open."""
    p, today, row = model.driver.population, model.driver.today, follow.row
    home = model.world.spot_of[p.home[row]]
    before = int(p.group[row] == model.driver.before)
    chance = _chance(today.returning[home, p.threshold[row], before])
    return [
        f"return was open and the threat at home down to {model.state.threat[home]:.2f}: with their threshold "
        f"{percent(chance)} a day go home"
    ]


REASONS: dict[str, Reason] = {
    "leave_home": leave_home,
    "move_on": move_on,
    "try_entry": try_entry,
    "leave_west": leave_west,
    "travel": travel,
    "at_the_border": at_the_border,
    "receive": receive,
    "go_home": go_home,
}
