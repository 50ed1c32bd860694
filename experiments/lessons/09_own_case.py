# %% [markdown]
# # Project: a case of your own in an hour
#
# **Aims.** You build a case for another crisis from a few public figures, let the simulator find your mistakes, run
# it, and find out which assumptions of the first crisis do not hold in yours.
#
# **You need.** `.venv/bin/python experiments/lessons/09_own_case.py`, or this file as a notebook. No network, if
# you bring the figures along. A spreadsheet is good for the tables. Lessons 1 and 6.
#
# **Plan**
#
# | minutes | what |
# | --- | --- |
# | 10 | the template, and what `sim check` says |
# | 20 | places, roads, people, attacks, counts |
# | 20 | run, compare, change with a reason |
# | 10 | questions, caveat |
#
# The example is Ukraine from 24 February to 31 March 2022: eight regions and one border, of many. It is a *teaching
# case*. All its figures are *recalled*: well known, rounded, and not checked in a publication when this page was
# written. Before anybody relies on one, look it up at UNHCR (data.unhcr.org), IOM (dtm.iom.int) or OCHA, and write
# date and address into `sources.csv`. Take another crisis if you like; the steps are the same.
#
# ## The template
#
# `sim new-case DIR` writes a small case that runs as it stands. Every column is explained in lines that begin with
# `#`.
#
# **Exercise 1.** In the template **20,000**<!--{oldtown:,}--> people live in Oldtown, which is attacked and, after
# 25 days, lost. How many leave? Guess, then run.

# %%
import datetime
import shutil

from classroom import FOLDER, beside, by_day

import sim
from sim.compose import compose
from sim.errors import InputError
from sim.runner import read_case

guess_template = None

mine = FOLDER / "ukraine_2022"
shutil.rmtree(mine, ignore_errors=True)  # so that this page can be run again; leave this line out for your own case
sim.new_case(mine)
print((mine / "routes.csv").read_text(encoding="utf-8"))

# %%
words = [f"case={mine}", "output.pictures=false", f"out={FOLDER / '09'}"]
template = sim.run(words)
oldtown = int(sim.load_case(mine).initial.set_index("location").loc["Oldtown", "people"])
left_oldtown = int(by_day(template, "displaced").iloc[-1, 0])
beside("left Oldtown", guess_template, left_oldtown)


# %% [markdown]
# ## Places, roads, people
#
# Each table gets its rows. In class, type them into the files with a spreadsheet, one group of students a table;
# here a small function writes them. The last columns are the same everywhere: unit, date, source, basis, note.


# %%
def write(name, columns, rows, *rest):
    """Write a table of the case: rows of text, the last columns of which are the same."""
    lines = [",".join(str(cell) for cell in (*row, *rest)) for row in rows]
    (mine / f"{name}.csv").write_text("\n".join([columns, *lines, ""]), encoding="utf-8")


LAST = "unit,date,source,basis,note"
recalled = ("2022-02-23", "general", "recalled", "")

(mine / "case.yaml").write_text("start: 2022-02-24\ndays: 36\n", encoding="utf-8")
write(
    "sources",
    "id,title,publisher,date,url,licence,note",
    [
        ("unhcr", "Refugees from Ukraine: operational data portal", "UNHCR", "2022-03-30"),
        ("iom", "Ukraine: internal displacement report round 1", "IOM", "2022-03-16"),
        ("general", "General knowledge: populations and roads", "this class", ""),
        ("choice", "A choice of this class", "this class", ""),
        ("template", "Rows that are still those of the template", "this project", ""),
    ],
    *("", "facts", "recalled: look it up"),
)
regions = {  # latitude, longitude, people
    "Kyiv": (50.45, 30.52, 4_700_000),
    "Kharkiv": (49.99, 36.23, 2_600_000),
    "Chernihiv": (51.49, 31.29, 960_000),
    "Mariupol": (47.10, 37.54, 500_000),
    "Zaporizhzhia": (47.84, 35.14, 1_600_000),
    "Dnipro": (48.46, 35.05, 3_100_000),
    "Vinnytsia": (49.23, 28.47, 1_500_000),
    "Lviv": (49.84, 24.03, 2_500_000),
}
write(
    "locations",
    f"name,kind,country,region,governorate,area,role,control,part_of,highway,lat,lon,population,{LAST}",
    [(name, "region", "Ukraine", name, name, "", "theatre", "opposition", "", "", *at) for name, at in regions.items()]
    + [("Medyka", "crossing", "Ukraine", "Lviv", "Lviv", "", "entry_gate", "opposition", "", "", 49.80, 22.93, "")]
    + [("Rzeszow", "city", "Poland", "South", "South", "", "host", "turkey", "", "", 50.04, 22.00, "")]
    + [("Warsaw", "city", "Poland", "Middle", "Middle", "", "host", "turkey", "", "", 52.23, 21.01, "")],
    "people",
    *recalled,
)
write(
    "groups",
    f"group,label,household_mean,zone,count_as,readiness,sea_share,{LAST}",
    [("resident", "Residents", 2.6, "theatre", "syrian", 0, 0), ("syrian", "Came before", 2, "host", "syrian", 0, 1)],
    "share",
    *recalled,
)

# %% [markdown]
# **Exercise 2.** One of the roads below has a spelling mistake. Run the cell. What does the check say, and which of
# the three things you need (where, what, what instead) does the sentence tell?

# %%
roads = [
    ("Kyiv", "Chernihiw", 145),
    ("Kyiv", "Kharkiv", 480),
    ("Kyiv", "Vinnytsia", 270),
    ("Kyiv", "Lviv", 540),
    ("Kharkiv", "Dnipro", 220),
    ("Dnipro", "Zaporizhzhia", 85),
    ("Zaporizhzhia", "Mariupol", 225),
    ("Dnipro", "Vinnytsia", 620),
    ("Vinnytsia", "Lviv", 370),
    ("Lviv", "Medyka", 85),
    ("Medyka", "Rzeszow", 100),
    ("Medyka", "Warsaw", 390),
]


def check():
    """Return what `sim check case=...` finds."""
    try:
        return read_case(compose([f"case={mine}"]))[1]
    except InputError as error:
        return [str(error)]


write("routes", f"from,to,km,mode,share,{LAST}", [(*road, "road", "") for road in roads], "km", *recalled)
complaint = check()
print(*complaint, sep="\n")

# %%
roads[0] = ("Kyiv", "Chernihiv", 145)
write("routes", f"from,to,km,mode,share,{LAST}", [(*road, "road", "") for road in roads], "km", *recalled)
print(*check(), sep="\n")

# %% [markdown]
# ## First day, attacks, counts
#
# The check now tells what is left of the template. Some words come from the first crisis: `turkey` is any host
# country, and a group counted as `syrian` draws those who flee across the border, whatever their nationality. The
# attacks are crude: four regions, bombarded on every day.

# %%
at_home = [("all", name, "resident", at[2]) for name, at in regions.items()]
came_before = [("all", "Warsaw", "syrian", 1_200_000), ("all", "Rzeszow", "syrian", 100_000)]
write("initial", f"variant,location,group,people,{LAST}", at_home + came_before, "people", *recalled)
dates = [datetime.date(2022, 2, 24) + datetime.timedelta(days=day) for day in range(36)]
attacked = "Kyiv;Kharkiv;Chernihiv;Mariupol"
write(
    "events",
    "date,type,places,share,event,control_after,unit,source,basis,note",
    [(date, "bombardment", attacked, "", "attacks", "") for date in dates],
    *("day", "general", "recalled", "crude: the same on every day"),
)
write("camps", f"location,people,{LAST}", [("Lviv", 20_000)], "people", "2022-02-24", "choice", "assumed", "")
no_sea = [("sea_departures", dates[0], 0)]
write("rates", f"quantity,first_date,value,{LAST}", no_sea, "people per day", "", "choice", "assumed", "")
abroad = ("entered_host", "", "cumulative", dates[0])
write(
    "observed",
    "id,outcome,place,kind,period_start,date,value,low,high,use,unit,source,basis,note",
    [
        ("abroad_8_march", *abroad, "2022-03-08", 2_000_000, "", "", "validation", "people", "unhcr"),
        ("abroad_30_march", *abroad, "2022-03-30", 4_000_000, "", "", "validation", "people", "unhcr"),
        ("inside", "displaced_inside", "", "stock", "", "2022-03-16", 6_480_000, "", "", "none", "people", "iom"),
    ],
    *("recalled", "whole country and all borders"),
)
remaining = check()
print(*remaining or ["nothing to complain about"], sep="\n")

# %% [markdown]
# A policy says that the border is open. (`entry_turkey` is the admission at the crossings into the host country: a
# word of the first crisis again.)

# %%
(mine / "policies").mkdir()
(mine / "policies" / "open_border.yaml").write_text(
    """open_border:
  what: The neighbours let everybody in who comes.
  first_day: 2022-02-24
  effects: {entry_turkey: -1}
  because: They did.
  source: general knowledge
"""
)

# %% [markdown]
# ## Run and compare
#
# **Exercise 3.** UNHCR: **2.0**<!--{by_8_march / 1e6:.1f}--> million people had left Ukraine by 8 March,
# **4.0**<!--{by_30_march / 1e6:.1f}--> million by 30 March. The model now uses *the parameters of north-western
# Syria*. Guess what it says for 8 March and 30 March, and where most of those who fled are on 16 March.

# %%
guess_8_march, guess_30_march = None, None

counts = sim.load_case(mine).observed.set_index("id")["value"]
by_8_march, by_30_march, inside = counts["abroad_8_march"], counts["abroad_30_march"], counts["inside"]


def outcome(**behaviour):
    """Run the case with some parameters changed; return people abroad, displaced inside, on the road."""
    changes = [f"behaviour.{name}={value}" for name, value in behaviour.items()]
    run = sim.run([*words, f"policies={mine / 'policies'}", "policy=open_border", "population=tiny", *changes])
    entered = by_day(run, "entered_host")[1].cumsum()
    away, on_the_way = by_day(run, "remaining_displaced")[1], by_day(run, "travelling")[1]
    day = "2022-03-16"
    found = entered["2022-03-08"], entered["2022-03-30"], away[day] - entered[day], on_the_way[day]
    return [int(value) for value in found]


borrowed = outcome()
beside("abroad by 8 March", guess_8_march, borrowed[0])
beside("abroad by 30 March", guess_30_march, borrowed[1])
print(f"16 March: {borrowed[2]:,} displaced inside or on the way, of these {borrowed[3]:,} on the road")

# %% [markdown]
# **Exercise 4.** Far off. Which assumption of the first crisis cannot hold here? Look at where people are on 16
# March; then at `crowd_people` and `theatre_speed` in `conf/behaviour/default.yaml`. Change what you can give a
# reason for, one at a time, and write the reason down.

# %%
my_changes = {"crowd_people": 20_000_000, "theatre_speed": 300}

changed = outcome(**my_changes)
print("abroad by 8 and 30 March, inside, on the road:", *(f"{value:,}" for value in changed))

# %% [markdown]
# **Exercise 5.** Now turn `leave_max`, `entry_cost`, `host_ties` and `distance_cost` until both counts of people
# abroad are met within a third. What have you used up by that (lesson 6)? And is the count of people displaced
# inside, **6.5**<!--{inside / 1e6:.1f}--> million, met too?

# %%
my_fit = {**my_changes, "leave_max": 0.05}

fitted = outcome(**my_fit)
print("abroad by 8 and 30 March, inside, on the road:", *(f"{value:,}" for value in fitted))

# %% [markdown]
# ## Questions
#
# 1. Men between 18 and 60 were not allowed to leave Ukraine. Which rule of the model makes it impossible to say so?
# 2. People went back in large numbers from April on. What would you need to add to the case for that?
# 3. Which of your tables would you trust least, and what would it cost to do better?
#
# ## Caveat
#
# An hour makes a case that runs, not one that is right. Eight regions are not a country, one border is not five,
# attacks were not the same on every day, and every figure here was recalled. Use such a case to find out what you
# would need to know, never to tell anybody what will happen.
