# %% [markdown]
# # Lesson 4: chance and seeds: why one run proves nothing
#
# **Aims.** You can say what a seed is, work out with pencil and paper how far two runs of the same world may lie
# apart, and refuse to compare two policies by one run each.
#
# **You need.** `.venv/bin/python experiments/lessons/04_chance.py`, or this file as a notebook. No network. A
# board, and a number from 1 to 30 for each laptop.
#
# **Plan**
#
# | minutes | what |
# | --- | --- |
# | 15 | one seed each, results on the board |
# | 10 | the spread with pencil and paper |
# | 15 | how many runs, how many people? |
# | 5 | questions, caveat |
#
# ## One seed each
#
# Toyland again: **400**<!--{n_households}--> households in Ashford, two days of bombs, **14**<!--{days}--> days.
# Each day each household has a small chance of leaving. The computer throws dice for it, and the *seed* decides
# which dice: the same seed gives the same run on every laptop of the world, another seed gives other luck in the
# same world.
#
# **Exercise 1.** Each laptop takes its own number as the seed. Before you run: about **566**<!--{expected:.0f}-->
# of the **2,000**<!--{n_people:,}--> people leave on average. What is the lowest, and what the highest number that
# will stand on the board?

# %%
import numpy as np
from classroom import FOLDER, beside, by_day

import sim
from sim.paths import case_folder

ashford = sim.load_case(case_folder("toyland")).initial.set_index("location").loc["Ashford"]
n_people = int(ashford["people"])
n_households = n_people // 5

my_seed = 1  # the number of your laptop
guess_lowest, guess_highest = None, None

days = 14
words = ["case=toyland", f"days={days}", "output.pictures=false"]
mine = sim.run([*words, f"seed={my_seed}", f"out={FOLDER / '04_mine'}"])
print(f"seed {my_seed}: {by_day(mine, 'displaced').iloc[-1, 0]:.0f} people left Ashford. Write it on the board.")

# %% [markdown]
# Those who work alone run the first 16 seeds at once:

# %%
runs = sim.run([*words, "seed=1", "replicates=16", f"out={FOLDER / '04_sixteen'}"])
left = by_day(runs, "displaced").iloc[-1].astype(int)
lowest, highest, expected = left.min(), left.max(), left.mean()
for seed, people in left.sort_values().items():
    print(f"seed {seed:2}  {people:4}  {'#' * (people // 20)}")
beside("lowest", guess_lowest, lowest)
beside("highest", guess_highest, highest)

# %% [markdown]
# **Exercise 2.** Two newspapers each saw one of these runs. Write the headline of the one with the lowest number
# and of the one with the highest. Both worlds have the same bombs, the same people, the same rules. What caused the
# difference?

# %% [markdown]
# ## The spread with pencil and paper
#
# If each of n households leaves with probability p, the number of households that leave strays around n p by about
#
#     spread = square root of (n p (1 - p))        (one standard deviation)
#
# and two runs in three lie within one spread of the mean, nineteen in twenty within two.
#
# **Exercise 3.** Work it out: n is **400**<!--{n_households}-->; take p as the share of people who left on average.
# Multiply by five people a household. Compare with the spread of the 16 seeds. Households are not all of five
# people: does that make the spread larger or smaller?

# %%
guess_spread = None  # people

p = expected / n_people
spread_by_hand = 5 * np.sqrt(n_households * p * (1 - p))
spread_seen = left.std()
beside("spread of 16 seeds", guess_spread, spread_seen)
print(f"by hand {spread_by_hand:.0f} people")

# %% [markdown]
# ## How many runs?
#
# **Exercise 4.** The mean of four runs strays less than one run. Half as much? A quarter? Guess, then look at the
# means of seeds 1-4, 5-8, 9-12 and 13-16.

# %%
guess_part = None  # for example 0.25

means = left.to_numpy().reshape(4, 4).mean(axis=1)
part = means.std(ddof=1) / spread_seen
print(means.round().astype(int))
beside("spread of means of four, as a part of that of single runs", guess_part, part, "")

# %% [markdown]
# ## How many people?
#
# **Exercise 5.** Sixteen Toylands side by side (`population.multiply=16`): **32,000**<!--{16 * n_people:,}-->
# people. Does the *share* that leaves stray more, less or as much as in one Toyland? By which factor?

# %%
guess_factor = None

wide = sim.run([*words, "seed=1", "replicates=8", "population.multiply=16", f"out={FOLDER / '04_wide'}"])
wide_left = by_day(wide, "displaced").iloc[-1]
share_spread, wide_spread = spread_seen / n_people, wide_left.std() / (16 * n_people)
beside("spread of the share, one Toyland over sixteen", guess_factor, share_spread / wide_spread, "times")

# %% [markdown]
# ## Questions
#
# 1. A whole crisis has a million and a half households. Is the number of displaced people a matter of luck there?
#    And the number of people who die in boats, about ten in a run?
# 2. How many runs do you need to tell the mean of Toyland to within ten people, nineteen times in twenty?
# 3. Seed 1 is "as good as any". Why is it cheating to try seeds until the picture is nice?
#
# ## Caveat
#
# The spread over seeds is the luck of households, and nothing else. If a rule or a number is wrong, a thousand runs
# agree with each other and are all wrong (lesson 6).
