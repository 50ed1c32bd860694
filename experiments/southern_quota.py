"""What if Turkey had let some people a day in from Idlib?

    python experiments/southern_quota.py
"""

from common import Found, Study, run

from sim.compose import compose
from sim.studies.levers import Setting

SCENARIO = "scenario=open_to_idlib_quota"
MEASURE = "southern_border_quota"
QUOTAS = (0, 100, 300, 1000, 3000, 10_000)  # people a day
EVERYONE = "everyone"
CROSSINGS = compose([SCENARIO]).policy[MEASURE].where


def quota(people: int) -> Setting:
    """Return the setting in which so many people a day are let in, -1 for everyone."""
    text = EVERYONE if people < 0 else f"{people:,}"
    return Setting((text,), (SCENARIO, f"policy.{MEASURE}.effects.entry_turkey={people}"))


def own(record: dict) -> dict[str, float]:
    """Return the longest queue, all nights in it, and who from north-western Syria lives in Turkey at the end."""
    waiting, ends = record["waiting"], record["ends"]
    by_day = waiting[waiting["crossing"].isin(CROSSINGS)].groupby("day")["people"].sum()
    abroad = ends[ends["status"] == "settled_abroad"].set_index("group")["people"]
    return {
        "queue": by_day.max() if len(by_day) else 0,
        "nights_waiting": by_day.sum(),
        "residents_abroad": abroad.get("resident", 0),
        "displaced_before_abroad": abroad.get("displaced_before", 0),
    }


def answer(found: Found) -> str:
    """Say who gets in and what that changes for those who flee."""
    some, base = "1,000", found.row("displaced", "0")["baseline"]
    most = max(abs(found.row("displaced", f"{people:,}")["difference"]) for people in QUOTAS)
    same = "is the same to the person" if most == 0 else f"differs by {most:,.0f} at most"
    groups = ("residents_abroad", "displaced_before_abroad")
    residents, before = (found.row(name, some)["difference"] for name in groups)
    return (
        f"With {some} people a day {found.value('admitted', some)} are let in by the end, {residents:,.0f} of them "
        f"residents displaced now and {before:,.0f} people displaced before December 2019; the queue at the two "
        f"crossings reaches {found.value('queue', some)} people, nights in the open change by "
        f"{found.change('nights_in_the_open', some)}, nights in the queue by {found.change('nights_waiting', some)}, "
        f"and those back home by {found.change('returned', some)}. With the crossings open to everyone "
        f"{found.value('admitted', EVERYONE)} enter. The number ever displaced, {base:,.0f}, {same} under every quota."
    )


STUDY = Study(
    name="southern_quota",
    title="A quota at Turkey's southern border",
    question=(
        "If Turkey lets a number of people a day in from Idlib, how many get in, who are they, how long is the queue, "
        "and what changes for those who stay?"
    ),
    baseline="the border closed, as it happened",
    levers=("people a day", ""),
    settings=[Setting(("as it happened",), ("scenario=as_it_happened",)), *map(quota, QUOTAS), quota(-1)],
    replicates=5,
    told=(
        "admitted",
        "nights_waiting",
        "nights_in_the_open",
        "returned",
        "queue",
        "displaced",
        "in_camps",
        "residents_abroad",
        "displaced_before_abroad",
        "dead_on_the_way",
    ),
    answer=answer,
    caveats=(
        "Who leaves home depends on the threat there alone, by construction: an open border draws nobody from a home "
        "without threat. That as many are displaced as before is an assumption of the model, not a finding.",
        "The closed border is the harmful alternative: people are turned back to where their life is in danger. What "
        "happens at it (attempts, successes, deaths) is assumed within loose bounds.",
        "How many choose the crossings (ties to compatriots, cost of crossing) was never observed: the queue and what "
        "'everyone' brings are orders of magnitude. The length of a queue does not deter those who choose a crossing.",
        "Those who entered do not return in the model, so fewer return by construction. Whether they would is open.",
        "Those in the queue are counted as waiting at a crossing, not as in the open, whatever shelter they have "
        "there: nights in the open and nights in the queue belong together, or the smallest quota looks best.",
        "Aid is scaled up once more than 60,000 people are in the open (aid_scale_up). With a small quota that may "
        "come weeks later, so that nights in the open rise with one seed and fall with another: a wide interval.",
        "In a sample a quota acts on whole rows of twenty households: the smallest quotas admit in jumps, but never "
        "more than the quota adds up to.",
    ),
    own={
        "nights_waiting": ("Nights in the queue at the two crossings", "person-nights"),
        "queue": ("Waiting at the two crossings, at the peak", "people"),
        "residents_abroad": ("Residents of the theatre in Turkey, at the end", "people"),
        "displaced_before_abroad": ("Displaced before day 0 and in Turkey, at the end", "people"),
    },
    quantities=own,
)

if __name__ == "__main__":
    run(STUDY)
