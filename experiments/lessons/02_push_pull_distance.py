# %% [markdown]
# # Lesson 2: push, pull and distance: write the rule yourself
#
# **Aims.** You write two rules of a displacement model in a few lines of Python: who leaves, and where to. You see
# that a rule which sounds the same in words can give a very different crisis, and you check a result with pencil
# and paper.
#
# **You need.** `.venv/bin/python experiments/lessons/02_push_pull_distance.py`, or this file as a notebook. No
# network. Python: `def`, `if`, `for`.
#
# **Plan**
#
# | minutes | what |
# | --- | --- |
# | 5 | Toyland, and how a household looks as a Mesa agent |
# | 15 | push: who leaves, and when? |
# | 20 | pull and distance: where to? |
# | 5 | questions, caveat |

# %% [markdown]
# ## Toyland
#
# **2,000**<!--{sizes["Ashford"]:,}--> people live in Ashford, in about **400**<!--{sizes['Ashford'] // 5}-->
# households of five. Ashford is bombed on day 5 and on day 6. Two towns are quiet: Birchwood,
# **60**<!--{km["Birchwood"]}--> km away, with **1,000**<!--{sizes["Birchwood"]:,}--> people, and Fern,
# **180**<!--{km["Fern"]}--> km away, with **4,000**<!--{sizes["Fern"]:,}--> people. The next cell adds Fern to the
# Toyland that comes with the simulator, and switches off that people move on once they have arrived.

# %%
import dataclasses
import inspect
from unittest.mock import patch

import pandas as pd
from classroom import beside

from sim.compose import compose
from sim.household import Household
from sim.model import DisplacementModel
from sim.population import HOME
from sim.reference import MesaDriver
from sim.runner import checked_case

config = compose(["case=toyland", "days=20", "behaviour.onward_rate=0", "behaviour.threat_weight_displaced=0"])
toyland = checked_case(config)


def with_town(case, name, people, km):
    """Return a case with one more town like Birchwood."""
    like = case.locations[case.locations["name"] == "Birchwood"]
    town = like.assign(name=name, population=people, lon=38.6)
    road = case.routes[case.routes["to"] == "Birchwood"].assign(to=name, km=km)
    living = case.initial[case.initial["location"] == "Birchwood"].assign(location=name, people=people)
    tables = {"locations": town, "routes": road, "initial": living}
    longer = {key: pd.concat([getattr(case, key), rows], ignore_index=True) for key, rows in tables.items()}
    return dataclasses.replace(case, **longer)


case = with_town(toyland, "Fern", people=4000, km=180)
towns = case.locations[case.locations["role"] == "theatre"].set_index("name")
sizes = towns["population"].astype(int).to_dict()
km = case.routes.set_index("to")["km"].astype(int).to_dict()
print(sizes)

# %% [markdown]
# ## A household is a Mesa agent
#
# This is the rule of the simulator for leaving home, as it stands in `sim/household.py`. `today` holds what the
# rules of the day are, `self` is the household: `self.status`, `self.people`, `self.spot` (the number of its
# place), `self.threshold` (its nerves, a number from 0 to 63 that it keeps for life).

# %%
print(inspect.getsource(Household.leave_home))


# %%
def simulate(**rules):
    """Run Toyland with your rules in place of the simulator's; return how many left on each day, and where to."""
    with patch.multiple(Household, **rules):
        model = DisplacementModel(config, case, seed=1, driver=MesaDriver)
        while model.running:
            model.step()
    flows = model.recorder.frames()["flows"]
    left = flows.groupby("day")["people"].sum()
    return left, flows.groupby("destination", observed=True)["people"].sum().astype(int)


# %% [markdown]
# ## Push: who leaves?
#
# Threat is counted in bombs: 1 on the day of a bomb, then it fades. On day 5 it is 1. On day 6 a little is gone and
# one is added: **1.73**<!--{1 + 2 ** (-1 / config.behaviour.half_life_air):.2f}-->. Then it falls.
#
# **Exercise 1.** Here is the simplest rule: whoever feels a threat above 1 leaves. How many people leave, and on
# which days? Write it down, then run.

# %%
guess_leaving = None  # people
guess_first_day = None


def one_limit_for_all(self, today):
    """Leave home as soon as the threat is above 1."""
    if self.status == HOME and self.spot >= 0 and self.model.threat_felt[self.spot] > 1.0:
        self.flee(today)


all_alike, _ = simulate(leave_home=one_limit_for_all)
beside("who left", guess_leaving, int(all_alike.sum()))
beside("first day", guess_first_day, int(all_alike.index[0]), "")
print(all_alike)

# %% [markdown]
# **Exercise 2.** People are not alike. Give each household a limit of its own, spread evenly between a half and two
# and a half: `limit = 0.5 + 2 * (self.threshold + 0.5) / 64`. Change the rule below. First work out with pencil and
# paper: which share leaves on day 5, and which share has left by day 7?


# %%
def my_leave_home(self, today):
    """Leave home: change this rule."""
    limit = 1.0
    if self.status == HOME and self.spot >= 0 and self.model.threat_felt[self.spot] > limit:
        self.flee(today)


my_left, _ = simulate(leave_home=my_leave_home)
print(my_left)

# %% [markdown]
# **Exercise 3.** The simulator's own rule: each day a *chance* of leaving, small while the threat is below the
# household's limit, at most 12 in a hundred. More or fewer than in exercise 2? Over more days or fewer?

# %%
guess_own_rule = None  # people

own_rule, own_where = simulate(leave_home=Household.leave_home)
beside("who left", guess_own_rule, int(own_rule.sum()))
print(own_rule)


# %% [markdown]
# ## Pull and distance: where to?
#
# **Exercise 4.** Now all of Ashford leaves, and you decide where to. The rule below sends everybody to the nearest
# town. Write the *gravity* rule: the weight of a town is its people, times `exp(-km / 100)`; a household chooses a
# town with a probability proportional to its weight. Before you run it: which share goes to small, near Birchwood?
#
# In the rule, `others` are the numbers of the towns it may choose. For a town j, `people[j]` live there at the
# start (`people = self.model.geography.people_start`) and it is `km[j]` away. `self.luck(today, draws.DESTINATION)
# / 2**32` is the household's own luck in this choice, evenly spread between 0 and 1.


# %%
def my_flee(self, today):
    """Choose a town and set out: change this rule."""
    km = today.metres[self.spot] / 1000  # to each town by road
    others = [j for j in range(len(km)) if j != self.spot]
    chosen = min(others, key=lambda j: km[j])  # the nearest
    self.be_displaced(self.world.place_of[chosen], today.metres[self.spot, chosen])


_, my_where = simulate(leave_home=one_limit_for_all, flee=my_flee)
print(my_where)

# %% [markdown]
# **Exercise 5.** At which size of Fern would as many go there as to Birchwood? Work it out on paper: `people of
# Birchwood x exp(-60 / 100) = people of Fern x exp(-180 / 100)`. Then try it with `with_town`.

# %% [markdown]
# ## Questions
#
# 1. Exercises 1 and 2 both say "people leave when the threat is too high". Why does it matter whose limit it is?
# 2. Distance in your rule is kilometres. What else makes a way long for a family with children, an old person,
#    someone without money or papers?
# 3. The word *pull* sounds as if a town attracted people who would else have stayed. In your rule, does a larger
#    Fern make anybody leave Ashford?
#
# ## Caveat
#
# Gravity describes shares of many people. It says nothing about a person, and it fits many crises because many
# different reasons (relatives, work, language, safety) grow with the size and nearness of a place.
