# %% [markdown]
# # Lesson 6: calibration: how a model can fit and still be wrong
#
# **Aims.** You fit a model to a count by hand, find that many settings fit, and show two of them that agree on what
# is known and disagree on what you want to know. You can say why some counts must be kept away from the fit.
#
# **You need.** `.venv/bin/python experiments/lessons/06_fit_and_wrong.py`, or this file as a notebook. No network.
#
# **Plan**
#
# | minutes | what |
# | --- | --- |
# | 15 | turn two knobs until one count fits |
# | 15 | two worlds that fit equally well |
# | 10 | what they say about a policy |
# | 5 | questions, caveat |
#
# ## Two knobs, one count
#
# By 2 February 2020 the United Nations had counted **586,000**<!--{target:,.0f}--> newly displaced people. Two
# knobs of the model: `leave_max`, the chance that a household in great danger leaves on a day; and `push_capture`,
# how much the fall of a town frightens, in bombs.
#
# **Exercise 1.** Turn the two knobs until the model comes within five percent of the count. Your neighbour starts
# from `leave_max = 0.08`, you from a tenth. Before you start: how many pairs of values will fit?

# %%
import pandas as pd
from classroom import beside

from sim.compose import compose
from sim.model import simulate
from sim.observed import counted
from sim.parameters import with_values
from sim.runner import checked_case
from sim.studies.priors import chosen_priors, read_settings
from sim.studies.residuals import goal

quick = compose(["population=tiny", "days=64"])
case = checked_case(quick)
target = case.observed.set_index("id").loc["displaced_2020_02_02", "value"]


def displaced(**values):
    """Return how many are displaced by 2 February with these values of parameters."""
    config = with_values(quick, {f"behaviour.{name}": value for name, value in values.items()})
    return next(one["value"] for one in simulate(config, case, seed=1).summary if one["outcome"] == "displaced")


my_leave_max, my_push_capture = 0.12, 1.9

mine = displaced(leave_max=my_leave_max, push_capture=my_push_capture)
print(f"{mine:,.0f} displaced, {mine / target - 1:+.0%}")

# %% [markdown]
# ## Two worlds that fit
#
# A computer has turned thirteen knobs at once and kept forty sets of values that fit the *calibration* counts about
# equally (`sim calibrate`). Two more knobs, `hosted` (who finds a host or a room to rent) and `rehousing` (how soon
# others find a roof), are heard by no such count, and were drawn from what is thought possible. Here are two of the
# sets, A and B. They were picked because they show the point well.
#
# **Exercise 2.** Read the table of the two sets. Say in words how people in world A differ from people in world B.

# %%
words = ["population.one_in=50", "days=100"]
config = compose(words)
values = {  # in world A, in world B
    "half_life_air": (2.77884, 4.21495),
    "push_strike": (1.66153, 1.37989),
    "push_capture": (2.26428, 1.74313),
    "spread_km": (15.6238, 17.8175),
    "reassurance": (0.500067, 0.176023),
    "leave_max": (0.14943, 0.142729),
    "threshold_sigma": (0.329803, 0.414515),
    "border_shelter": (0.750596, 0.723928),
    "onward_rate": (0.224019, 0.160813),
    "distance_cost": (0.0826099, 0.0588613),
    "size_exponent": (0.559582, 0.626471),
    "room_weight": (0.681673, 1.43749),
    "same_governorate": (1.20983, 1.17995),
    "hosted": (0.730843, 0.422108),
    "rehousing": (0.1695, 0.055512),
}
worlds = {
    world: {f"behaviour.{name}": pair[i] for name, pair in values.items()} for i, world in enumerate("AB")
}
priors = chosen_priors(list(values), read_settings(None), config)
table = pd.DataFrame(worlds)
table["least"], table["most"] = [prior.low for prior in priors], [prior.high for prior in priors]
table.index = list(values)
print(table.round(3).to_string())

# %% [markdown]
# **Exercise 3.** Both are run, and held against all calibration counts of the theatre: people displaced by seven
# dates, where they came from and went to. A *residual* of 1 means: off by as much as such counts usually are.
# Guess: which world fits better? And which comes nearer to a count that was kept away from the fit, the
# **961,000**<!--{kept_away:,.0f}--> of 2 March?

# %%
guess_better_fit, guess_nearer = None, None  # "A" or "B"

fit = goal(config, case, read_settings(None))
theatre = fit.rows["family"].isin(["displaced", "origins", "destinations", "regions"]).to_numpy()
kept_away = case.observed.set_index("id").loc["displaced_2020_03_02", "value"]
frames, misfit, in_march = {}, {}, {}


def by_day(tables):
    """Return the outcomes of a simulation by date, a column each."""
    return tables["series"].pivot(index="date", columns="outcome", values="value")


comparison = fit.rows[["id", "value"]].set_index("id").rename(columns={"value": "published"})[theatre]
for name, chosen in worlds.items():
    frames[name] = simulate(with_values(config, chosen), case, seed=1).frames
    counts = counted(frames[name].__getitem__, fit.rows, case)
    misfit[name] = float((fit.residuals(counts.to_numpy().T)[theatre] ** 2).sum())
    comparison[name] = counts[1][theatre]
    in_march[name] = by_day(frames[name]).loc["2020-03-02", "displaced"]
print(comparison.astype(int).to_string())

# %%
better, nearer = min(misfit, key=misfit.get), min(worlds, key=lambda name: abs(in_march[name] - kept_away))
beside("better fit", guess_better_fit, f"{better} ({misfit['A']:.1f} and {misfit['B']:.1f}: as good as equal)", "")
beside("nearer to the count kept away", guess_nearer, nearer, "")
print({name: f"{value:,.0f} ({value / kept_away - 1:+.0%})" for name, value in in_march.items()})

# %% [markdown]
# ## What they say about a policy
#
# **Exercise 4.** What would **100,000**<!--{camps.policy["winter_camps"].effects["camp_places"]:,.0f}--> more camp
# places in winter have spared, in nights in the open? Will the two worlds agree within five percent?

# %%
guess_agree = None  # "yes" or "no"

camps = compose([*words, "scenario=winter_camps"])
spared = {}
for name, chosen in worlds.items():
    with_camps = simulate(with_values(camps, chosen), case, seed=1).frames
    nights = [by_day(one)["nights_in_the_open"].sum() for one in (frames[name], with_camps)]
    spared[name] = nights[0] - nights[1]
apart = max(spared.values()) / min(spared.values()) - 1
beside("agree within five percent", guess_agree, "yes" if apart < 0.05 else "no", "")
print({name: f"{value:,.0f} nights spared" for name, value in spared.items()})

# %% [markdown]
# ## A knob that no count hears
#
# **Exercise 5.** `give_up` says how fast people leave the border. All calibration counts of the theatre are from
# before the border opened. Guess: how much worse does the fit become if `give_up` is doubled?

# %%
guess_worse = None

doubled = with_values(config, {**worlds["A"], "behaviour.give_up": 2 * config.behaviour.give_up})
frame = simulate(doubled, case, seed=1).frames
again = float((fit.residuals(counted(frame.__getitem__, fit.rows, case).to_numpy().T)[theatre] ** 2).sum())
waiting = [int(by_day(one)["people_at_land_border"].iloc[-1]) for one in (frames["A"], frame)]
beside("the fit becomes worse by", guess_worse, again - misfit["A"], "")
print(f"waiting at the border on 9 March: {waiting[0]:,}, with give_up doubled {waiting[1]:,}")

# %% [markdown]
# ## Questions
#
# 1. World A comes nearer to the count of 2 March. May we now throw away B?
# 2. With thirteen knobs and 19 counts, would you be impressed by a perfect fit? With thirteen knobs and two hundred
#    counts?
# 3. The file `observed.csv` marks each count with its use: `calibration` or `validation`. Somebody looks at the
#    validation counts, goes back and changes a rule. What are they now?
#
# ## Caveat
#
# A and B differ in numbers only. Their rules are the same, and may both be wrong: no search among numbers can find
# a rule that nobody has written.
