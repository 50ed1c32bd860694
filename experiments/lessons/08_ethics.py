# %% [markdown]
# # Lesson 8: ethics: what must such a model not be used for, and who is counted?
#
# **Aims.** You can tell a published number from an assumed one, name people who are in no number, and draw a line
# between uses of such a model, with reasons.
#
# **You need.** `.venv/bin/python experiments/lessons/08_ethics.py`, or this file as a notebook. No network. Pencil
# and paper; groups of three or four.
#
# **Plan**
#
# | minutes | what |
# | --- | --- |
# | 10 | where the numbers come from |
# | 10 | two counts of the same people |
# | 10 | who is not counted |
# | 15 | ten uses: a line, and reasons |
#
# **Ground rules.** Some in this room may have fled, or have family who did. Nobody is asked to tell. We speak of
# people, not of waves or floods. One may disagree on policies; not on whether people have rights.

# %% [markdown]
# ## Where the numbers come from
#
# Every row of the facts says on what it rests: *published* (somebody printed it), *derived* (worked out from
# printed numbers), *recalled* (general knowledge, not checked), *assumed* (somebody had to choose).
#
# **Exercise 1.** The table `initial.csv` says how many people live where on the first day. How many of its rows in
# a hundred are assumed? And in `observed.csv`, the counts a run is compared with? Guess first.

# %%
import pandas as pd
from classroom import beside

import sim
from sim.compose import compose
from sim.paths import case_folder

guess_initial, guess_observed = None, None  # percent

case = sim.load_case(case_folder("idlib_2020"))
names = ["locations", "routes", "events", "groups", "initial", "camps", "rates", "observed"]
basis = pd.DataFrame({name: getattr(case, name)["basis"].value_counts() for name in names}).T.fillna(0).astype(int)
basis = basis[["published", "derived", "recalled", "assumed"]]
assumed = 100 * basis["assumed"] / basis.sum(axis=1)
beside("assumed rows of initial.csv", guess_initial, assumed["initial"], "percent")
beside("assumed rows of observed.csv", guess_observed, assumed["observed"], "percent")
print(basis.to_string())

# %% [markdown]
# **Exercise 2.** Choose one line of `groups.csv`. What does the number `readiness` say about people of a
# nationality? Where does it come from? How would you feel if the line were about you?

# %%
print(case.groups[["label", "readiness", "household_mean", "basis", "note"]].to_string(index=False))

# %% [markdown]
# ## Two counts of the same people
#
# **Exercise 3.** How many people had returned home after the ceasefire of March? Here are two series. Who counts,
# and what might each include that the other leaves out? Which would you print, and how?

# %%
observed = case.observed.set_index("id")
returned = observed[(observed["outcome"] == "returned") & (observed["date"].astype(str) < "2020-05")]
print(returned[["date", "value", "source", "note"]].to_string())

# %%
dana = observed.loc[["arrivals_dana_2020_02_20", "arrivals_dana_2020_02_29"]]
print(dana[["period_start", "date", "value", "source", "note"]].to_string())

# %% [markdown]
# ## Who is not counted?
#
# **Exercise 4.** In three minutes write down as many kinds of people as you can who were touched by this crisis and
# are in *no* table. Then look at the next two cells.

# %%
people = case.initial.groupby("variant")["people"].sum()
in_article = 3_700_000  # row A14 of seeds/article.csv
without_papers = int(people["article"] - in_article)
print(f"people in Turkey, as the article counts them: {in_article:,}; in the model: {people['article']:,}")
print(f"people without registration, an assumption: {without_papers:,}")

# %%
cold = compose(["population=tiny"]).behaviour.cold_death_risk
print(f"chance to die of cold in a night in the open, in the model: {cold:g}")

# %% [markdown]
# **Exercise 5.** The last number is nothing, because nobody has published how many died of cold. Newspapers of
# February 2020 reported children who did. What does a model say to its readers that shows "0 deaths of cold"? What
# would you write in its place?
#
# ## Ten uses
#
# **Exercise 6.** For each use, decide: *yes*, *no*, or *only if*. Write one sentence of reason. Take five minutes
# alone, then agree in your group, then the class votes. A use that splits the class is a good one to talk about.
#
# 1. A school class finds out why camps fill up.
# 2. An aid organisation plans how many tents to store near a border, for a range of scenarios.
# 3. A border police plans on which nights to send patrols where.
# 4. A newspaper prints: "Model predicts eighty thousand at our border next week."
# 5. An authority decides on the asylum claim of a family from Saraqab: "most people from there could return".
# 6. A parliament asks what a resettlement quota would change, and for whom.
# 7. A ministry shows that pushbacks "work", with a run with and one without.
# 8. A telephone company adds the movements of its customers, to make the model sharper.
# 9. Researchers publish where people are expected to flee next, by sub-district and day.
# 10. A court is shown how many pushbacks the model counts.
#
# This is what the authors of the simulator say (`README.md` and `sim/ODD.md`, section 11): it must not be used to
# predict, select, prevent or stop the flight of individuals, families or groups, to target border enforcement, to
# decide on anybody's protection, or as evidence that a measure that breaks the law works. Where do you differ?

# %% [markdown]
# ## The first words of a policy
#
# Whatever is illegal or harmful in the simulator says so in its first words. **Exercise 7.** Who gains by that, and
# who is annoyed? Find a policy in the list that you would have marked and the authors did not.

# %%
happened = compose(["population=tiny"]).policy
what = {name: measure.what for name, measure in happened.items()}
for name, words in what.items():
    print(f"{name}: {words}")

# %% [markdown]
# ## Questions
#
# 1. "It is only a model, it cannot hurt anybody." Find an example in which a number has hurt somebody.
# 2. A count is published by sub-district, by day and by group. At what size of a cell can it betray a person?
# 3. Should the simulator be secret, so that nobody can misuse it?
#
# ## Caveat
#
# That these questions have a lesson of their own does not mean that the other lessons are free of them. Every
# number of lessons 1 to 7 was about people.
