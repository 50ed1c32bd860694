"""People in Flee's rules, one row each: deciding to leave, choosing a route, travelling. Whole numbers throughout.

The tables are records, few and wide: each array that compiled code hands on costs as much as a draw.
"""

import numpy as np

from sim.compiled import inlined, loop, rule
from sim.draws import choose, key_of, luck

# Decisions of one person on one day: the n-th time is LEAVE + 2 n and ROUTE + 2 n. No household draws these.
ORIGIN = 999
LEAVE = 1000
ROUTE = 1001
USUAL = 8  # so many decisions of a day have their keys made once for everybody

WHOLE_BITS = 12
WHOLE = 1 << WHOLE_BITS  # room of a place that is not nearly full
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
        ("room", np.int64),  # for more of them, 0 to WHOLE
        ("pull", np.int64),  # factor of that room on the weight of a way that ends here, 0 to WHOLE
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
        ("link", np.int64),  # the first one
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
        ("hurry", np.bool_),  # who has hardly moved of late goes on from a town on arrival
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


@inlined
def _move_stock(place, change, pulls, world):
    """Count a person in or out; note where this changes what others choose."""
    place.stock += change
    if place.limited:
        room = room_level(place.stock, place.nearly, place.full)
        if room != place.room:
            place.room, place.pull = room, pulls[room]
            world.changes += 1


@inlined
def _weigh(place, places, choices, changes):
    """Bring the cumulative weights of the ways from a place to date: weight times pull of the end, or alike."""
    place.stamp = changes
    total = 0
    for k in range(place.first, place.end):
        total += choices[k].weight * places[choices[k].end].pull >> WHOLE_BITS
        choices[k].cumulative = total
    if total == 0:
        for k in range(place.first, place.end):
            choices[k].cumulative = k - place.first + 1


@inlined
def _drawn(place, fortune, places, choices, changes):
    """Return the way that a person draws, or -1 where none leads away or its end is nearly full."""
    if place.first == place.end:
        return -1
    if place.stamp != changes:
        _weigh(place, places, choices, changes)
    mark = pick(choices[place.end - 1].cumulative, fortune)
    k = place.first
    while choices[k].cumulative <= mark:
        k += 1
    return k if places[choices[k].end].room >= _HALF else -1


@inlined
def _has_plan(row, plan):
    """Tell whether a person is on a way of several links; without plans, None, this and all it decides is left out."""
    return False if plan is None else plan[row, 0] >= 0


@inlined
def _leaves(row, place, fortune, plan):
    """Tell whether a person leaves: by chance, or to go on with a planned way."""
    return fortune < place.leave or _has_plan(row, plan)


@inlined
def _hurries(person, place, moved, world):
    """Tell whether a person who has just come to a town goes on because of having hardly moved of late."""
    return world.hurry and place.is_town and person.recent + moved < world.speed


@inlined
def _drop(row, plan):
    """Forget the way that was planned."""
    if plan is not None:
        for i in range(plan.shape[1]):
            plan[row, i] = -1


@inlined
def _goes_on(row, plan, places, links):
    """Return the next link of a person's plan, or -1 if it is closed or the end nearly full: the plan is dropped."""
    link, end, steps = plan[row, 0], -1, plan.shape[1]
    for i in range(steps):
        end = links[plan[row, i]].end if plan[row, i] >= 0 else end
        plan[row, i] = plan[row, i + 1] if i + 1 < steps else -1
    if links[link].is_open and places[end].room >= _HALF:
        return link
    _drop(row, plan)
    return -1


@inlined
def _link_taken(row, place, fortune, plan, places, links, choices, ways, world):
    """Return the first link of the planned or drawn way, or -1 where a person stays."""
    if plan is None:
        k = _drawn(place, fortune, places, choices, world.changes)
        return choices[k].link if k >= 0 else -1
    if _has_plan(row, plan):
        return _goes_on(row, plan, places, links)
    k = _drawn(place, fortune, places, choices, world.changes)
    if k < 0:
        return -1
    for i in range(plan.shape[1]):
        plan[row, i] = ways[k, i + 1] if i + 1 < ways.shape[1] else -1
    return choices[k].link


@loop
def draw_origins(first, end, seed, day, cumulative, at, places, pulls, worlds):
    """Place new people, rows `first` to `end`, by cumulative thresholds of the places (P,)."""
    key = key_of(seed, day, ORIGIN)
    for row in range(first, end):
        at[row] = choose(cumulative, luck(key, row))
        _move_stock(places[at[row]], 1, pulls, worlds[0])


@loop
def set_out(n_people, seed, day, rows, at, people, plan, places, links, choices, ways, pulls, worlds):
    """Let everybody who is in a place decide, in order; list those on the way and return how many."""
    leave, route, world = key_of(seed, day, LEAVE), key_of(seed, day, ROUTE), worlds[0]
    by_chance_only = plan is None and not world.hurry
    n_rows = 0
    for row in range(n_people):
        if at[row] >= 0:
            fortune, place = luck(leave, row), places[at[row]]
            if by_chance_only and fortune >= place.leave:
                continue
            person, link = people[row], -1
            if _leaves(row, place, fortune, plan):
                link = _link_taken(row, place, luck(route, row), plan, places, links, choices, ways, world)
            if link < 0:
                person.recent >>= 1
                continue
            _move_stock(place, -1, pulls, world)
            at[row], person.done = -(link + 1), 0
        rows[n_rows] = row
        n_rows += 1
    return n_rows


@loop
def travel(n_rows, seed, day, rows, at, people, plan, places, links, choices, ways, pulls, worlds):
    """Move those on the way, in order; who arrives before the day is over decides again."""
    world, keys = worlds[0], np.array([key_of(seed, day, LEAVE + i) for i in range(USUAL)])
    for i in range(n_rows):
        row = rows[i]
        person, here, moved, times = people[row], at[row], 0, 0
        while here < 0:
            link = links[-(here + 1)]
            speed = min(world.walking if person.fresh else world.speed, link.limit)
            left = link.metres - person.done
            if speed <= left:
                person.done += speed
                moved += speed
                break
            here = link.end if link.is_open else link.start
            place = places[here]
            _move_stock(place, 1, pulls, world)
            if not link.is_open:
                _drop(row, plan)
                break
            person.fresh = False
            moved, times = moved + left, times + 2
            if moved >= speed:
                break
            fortune = luck(keys[times] if times < USUAL else key_of(seed, day, LEAVE + times), row)
            if _leaves(row, place, fortune, plan) or _hurries(person, place, moved, world):
                fortune = luck(keys[times + 1] if times < USUAL else key_of(seed, day, ROUTE + times), row)
                taken = _link_taken(row, place, fortune, plan, places, links, choices, ways, world)
                if taken >= 0:
                    _move_stock(place, -1, pulls, world)
                    here, person.done = -(taken + 1), 0
        at[row] = here
        person.recent = (person.recent + moved) >> 1
