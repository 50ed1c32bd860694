"""How much must Europe relocate if Greece lets people in at its land border?

    python experiments/relocation.py
"""

from common import Found, Study, run, with_measures

from sim.studies.levers import Setting

CAPACITIES = (0, 500, 1000, 3000)  # people a day registered at the land border
RELOCATED = (0, 500, 1500, 5000)  # people a week from the islands
GUARDED = "0, guarded"


def shared(capacity: int, relocated: int) -> Setting:
    """Return the setting in which Greece admits so many a day and Europe takes so many a week."""
    words = with_measures("greece_admits" if capacity else "as_it_happened", "eu_relocation")
    words += (f"policy.eu_relocation.effects.transfers_extra={relocated}",)
    if capacity:
        words += (f"policy.greece_admits.effects.entry_greece={capacity}",)
    return Setting((f"{relocated:,}", _named(capacity)), words)


def _named(capacity: int) -> str:
    return f"{capacity:,}" if capacity else GUARDED


def own(record: dict) -> dict[str, float]:
    """Return those on the islands or arrived over land, and those brought from the islands or resettled."""
    outcomes, ends = record["outcomes"], record["ends"]
    return {
        "in_greece": outcomes["island_stock"] + outcomes["land_arrivals"],
        "brought_away": ends.loc[ends["status"] == "transferred", "people"].sum(),
    }


def answer(found: Found) -> str:
    """Say how many arrive for each capacity, and how much relocation makes up for it."""
    told = []
    for capacity in CAPACITIES[1:]:
        name = _named(capacity)
        enough = [f"{n:,}" for n in RELOCATED if found.row("in_greece", f"{n:,}", name)["high"] <= 0]
        tried = "none makes up for it"
        if enough:
            tried = f"{enough[0]} a week make up for it, {_share(found, enough[0], name)}"
        told.append(f"{name} a day bring {found.change('in_greece', '0', name)} people into Greece's care; {tried}")
    some = (f"{RELOCATED[2]:,}", _named(CAPACITIES[2]))
    return (
        f"Compared with the guarded border, and of the numbers that were tried: {'. '.join(told)}. With {some[0]} a "
        f"week and {some[1]} a day {found.value('island_stock', *some)} people are left on the islands at the end, "
        "where there were about 6,200 places."
    )


def _share(found: Found, relocated: str, capacity: str) -> str:
    """Tell which share Europe takes of those on the islands, arrived over land, or relocated."""
    taken = found.row("brought_away", relocated, capacity)["difference"]
    return f"a share of {100 * taken / (taken + found.row('in_greece', relocated, capacity)['value']):.0f} %"


STUDY = Study(
    name="relocation",
    title="European relocation and Greek capacity",
    question=(
        "If Greece registers people at its land border in place of keeping them out by force, how many people a week "
        "must other states of the EU relocate so that no more are in Greece's care than there were?"
    ),
    baseline="the border guarded, nobody relocated, as it happened",
    levers=("relocated from the islands [people a week]", "registered [people a day]"),
    settings=[
        Setting(("as it happened", "-"), ("scenario=as_it_happened",)),
        *(shared(capacity, relocated) for capacity in CAPACITIES for relocated in RELOCATED),
    ],
    replicates=3,
    told=(
        "in_greece",
        "island_stock",
        "brought_away",
        "land_arrivals",
        "people_at_land_border",
        "pushed_back",
    ),
    answer=answer,
    caveats=(
        "The guarded border of the baseline is illegal and harmful: asylum was suspended, people were kept out by "
        "force and pushed back. Where Greece registers people, there are no pushbacks in the simulation, on land or "
        "at sea.",
        "A Greek border that admits was never observed; how many come is an order of magnitude. Hope follows only what "
        "people see: a quota that is small beside the crowd discourages, so that small quotas may not be used up, and "
        "hope does not revive. The gates close with the epidemic on 18 March, after 19 days.",
        "Relocation is from the islands only, as offered in 2020, and cannot be more than there are people on them. It "
        "begins on 1 March and does not depend on the number of arrivals; nobody comes because of it, by assumption.",
        "In Greece's care are counted: people on the islands, and all who arrived over land since 1 December. Those "
        "brought to the mainland as it happened are the same in all settings, and left out. Those brought away include "
        "them: the difference from the baseline is Europe's part.",
        "Money, procedures, children's needs and what happens on the mainland are not modelled. The capacity of the "
        "islands is recalled.",
    ),
    grid=True,
    own={
        "in_greece": ("On the islands or arrived over land, at the end", "people"),
        "brought_away": ("Brought from the islands, at the end", "people"),
    },
    quantities=own,
)

if __name__ == "__main__":
    run(STUDY)
