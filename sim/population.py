"""`Population`: one array per attribute of the households, and the only verbs that change people.

A row is a household for life: arrays are allocated once and never resized, so the position is the identity.
Rows are laid out by (place, group) in the order of the case's `initial` table.
"""

from typing import NamedTuple

import numpy as np

from sim import draws
from sim.compiled import inner, loop, rule
from sim.config import Behaviour
from sim.geography import Geography
from sim.once import once
from sim.seeds import Case

STATUSES = (
    "home",
    "travelling",
    "hosted",
    "camp",
    "tent",
    "unfinished",
    "open_air",
    "at_gate",
    "at_coast",
    "returned",
    "crossed",
    "settled_abroad",
    "transferred",
    "dead",
)
(
    HOME,
    TRAVELLING,
    HOSTED,
    CAMP,
    TENT,
    UNFINISHED,
    OPEN_AIR,
    AT_GATE,
    AT_COAST,
    RETURNED,
    CROSSED,
    SETTLED_ABROAD,
    TRANSFERRED,
    DEAD,
) = range(len(STATUSES))
BORDER_COUNTS = (
    "attempts",
    "prevented",
    "entered",
    "admitted",
    "pushed_back",
    "intercepted",
    "waiting",
    "gave_up",
    "injured",
    "dead",
)
(ATTEMPTS, PREVENTED, ENTERED, ADMITTED, PUSHED_BACK, INTERCEPTED, WAITING, GAVE_UP, INJURED, DIED) = range(
    len(BORDER_COUNTS)
)
# What a block of rows is known to hold: one bit a status, and two more.
AWAY = 1 << 30  # somebody may be away from home
SCATTERED = 1 << 29  # its rows do not all have the same home and group
AT_HOME = 1 << HOME | 1 << RETURNED  # whoever has one of these is at home
SHELTERED = 1 << HOSTED | 1 << CAMP | 1 << TENT | 1 << UNFINISHED | 1 << OPEN_AIR
THRESHOLD_CLASSES = 64
LONGEST_STAY = 63  # days after which the length of a stay no longer matters
MOST_TRIES = 15
MOST_MOVES = 255  # as many as a byte holds
LARGEST_HOUSEHOLD = 20


class Population(NamedTuple):
    """The households' attributes, arrays of N rows, and the running count of people."""

    people: np.ndarray  # int32, living people the row stands for
    dead: np.ndarray  # int32
    group: np.ndarray  # uint8
    home: np.ndarray  # int16, place on day 0
    place: np.ndarray  # int16, where they are; while travelling, where they left
    status: np.ndarray  # uint8
    destination: np.ndarray  # int16, -1 unless travelling
    metres: np.ndarray  # int32, still to travel
    since: np.ndarray  # int16, day of arrival
    moves: np.ndarray  # uint8, displacements since day 0
    tries: np.ndarray  # uint8, failed attempts at a border
    threshold: np.ndarray  # uint8, quantile class of the personal threshold
    means: np.ndarray  # uint8, 1 with money
    ties: np.ndarray  # uint8, 1 with relatives where they go
    travelled: np.ndarray  # int32, metres since day 0
    path: np.ndarray  # uint32, mark of all changes of place, status and destination so far, with their days
    stock: np.ndarray  # int64 (place, group, status), people
    today: np.ndarray  # int64 (1,), the day
    cell: np.ndarray  # int32, home of each block's first row, times 256, plus its group
    seen: np.ndarray  # int32, what each block of rows may hold; never less than it does
    latest: np.ndarray  # int16, last day on which somebody of each block arrived somewhere
    low: np.ndarray  # uint64, working space: which rows of each block have a low draw for the decision at hand


@rule("int64(int64, int64)")
def kind_of_move(moves, status):
    """Return 1 for a first move, 2 for one from a place of refuge, 3 for one after a return."""
    if moves == 0:
        return 1
    return 3 if status == RETURNED else 2


@rule("int64(int64, int64)")
def step_of(place, status):
    """Return the number that stands in a path for being in a place with a status; a destination has a negative one."""
    return place * 256 + status


@inner
def note(population, row, what):
    """Mark something in a household's path."""
    population.path[row] = draws.path_after(population.path[row], population.today[0], what)


@inner
def put(population, row, place, status):
    """Move a household to a place and a status; the count of people follows."""
    note(population, row, step_of(place, status))
    people, group = population.people[row], population.group[row]
    population.stock[population.place[row], group, population.status[row]] -= people
    population.place[row] = place
    population.status[row] = status
    population.seen[row >> draws.BLOCK_BITS] |= 1 << status if place == population.home[row] else 1 << status | AWAY
    population.stock[place, group, status] += people


@inner
def set_out(population, row, destination, metres, log, n, kind=0):
    """Start a household's journey; it is counted where it leaves until it arrives.

    Writes entry `n` of the log of departures (row, destination, kind of move) and returns the next one.
    """
    log[n, 0], log[n, 1], log[n, 2] = row, destination, kind
    put(population, row, population.place[row], TRAVELLING)
    note(population, row, -1 - destination)
    population.destination[row] = destination
    population.metres[row] = metres
    population.travelled[row] += metres
    return n + 1


@inner
def flee(population, row, destination, metres, log, n):
    """Start a journey that counts as a displacement; returns the next entry of the log."""
    kind = kind_of_move(population.moves[row], population.status[row])
    if population.moves[row] < MOST_MOVES:
        population.moves[row] += 1
    return set_out(population, row, destination, metres, log, n, kind)


@inner
def cross(population, row, place, day, entries, n):
    """Let a household be in the country beyond; writes entry `n` of the crossings and returns the next one."""
    entries[n, 0], entries[n, 1] = row, place
    put(population, row, place, CROSSED)
    population.since[row] = day
    return n + 1


@inner
def arrive(population, row, status, day):
    """End a household's journey at its destination."""
    put(population, row, population.destination[row], status)
    population.destination[row] = -1
    population.metres[row] = 0
    population.since[row] = day
    population.latest[row >> draws.BLOCK_BITS] = day


@inner
def bury(population, row):
    """Count one death in a household."""
    place, group = population.place[row], population.group[row]
    population.stock[place, group, population.status[row]] -= 1
    population.stock[place, group, DEAD] += 1
    population.people[row] -= 1
    population.dead[row] += 1
    if population.people[row] == 0:
        population.status[row] = DEAD
        population.seen[row >> draws.BLOCK_BITS] |= 1 << DEAD


@loop
def over_groups(counts):
    """Return counts by place, group and kind, (P, G, n), of all groups together, (P, n)."""
    n_places, n_groups, n = counts.shape
    total = np.zeros((n_places, n), np.int64)
    for place in range(n_places):
        for group in range(n_groups):
            for i in range(n):
                total[place, i] += counts[place, group, i]
    return total


def in_line(since, lots) -> np.ndarray:
    """Return the order of a queue: by the day since when people wait, then by lot."""
    return np.argsort(since * draws.SURE + lots, kind="stable")


@loop
def admit_in_order(order, people, credit):
    """Admit households in the order of the queue as long as the credit of places lasts.

    Returns a bool per household and the credit left. The first that does not fit stops the queue, so one place
    more admits the same people and perhaps one household more.
    """
    admitted = np.zeros(len(people), np.bool_)
    for i in order:
        if people[i] > credit:
            break
        admitted[i] = True
        credit -= people[i]
    return admitted, credit


def admit_today(since, lots, people, quota: float, credit: float) -> tuple[np.ndarray, float]:
    """Admit from a queue with `quota` people a day; what was not used lasts only while somebody waits for it.

    Returns a bool per household and the credit for tomorrow [people]. A negative quota admits everyone, none nobody.
    """
    if quota < 0:
        return np.ones(len(people), bool), 0.0
    whole, rest = divmod(credit + quota, 1.0)
    admitted, left = admit_in_order(in_line(since, lots), people, int(whole))
    return admitted, 0.0 if quota == 0 or admitted.all() else float(left + rest)


@loop
def census(population, n_places, n_groups):
    """Count the people of all rows anew, (place, group, status); the running count must agree."""
    count = np.zeros((n_places, n_groups, len(STATUSES)), np.int64)
    for row in range(len(population.people)):
        place, group = population.place[row], population.group[row]
        count[place, group, population.status[row]] += population.people[row]
        count[place, group, DEAD] += population.dead[row]
    return count


@loop
def _fill_cells(cell_people, cell_sizes, one_in, row_people):
    """Divide the people of each cell into households and return the number of rows of each cell.

    The last household of a cell takes the rest, so that every cell holds exactly its people. A row stands for
    `one_in` households. Sizes do not depend on the run's seed: household 17 is the same family in every replicate.
    Without room in `row_people` the rows are only counted.
    """
    counts = np.zeros(len(cell_people), np.int64)
    key = draws.key_of(0, draws.ONCE, draws.SIZE)
    row = 0
    for cell in range(len(cell_people)):
        left = cell_people[cell]
        while left > 0:
            lot, size = draws.luck(key, row), 1
            while size < LARGEST_HOUSEHOLD and lot >= cell_sizes[cell, size - 1]:
                size += 1
            people = min(left, size * one_in)
            if len(row_people):
                row_people[row] = people
            left -= people
            counts[cell] += 1
            row += 1
    return counts


@loop
def _draw_traits(population, seed, with_means, with_ties):
    """Draw the personal traits of every row, once."""
    threshold_key = draws.key_of(seed, draws.ONCE, draws.THRESHOLD)
    means_key = draws.key_of(seed, draws.ONCE, draws.MEANS)
    ties_key = draws.key_of(seed, draws.ONCE, draws.TIES)
    for row in range(len(population.people)):
        population.threshold[row] = draws.luck(threshold_key, row) * THRESHOLD_CLASSES >> 32
        population.means[row] = draws.luck(means_key, row) < with_means
        population.ties[row] = draws.luck(ties_key, row) < with_ties


def household_sizes(mean: float) -> np.ndarray:
    """Return the cumulative thresholds of household sizes: 1 + Poisson(mean - 1) people, at most 20."""
    sizes = np.arange(LARGEST_HOUSEHOLD)
    logs = sizes * np.log(max(mean - 1.0, 1e-9)) - np.cumsum(np.log(np.maximum(sizes, 1)))
    shares = np.exp(logs)
    return draws.to_thresholds(np.cumsum(shares / shares.sum()))[:-1]


def build_population(
    case: Case,
    geography: Geography,
    behaviour: Behaviour,
    initial: str,
    one_in: int,
    seed: int,
    multiply: int = 1,
) -> Population:
    """Lay out the households of a case, everybody at home.

    Parameters
    ----------
    initial
        Which stock of refugees the host country starts with: "article" or "register".
    one_in
        Households that one row stands for.
    seed
        Decides the personal traits, not the sizes.
    multiply
        How many times as many people live in every place.
    """
    places, groups, people, sizes = _cells(case, initial)
    people = people * multiply
    counts = _fill_cells(people, sizes[groups], one_in, np.zeros(0, np.int32))
    row_people = np.zeros(counts.sum(), np.int32)
    _fill_cells(people, sizes[groups], one_in, row_people)
    home = np.repeat(places.astype(np.int16), counts)
    population = _allocate(row_people, home, np.repeat(groups.astype(np.uint8), counts))
    population = population._replace(stock=np.zeros((len(geography.names), len(sizes), len(STATUSES)), np.int64))
    np.add.at(population.stock, (places, groups, HOME), people)
    _draw_traits(population, seed, *draws.to_thresholds([behaviour.share_with_means, behaviour.share_with_ties]))
    return population


@once(4)
def _cells(case: Case, initial: str) -> tuple[np.ndarray, ...]:
    """Return place, group and people of each cell, and the cumulative thresholds of household sizes by group."""
    cells = case.initial[case.initial["variant"].isin(["all", initial])]
    places, groups = (
        cells[column].map({name: i for i, name in enumerate(names)}).to_numpy(np.int64)
        for column, names in (("location", case.locations["name"]), ("group", case.groups["group"]))
    )
    sizes = np.stack([household_sizes(mean) for mean in case.groups["household_mean"]])
    return places, groups, cells["people"].to_numpy(np.int64), sizes


def _allocate(people, home, group) -> Population:
    n = len(people)
    start = np.arange(0, n, draws.BLOCK)
    end = np.minimum(start + draws.BLOCK, n) - 1
    # Rows are laid out by place and group: a block whose ends are alike may still hold others only if it is scattered.
    cell = home.astype(np.int32) * 256 + group
    changes = np.zeros(n + 1, np.int32)
    np.cumsum(cell[1:] != cell[:-1], out=changes[1:n])
    together = changes[start] == changes[end]

    def zeros(kind):
        return np.zeros(n, kind)

    return Population(
        people=people,
        dead=zeros(np.int32),
        group=group,
        home=home,
        place=home.copy(),
        status=zeros(np.uint8),
        destination=np.full(n, -1, np.int16),
        metres=zeros(np.int32),
        since=zeros(np.int16),
        moves=zeros(np.uint8),
        tries=zeros(np.uint8),
        threshold=zeros(np.uint8),
        means=zeros(np.uint8),
        ties=zeros(np.uint8),
        travelled=zeros(np.int32),
        path=zeros(np.uint32),
        stock=np.zeros((0, 0, 0), np.int64),
        today=np.zeros(1, np.int64),
        cell=cell[start],
        seen=np.where(together, 1 << HOME, 1 << HOME | SCATTERED).astype(np.int32),
        latest=np.full(len(start), -LONGEST_STAY, np.int16),  # nobody has arrived yet
        low=np.zeros(len(start), np.uint64),
    )


def fill_camps(population: Population, camp_places: np.ndarray, before: int) -> None:
    """Let those displaced before day 0 live in the camps of their place, as far as there are places.

    Parameters
    ----------
    camp_places
        (P,) places in camps and sites.
    before
        Number of the group that was displaced before day 0.
    """
    for place in np.flatnonzero(camp_places):
        rows = np.flatnonzero((population.home == place) & (population.group == before))
        inside = rows[np.cumsum(population.people[rows]) <= camp_places[place]]
        moved = int(population.people[inside].sum())
        population.status[inside] = CAMP
        np.bitwise_or.at(population.seen, inside >> draws.BLOCK_BITS, 1 << CAMP)
        population.stock[place, before, HOME] -= moved
        population.stock[place, before, CAMP] += moved
