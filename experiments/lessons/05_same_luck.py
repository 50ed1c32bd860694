# %% [markdown]
# # Lesson 5: comparing policies with the same luck
#
# **Aims.** You write a policy as a file of data, compare it with doing nothing, and explain why the comparison is
# made for the same people with the same luck, and what that cannot cure.
#
# **You need.** `.venv/bin/python experiments/lessons/05_same_luck.py`, or this file as a notebook. No network.
# Lesson 4.
#
# **Plan**
#
# | minutes | what |
# | --- | --- |
# | 10 | a policy is a file |
# | 15 | other luck: what two newspapers find |
# | 15 | same luck: the same question again |
# | 5 | questions, caveat |
#
# ## A policy is a file
#
# Ashford will be bombed on 6 and 7 January. Suppose Birchwood had built **40**<!--{places}--> camp places on 3
# January, for about eight families. When, where, what, why: that is all a policy says. It never says which people
# do what.

# %%
from classroom import FOLDER, beside

import sim

places, days = 40, 14
policies = FOLDER / "policies"
policies.mkdir(parents=True, exist_ok=True)
(policies / "more_camps.yaml").write_text(f"""more_camps:
  what: {places} camp places more in Birchwood before the bombs.
  first_day: 2020-01-03
  where: [Birchwood]
  effects: {{camp_places: {places}}}
  because: To see what eight shelters with a floor and a stove are worth.
  source: what-if
""")

# %% [markdown]
# ## Predict, then run
#
# **Exercise 1.** A *night in the open* is one person who spends one night without a roof. Without the policy there
# are about **1,034**<!--{without.mean():,.0f}--> of them in fourteen days. Guess: how many nights does the policy
# spare? Do more or fewer people leave Ashford because of it?

# %%
guess_spared, guess_displaced = None, None

words = ["scenarios=[facts_only,facts_only+more_camps]", f"policies={policies}", "case=toyland", f"days={days}"]
found = sim.compare([*words, "replicates=8", "output.pictures=false", f"out={FOLDER / '05'}"])


def by_seed(scenario, outcome, total):
    """Return an outcome of each seed: added up over the days, or on the last day."""
    rows = found.runs[scenario].series
    rows = rows[rows["outcome"] == outcome].groupby("seed")["value"]
    return (rows.sum() if total else rows.last()).astype(int)


without = by_seed("facts_only", "nights_in_the_open", total=True)
with_camps = by_seed("facts_only+more_camps", "nights_in_the_open", total=True)

# %% [markdown]
# ## Other luck
#
# **Exercise 2.** The first newspaper has a run *without* the policy, the second a run *with* it, each with a seed
# of its own. Choose a seed from each list that makes the policy look useless, then two that make it look like a
# miracle.

# %%
print("without", without.to_dict())
print("with   ", with_camps.to_dict())
pairs = [(one, other) for one in without.index for other in without.index if one != other]
wrong = sum(with_camps[other] >= without[one] for one, other in pairs)
print(f"of {len(pairs)} pairs of different seeds, {wrong} say that the policy makes things worse")

# %% [markdown]
# ## Same luck
#
# In this simulator every throw of the dice belongs to a seed, a household, a day and a decision. So household 17
# meets the same luck on 8 January in both worlds, and what differs between the worlds is the policy's doing.
#
# **Exercise 3.** Take the difference seed by seed. How much does it stray from seed to seed: as much as the nights
# themselves, about half, or far less?

# %%
guess_stray = None  # person-nights

difference = with_camps - without
beside("spared, mean of eight seeds", guess_spared, -difference.mean(), "nights")
beside("the difference strays by", guess_stray, difference.std(), "nights")
print(difference.to_dict())
print(f"the nights themselves stray by {without.std():.0f}")

# %%
left = [by_seed(name, "displaced", total=False) for name in found.scenarios]
beside("people who leave Ashford, with less without", guess_displaced, (left[1] - left[0]).mean())

# %% [markdown]
# **Exercise 4.** Independent runs would need the square of (stray of a difference of two independent runs / stray
# of the paired difference) times as many pairs for the same certainty. How many is one pair worth here? The
# simulator prints it beside each difference.

# %%
worth = 2 * without.var() / difference.var()
print(f"one pair is worth {worth:.0f}")

# %% [markdown]
# ## Who?
#
# Because luck is shared, you can ask which households live another life under the policy.

# %%
changed = found.changed()
people = changed.groupby(["was_status", "is_status"], observed=True)["people"].sum() / 8
print(people[people > 0].round(1).to_string())

# %% [markdown]
# ## Questions
#
# 1. Each seed gains a different number of nights, although the same number of places was built. Why?
# 2. All eight seeds agree. Does that prove that camp places spare nights in the open, in Idlib, in winter?
# 3. "The same luck under two policies": name a piece of luck that a real policy would change.
#
# ## Caveat
#
# Same luck removes one source of noise from a *difference*. It removes no mistake in a rule: if people in reality
# do not move into the places that were built, every seed is wrong by the same amount.
