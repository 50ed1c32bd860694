# %% [markdown]
# # Lesson 7: sensitivity: which assumption matters?
#
# **Aims.** You can find out with a few runs which of many assumed numbers decides a result, work out one effect by
# hand, and say why the answer depends on the question.
#
# **You need.** `.venv/bin/python experiments/lessons/07_sensitivity.py`, or this file as a notebook. No network.
# The package SALib, which `make install` brings.
#
# **Plan**
#
# | minutes | what |
# | --- | --- |
# | 10 | five assumptions, and your ranking |
# | 15 | one step at a time, by hand |
# | 15 | the whole table |
# | 5 | questions, caveat |
#
# ## Five assumptions
#
# Each of these numbers is assumed, and could as well lie anywhere between its bounds:
#
# - `leave_max`: the chance that a household in great danger leaves on a day;
# - `push_capture`: how much the fall of a town frightens;
# - `onward_rate`: how soon people go on from a place without protection;
# - `distance_cost`: how much a long way deters;
# - `give_up`: how soon people leave the border with Greece.
#
# **Exercise 1.** Four results, up to 8 February: people displaced; moves in all; displaced people in the
# Turkish-held north; nights in the open. For each, which of the five numbers matters most, and which matters not at
# all? Fill in the cell.

# %%
import pandas as pd
from classroom import FOLDER, beside

import sim

guess_most = {"displaced": None, "gross_moves": None, "northern_aleppo": None, "nights_in_the_open": None}
guess_nothing = {"displaced": [], "gross_moves": [], "northern_aleppo": [], "nights_in_the_open": []}

assumed = ["leave_max", "push_capture", "onward_rate", "distance_cost", "give_up"]
words = ["population=tiny", "days=70", "samples=3", f"parameters=[{','.join(assumed)}]", "output.pictures=false"]
folder = sim.sensitivity([*words, f"outcomes=[{','.join(guess_most)}]", f"out={FOLDER / '07'}"])

# %% [markdown]
# ## One step at a time
#
# The method (Morris 1991) walks through the space of assumptions: three walks, each from a point of its own, and on
# each step only *one* number changes, by two thirds of its range. So any two neighbouring lines tell what that one
# number does, there, with everything else as it is and the same luck.
#
# **Exercise 2.** Look at the first walk. Which number changes from line 0 to line 1? By how much does `displaced`
# change? Divide by two thirds: that is the *effect* over the whole range. Then find two lines that tell the effect
# of `give_up`.

# %%
points = pd.read_csv(folder / "points.csv").rename(columns=lambda name: name.removeprefix("behaviour."))
print(points.head(len(assumed) + 1).round(3).to_string())

# %%
guess_effect = None  # people

first_step = points["displaced"].diff().iloc[1]
effect = first_step / (2 / 3)
beside("effect of push_capture on displaced, first walk", guess_effect, effect)

# %% [markdown]
# ## The whole table
#
# `mu_star` is the mean size of the effects, whatever their sign: which assumption matters. `mu` is their mean with
# sign: in which direction. `sigma` is how much the effects differ from walk to walk: whether it depends on the
# other numbers.

# %%
indices = pd.read_csv(folder / "indices.csv")
indices["parameter"] = indices["parameter"].str.removeprefix("behaviour.")
wide = indices.pivot_table(index="parameter", columns=["index", "outcome"], values="value", sort=False)
matters = wide["mu_star"]
print(matters.round().astype(int).to_string())

# %%
for outcome in guess_most:
    nothing = list(matters.index[matters[outcome] == 0])
    beside(f"{outcome}: matters most", guess_most[outcome], matters[outcome].idxmax(), "")
    beside(f"{outcome}: no effect at all", ", ".join(guess_nothing[outcome]) or None, ", ".join(nothing), "")

# %% [markdown]
# **Exercise 3.** Somebody wants to know how many tents to send to the Turkish-held north and has money to find out
# *one* of the five numbers better. Which? And who has to plan for the total?
#
# **Exercise 4.** Some effects are not small, but exactly nothing. Give a reason for each from the rules: who leaves
# home depends on the threat there, on nerves and on luck.

# %%
signed = wide["mu"]
print(signed["northern_aleppo"].round().astype(int).to_string())

# %% [markdown]
# ## Questions
#
# 1. "The model is not sensitive to `give_up`, so we may leave it out." Is that right?
# 2. The range of `leave_max` was chosen by somebody. What happens to the ranking if it is halved?
# 3. A parameter with a small `mu` and a large `mu_star`: what does that mean?
#
# ## Caveat
#
# Three walks in a sample of one household in some hundreds rank the large effects and no more. And sensitivity
# tells what matters in the model. Whether it matters in the world is another question.
