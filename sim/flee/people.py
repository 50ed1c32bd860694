"""People in Flee's rules, one row each: deciding to leave, choosing a route, travelling. Whole numbers throughout.

The tables are records, few and wide: each array that compiled code hands on costs as much as a draw.
"""

import numpy as np

from sim.compiled import inner, loop, rule
from sim.draws import choose, key_of, luck

# Decisions of one person on one day: the n-th time is LEAVE + 2 n and ROUTE + 2 n. No household draws these.
ORIGIN = 999
LEAVE = 1000
ROUTE = 1001

WHOLE = 4096  # room of a place that is not nearly full
MILLI = 1000  # capacities are compared in thousandths of a person
_HALF = WHOLE // 2

PERSON = np.dtype(
    [
        ("done", np.int32),  # of the link [m]
        ("recent", np.int32),  # moved of late [m/day], days before yesterday weighing half as much each
        ("fresh", np.bool_),  # has not arrived anywhere yet
    ],
    align=True,
)
PLACE = np.dtype(
    [
        ("leave", np.int64),  # threshold of leaving it
        ("is_town", np.bool_),
        ("first", np.int64),  # of the routes from here
        ("end", np.int64),  # after the last of them
        ("stamp", np.int64),  # `changes` for which these were weighed
        ("limited", np.bool_),
        ("nearly", np.int64),  # from here on people are put off [thousandths of a person]
        ("full", np.int64),  # from here on all are
        ("stock", np.int64),  # people here
    ],
    align=True,
)
LINK = np.dtype(
    [
        ("start", np.int64),
        ("end", np.int64),
        ("metres", np.int64),
        ("limit", np.int64),  # [m/day]
        ("is_open", np.bool_),
    ],
    align=True,
)
CHOICE = np.dtype(
    [
        ("end", np.int64),
        ("weight", np.int64),  # without regard to room
        ("cumulative", np.int64),  # of the weights with regard to room, up to date where the place's stamp is
    ],
    align=True,
)
WORLD = np.dtype(
    [
        ("changes", np.int64),  # how often the room of a nearly full place has changed
        ("speed", np.int64),  # [m/day]
        ("walking", np.int64),  # on the first link [m/day]
        ("hurry", np.bool_),  # who has hardly moved of late goes on from towns
        ("plans", np.bool_),  # people know more than one route ahead
    ],
    align=True,
)


@rule("int64(int64, int64, int64)")
def room_level(stock, nearly, full):
    """Return the room of a place for `stock` people: WHOLE below `nearly`, 0 from `full` on, between them linear."""
    milli = stock * MILLI
    if milli < nearly or nearly >= full:
        return WHOLE if milli < full else 0
    return max(full - milli, 0) * WHOLE // (full - nearly)


@rule("int64(int64, int64)")
def pick(total, luck):
    """Return a whole number below `total`, all of them alike, from a draw of 32 bits."""
    return (total * luck) >> 32


@inner
def _room(place):
    return room_level(place.stock, place.nearly, place.full) if place.limited else WHOLE


@inner
def _move_stock(place, change, world):
    """Count a person in or out; note where this changes what others choose."""
    before = _room(place)
    place.stock += change
    if _room(place) != before:
        world.changes += 1


@inner
def _weigh(place, places, choices, share, changes):
    """Bring the cumulative weights of the routes from a place to date: weight times room of the end, or alike."""
    place.stamp = changes
    total = 0
    for k in range(place.first, place.end):
        total += choices[k].weight * share[_room(places[choices[k].end])] // WHOLE
        choices[k].cumulative = total
    if total == 0:
        for k in range(place.first, place.end):
            choices[k].cumulative = k - place.first + 1


@inner
def _route(place, fortune, places, choices, share, changes):
    """Return the route that a person draws, or -1 where none leads away."""
    if place.first == place.end:
        return -1
    if place.stamp != changes:
        _weigh(place, places, choices, share, changes)
    mark = pick(choices[place.end - 1].cumulative, fortune)
    k = place.first
    while choices[k].cumulative <= mark:
        k += 1
    return k


@inner
def _leaves(person, place, moved, fortune, has_plan, world):
    """Tell whether a person leaves: by chance, to go on with a planned route, or in a hurry."""
    if fortune < place.leave or has_plan:
        return True
    return world.hurry and place.is_town and person.recent + moved < world.speed


@inner
def _planned(row, plan, links):
    """Take the next link off a person's plan; return it and the place where the plan ends."""
    link = plan[row, 0]
    end = links[link].end
    for i in range(plan.shape[1]):
        if plan[row, i] >= 0:
            end = links[plan[row, i]].end
        plan[row, i] = plan[row, i + 1] if i + 1 < plan.shape[1] else -1
    return link, end


@inner
def _set_plan(row, way, plan):
    """Note the links of a way after the first; none, if it is empty."""
    for i in range(plan.shape[1]):
        plan[row, i] = way[i + 1] if i + 1 < len(way) else -1


@inner
def _link_taken(row, place, fortune, plan, places, links, choices, ways, share, world):
    """Return the first link of the planned or drawn route, or -1 if it is closed or the end is nearly full."""
    if world.plans and plan[row, 0] >= 0:
        link, end = _planned(row, plan, links)
    else:
        k = _route(place, fortune, places, choices, share, world.changes)
        if k < 0:
            return -1
        link, end = ways[k, 0], choices[k].end
        if world.plans:
            _set_plan(row, ways[k], plan)
    if links[link].is_open and _room(places[end]) >= _HALF:
        return link
    if world.plans:
        plan[row] = -1
    return -1


@loop
def draw_origins(first, end, seed, day, cumulative, at, places, world):
    """Place new people, rows `first` to `end`, by cumulative thresholds of the places (P,)."""
    key = key_of(seed, day, ORIGIN)
    for row in range(first, end):
        at[row] = choose(cumulative, luck(key, row))
        _move_stock(places[at[row]], 1, world[0])


@loop
def set_out(n_people, seed, day, rows, at, people, plan, places, links, choices, ways, share, worlds):
    """Let everybody who is in a place decide, in order; list those on the way and return how many."""
    leave, route, world = key_of(seed, day, LEAVE), key_of(seed, day, ROUTE), worlds[0]
    by_chance_only = not (world.hurry or world.plans)
    n_rows = 0
    for row in range(n_people):
        if at[row] >= 0:
            place, person, fortune = places[at[row]], people[row], luck(leave, row)
            if by_chance_only and fortune >= place.leave:
                continue
            link = -1
            if _leaves(person, place, 0, fortune, world.plans and plan[row, 0] >= 0, world):
                link = _link_taken(row, place, luck(route, row), plan, places, links, choices, ways, share, world)
            if link < 0:
                person.recent >>= 1
                continue
            _move_stock(place, -1, world)
            at[row], person.done = -(link + 1), 0
        rows[n_rows] = row
        n_rows += 1
    return n_rows


@loop
def travel(n_rows, seed, day, rows, at, people, plan, places, links, choices, ways, share, worlds):
    """Move those on the way, in order; who arrives before the day is over decides again."""
    world = worlds[0]
    for row in rows[:n_rows]:
        person = people[row]
        moved, times = 0, 0
        while at[row] < 0:
            link = links[-(at[row] + 1)]
            speed = world.walking if person.fresh else min(world.speed, link.limit)
            left = link.metres - person.done
            if speed <= left:
                person.done += speed
                moved += speed
                break
            at[row] = link.end if link.is_open else link.start
            place = places[at[row]]
            _move_stock(place, 1, world)
            if not link.is_open:
                if world.plans:
                    plan[row] = -1
                break
            person.fresh = False
            moved += left
            times += 2
            if moved < world.speed:
                fortune = luck(key_of(seed, day, LEAVE + times), row)
                if _leaves(person, place, moved, fortune, world.plans and plan[row, 0] >= 0, world):
                    fortune = luck(key_of(seed, day, ROUTE + times), row)
                    taken = _link_taken(row, place, fortune, plan, places, links, choices, ways, share, world)
                    if taken >= 0:
                        _move_stock(place, -1, world)
                        at[row], person.done = -(taken + 1), 0
        person.recent = (person.recent + moved) >> 1
