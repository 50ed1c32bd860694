"""What changes if the ceasefire of 6 March 2020 fails, by the day of its failure and the strength of the attacks?

    python experiments/ceasefire.py
"""

from common import Found, Study, later, run

from sim.studies.levers import Setting

AGREED = "2020-03-06"
DAYS = (7, 14, 30, 45, 60, 90)
STRENGTHS = (0.5, 1, 1.5)


def failing(days: int, strength: float) -> Setting:
    """Return the setting in which the ceasefire breaks down after so many days, with attacks so strong."""
    measure = "policy.ceasefire_fails"
    words = (f"{measure}.first_day={later(AGREED, days)}", f"{measure}.effects.attacks={strength}")
    return Setting((str(days), str(strength)), ("scenario=ceasefire_fails", *words))


def answer(found: Found) -> str:
    """Say what the shortest and the longest ceasefire that were tried change, and what the strength does."""
    first, last, weak, strong = str(DAYS[0]), str(DAYS[-1]), str(STRENGTHS[0]), str(STRENGTHS[-1])
    return (
        f"With attacks as strong as those of January and February 2020, a ceasefire that fails after {first} days "
        f"changes the number ever displaced by the end of June by {found.change('displaced', first, '1')} people and "
        f"those back home by {found.change('returned', first, '1')}; one that fails after {last} days by "
        f"{found.change('displaced', last, '1')} and {found.change('returned', last, '1')}. After 30 days "
        f"attacks half as strong change them by {found.change('displaced', '30', weak)} and "
        f"{found.change('returned', '30', weak)}, attacks half as strong again by "
        f"{found.change('displaced', '30', strong)} and {found.change('returned', '30', strong)}."
    )


STUDY = Study(
    name="ceasefire",
    title="How long the ceasefire holds",
    question=(
        "If the ceasefire of 6 March 2020 fails after some days, how many people are displaced who would not have "
        "been, and how many do not return who would have?"
    ),
    baseline="the ceasefire holds, as it happened",
    levers=("fails after [days]", "strength of the attacks"),
    settings=[
        Setting(("holds", "-"), ("scenario=as_it_happened",)),
        *(failing(days, strength) for strength in STRENGTHS for days in DAYS),
    ],
    replicates=3,
    told=("displaced", "returned", "remaining_displaced", "nights_in_the_open", "gross_moves", "in_camps"),
    answer=answer,
    caveats=(
        "Attacks on civilians, homes and camps are war crimes. They are played to count what they do to people.",
        "The attacks are assumed: those of 24 January to 16 February are repeated along the M4 and on Idlib city, 24 "
        "days, as strong as the lever says (what_if.csv of the case). No war repeats itself.",
        "Everything is counted until 30 June 2020: after a ceasefire of 90 days the attacks end three days before "
        "that, so later displacement, and every return that would have come, is not seen. A later failure therefore "
        "looks milder than it is.",
        "When people return, and how fast fear fades, are assumptions set with the returns of April in view "
        "(sim/ODD.md, section 9). Nobody returns after the failure, and those who had returned may flee once more: "
        "'ever displaced' counts a person once.",
        "The M4 corridor of as_it_happened goes on in all settings and weakens attacks near the road a little, by "
        "assumption.",
        "The interval is of luck alone; what is not known of the parameters is more.",
    ),
)

if __name__ == "__main__":
    run(STUDY)
