# %% [markdown]
# # Lesson 1: a first run, and how to read a map
#
# **Aims.** You can run the simulator, find its results, tell a stock from a flow, and say what a map of it shows
# and what it hides.
#
# **You need.** `make install` done once (with a network, or from a folder of downloaded packages). Then no network:
# `.venv/bin/python experiments/lessons/01_first_run.py`, or open this file in VS Code, Spyder or Jupyter and run it
# cell by cell. The very first run on a laptop compiles the model and takes half a minute; later ones take seconds.
#
# **Plan**
#
# | minutes | what |
# | --- | --- |
# | 10 | what is simulated; write down your guesses |
# | 10 | run, compare with the guesses |
# | 15 | read the map in pairs |
# | 10 | questions, caveat |

# %% [markdown]
# ## What is simulated
#
# North-western Syria, from 1 December 2019 to 29 March 2020. An offensive of the Syrian government and its allies
# approaches from the south and the east. About **4.0**<!--{theatre / 1e6:.1f}--> million people live there, and
# **1.9**<!--{before / 1e6:.1f}--> million of them had been displaced before. Put in are dates of attacks, roads,
# people by place, and rules of how households respond. Not put in is how many leave. To be quick, the model follows
# one household in twenty and counts each twenty times.

# %%
import pandas as pd
from classroom import FOLDER, beside, by_day, show

import sim
from sim.paths import case_folder
from sim.views.stocks import busiest_day

case = sim.load_case(case_folder("idlib_2020"))
start = case.initial.merge(case.locations[["name", "role"]], left_on="location", right_on="name")
start = start[start["role"] == "theatre"].groupby("group")["people"].sum()
theatre, before = int(start.sum()), int(start["displaced_before"])
print(start)

# %% [markdown]
# ## Predict, then run
#
# Write your guesses into the next cell before you run the one after it. A wrong guess teaches more than none.
#
# 1. How many people leave their home between 1 December and 8 March?
# 2. On which day do most people leave home for the first time?
# 3. Which is larger: the number of people who were displaced, or the number of moves they made? By which factor?

# %%
guess_displaced = None  # people, for example 500_000
guess_day = None  # for example "2020-01-15"
guess_moves_per_person = None  # for example 1.2

# %%
run = sim.run(["population=class", "days=120", f"out={FOLDER / '01'}"])

displaced = by_day(run, "displaced")[1]  # people who have left home since the first day, added up; 1 is the seed
moves = by_day(run, "gross_moves")[1]  # departures on each day, the second and third of the same people too
by_march = int(displaced["2020-03-08"])
busiest = displaced.diff().idxmax()
moves_each = moves[:"2020-03-08"].sum() / by_march

beside("displaced by 8 March", guess_displaced, by_march)
beside("most leave on", guess_day, f"{busiest:%Y-%m-%d}", "")
beside("moves of each of them", guess_moves_per_person, moves_each, "")

# %% [markdown]
# REACH published **959,000**<!--{counted:,.0f}--> displaced people by 8 March. That count was not put in, and no
# parameter was fitted to it.

# %%
published = case.observed.set_index("id")
counted = published.loc["displaced_2020_03_08", "value"]
print(f"published {counted:,.0f}, simulated {by_march:,}: {by_march / counted - 1:+.0%}")

# %% [markdown]
# ## Stock and flow
#
# A *stock* is how many are somewhere at the end of a day. A *flow* is how many moved during a day. Newspapers mix
# them.
#
# **Exercise 1.** `displaced` only grows. What about those who are away from home on a day, `remaining_displaced`?
# Draw both lines on paper for December to March, then run the cell.

# %%
away = by_day(run, "remaining_displaced")[1]
returned = by_day(run, "returned")[1]
table = pd.DataFrame({"ever displaced": displaced, "still away": away, "back home": returned}).astype(int)
print(table.loc[["2019-12-31", "2020-01-31", "2020-02-29", "2020-03-29"]])

# %% [markdown]
# ## Read the map
#
# **Exercise 2.** Before you look: where do you expect most displaced people in early March? Near the front, near
# the closed border with Turkey, or in the Turkish-held north? Write it down. Then open the map and answer:
#
# 1. What does the area of a circle stand for? What does its diameter stand for?
# 2. Which place has the largest circle? Which colour is largest in it?
# 3. The grey part of the circles: when did these people flee?
# 4. What are the black crosses, and why are there hardly any circles beside them?
# 5. Name three groups of people who are not on this map although they were there.

# %%
for picture in run.pictures:
    show(picture)

# %%
refuge = ["hosted", "camp", "tent", "unfinished", "open_air"]
map_day = busiest_day(run.daily, case)  # the day that the map is of
on_the_day = run.daily[(run.daily["day"] == map_day) & run.daily["status"].isin(refuge)]
places = on_the_day.groupby("location", observed=True)["people"].sum().sort_values(ascending=False)
print(places.head(8))

# %% [markdown]
# ## Questions
#
# 1. One headline has almost two million moves, another one million displaced: "one of them must be wrong". Answer
#    it.
# 2. The map is of one day. Which day would you choose to make the crisis look large? Which to make it look small?
# 3. The run has one seed. What would another seed change? (Lesson 4.)
#
# ## Caveat
#
# That the total comes out near the published one does not make the places right. The populations of the
# sub-districts are assumed, because no table of them exists. A line on the map takes no position on any border.
