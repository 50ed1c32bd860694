"""How many nights in the open do more camp places before the winter spare?

    python experiments/winter_camps.py
"""

from common import Found, Study, run

from sim.studies.levers import Setting

PLACES = (0, 50_000, 100_000, 200_000, 300_000)  # people
DAYS = {"15 Dec": "2019-12-15", "15 Jan": "2020-01-15", "15 Feb": "2020-02-15"}
ALIKE = "15 Dec, aid alike"
# About when more than 60,000 are in the open without further places, so that the aid agencies answer.
AID_ALIKE = ("policy.aid_scale_up.watch=''", "policy.aid_scale_up.above=0", "policy.aid_scale_up.first_day=2019-12-26")


def built(places: int, day: str) -> Setting:
    """Return the setting with so many camp places more, ready on a day."""
    measure = "policy.winter_camps"
    date = DAYS[day.partition(",")[0]]
    words = (f"{measure}.effects.camp_places={places}", f"{measure}.first_day={date}")
    return Setting((f"{places:,}", day), ("scenario=winter_camps", *words, *(AID_ALIKE if day == ALIKE else ())))


def answer(found: Found) -> str:
    """Say what 100,000 places spare, ready early and late, and what the next 200,000 add."""
    some, most = "100,000", f"{PLACES[-1]:,}"
    nights, early, planned, late = "nights_in_the_open", *DAYS
    base = found.row(nights, some, planned)["baseline"]
    share = 100 * found.row(nights, some, planned)["difference"] / base
    return (
        f"{some} places ready on {planned} change the nights in the open by {found.change(nights, some, planned)} "
        f"person-nights of {base:,.0f} ({share:+.0f} %), and people in tents and unfinished buildings at their peaks "
        f"by {found.change('in_tents', some, planned)} and {found.change('in_unfinished_buildings', some, planned)}; "
        f"{most} places change the nights by {found.change(nights, most, planned)}. Ready on {late}, {some} places "
        f"change them by {found.change(nights, some, late)}. Ready on {early}, by {found.change(nights, some, early)}: "
        "the aid agencies answer only once 60,000 people are in the open, and camps put that day off. If they answered "
        f"on the same day all the same, it would be by {found.change(nights, some, ALIKE)}."
    )


STUDY = Study(
    name="winter_camps",
    title="Camp capacity before the winter",
    question=(
        "How many nights in the open, and how many people in tents and unfinished buildings, do more camp places in "
        "north-western Syria spare, by their number and the day on which they are ready?"
    ),
    baseline="no further places, as it happened",
    levers=("camp places more", "ready on"),
    settings=[
        Setting(("as it happened", "-"), ("scenario=as_it_happened",)),
        *(built(places, day) for day in ("15 Dec", ALIKE, "15 Jan", "15 Feb") for places in PLACES),
    ],
    replicates=3,
    told=(
        "nights_in_the_open",
        "open_air",
        "in_tents",
        "in_unfinished_buildings",
        "in_camps",
        "northern_aleppo",
        "dead_on_the_way",
    ),
    answer=answer,
    caveats=(
        "Who has waited longest moves in first, by assumption: mostly from tents and unfinished buildings. The open "
        "air is where people arrive, so that places help there less than their number says. Another rule of "
        "admission would spare more nights and other people.",
        "The places stand in Dana, Salqin and A'zaz in equal parts, where most people came: known afterwards, not "
        "before. Room counts in the choice of a destination, but places do not: nobody flees sooner or further "
        "because of them.",
        "How fast people leave the open air, and the share of tents, are assumed; counts of people in the open exist "
        "for few days. Deaths in the cold are a counted risk without a published figure.",
        "Aid is scaled up once more than 60,000 people are in the open (aid_scale_up), by assumption. Camps ready "
        "early put that day off, so that more places may mean more nights in the open. The line 'aid alike' scales "
        "aid up on 26 December whatever the camps do, which is about when it is without them.",
        "Cost, land, water and the safety of the sites are not modelled. Camps in the theatre can be attacked, and "
        "those who live in them flee again.",
    ),
)

if __name__ == "__main__":
    run(STUDY)
