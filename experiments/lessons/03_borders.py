# %% [markdown]
# # Lesson 3: borders and pushback: attempts against people
#
# **Aims.** You can say what an attempt, an arrival, a pushback and a person waiting are, add them up without
# counting anybody twice, and explain why four offices can publish four numbers about one border and none of them
# need lie.
#
# **You need.** `.venv/bin/python experiments/lessons/03_borders.py`, or this file as a notebook. No network.
#
# **Plan**
#
# | minutes | what |
# | --- | --- |
# | 10 | what happened; four numbers |
# | 15 | attempts and people |
# | 15 | a border that admits: predict, run, explain |
# | 5 | questions, caveat |
#
# A *pushback* is to send people back across a border without hearing whether they ask for protection. It is illegal
# under European and international law, and people have died in it. It is simulated here because it happened, so
# that it is counted and not passed over.

# %% [markdown]
# ## What happened
#
# On 28 February 2020 Turkey announced that it would no longer stop people who want to go to Europe. Thousands went
# to the land border with Greece. Greece did not open its side, used tear gas, and suspended the right to ask for
# asylum for a month. These counts were published about the first week:

# %%
from classroom import FOLDER, beside, by_day

import sim
from sim.paths import case_folder

published = sim.load_case(case_folder("idlib_2020")).observed.set_index("id")
four = [
    "claimed_exits_2020_03_06_12_10",
    "attempts_to_2020_03_05",
    "people_at_land_border_2020_02_29",
    "arrests_to_2020_03_06",
]
print(published.loc[four, ["outcome", "kind", "date", "value", "use", "source"]].to_string())

# %% [markdown]
# Turkey's minister of the interior: **142,175**<!--{published.loc[four[0], "value"]:,.0f}--> people had *left*.
# Greek police: **37,000**<!--{published.loc[four[1], "value"]:,.0f}--> *attempts* prevented. The International
# Organization for Migration, on the second day: **13,000**<!--{published.loc[four[2], "value"]:,.0f}--> people
# *waiting*. Greek police: **268**<!--{published.loc[four[3], "value"]:,.0f}--> *arrests* of people who had entered.
#
# **Exercise 1.** For each number write down: is it a stock or a flow? Of people or of events? Can one person be in
# it twice? Who published it, and what did the publisher want?

# %% [markdown]
# ## Attempts and people
#
# **Exercise 2.** In the model a household at the guarded border may try each day, and tries less often after it has
# failed. By 18 March, when the border closed because of the epidemic: how many *people* tried at least once, and
# how many *attempts* did they make? Write down both.

# %%
guess_people = None
guess_attempts = None

run = sim.run(["population=class", "days=116", "output.pictures=false", f"out={FOLDER / '03'}"])
gates = ["Pazarkule", "İpsala gate"]
at_gates = run.border[run.border["crossing"].isin(gates)]
kinds = ["attempts", "prevented", "pushed_back", "entered", "admitted", "dead"]
ends = at_gates[kinds].sum()
households = run.households[run.households["tries"] > 0]
people_who_failed = int(households["people"].sum())
attempts = int(ends["attempts"])
crowd = by_day(run, "people_at_land_border")[1].astype(int)

beside("people who tried and failed at least once", guess_people, people_who_failed)
beside("attempts", guess_attempts, attempts, "")
print(ends.astype(int).to_string())

# %% [markdown]
# **Exercise 3.** Every attempt ends in one way. Which of the lines above must add up to the attempts? Take a
# pencil; if your sum is too small, who is missing? Then: how many people arrived in Greece by land, undetected and
# not pushed back? Is that number in the news?

# %% [markdown]
# **Exercise 4.** People waiting is a stock. It rises for some days and falls again, although nobody reopens or
# closes anything on those days. Why does it fall? Write down one reason, then look at the table of what happens at
# the gates.

# %%
by_date = at_gates.groupby("date")[["attempts", "gave_up", "waiting"]].sum().astype(int)
print(by_date["2020-02-27":"2020-03-10"])

# %% [markdown]
# ## A border that admits
#
# **Exercise 5.** Suppose Greece registers up to
# **3,000**<!--{admits.config["policy"]["greece_admits"]["effects"]["entry_greece"]:,.0f}--> people a day in place
# of turning them back (scenario `greece_admits`). Predict, each as *more*, *fewer* or *the same*: people waiting on
# the worst day; pushbacks at the gates; people in Greece by 18 March; people displaced in Idlib.

# %%
guess_waiting, guess_displaced = None, None  # "more", "fewer" or "the same"

words = ["scenario=greece_admits", "population=class", "days=116", "output.pictures=false"]
admits = sim.run([*words, f"out={FOLDER / '03_admits'}"])
at_open_gates = admits.border[admits.border["crossing"].isin(gates)]
admitted = at_open_gates[kinds].sum()
open_crowd = by_day(admits, "people_at_land_border")[1].astype(int)
displaced_guarded, displaced_open = (int(by_day(one, "displaced")[1].iloc[-1]) for one in (run, admits))

beside("waiting at most", guess_waiting, f"{crowd.max():,} guarded, {open_crowd.max():,} admitting", "")
beside("displaced in Idlib", guess_displaced, f"{displaced_guarded:,} and {displaced_open:,}")
print(admitted.astype(int).to_string())

# %% [markdown]
# ## Questions
#
# 1. A minister says: "We prevented so many thousand people from entering." Correct the sentence.
# 2. Another says: "A longer queue shows that admitting people was a mistake." What does the queue leave out?
# 3. An organisation that counts pushbacks finds more each year. Name two reasons, one of which is good news.
#
# ## Caveat
#
# No number at the border was fitted, and some were known when the rules were made: hope, giving up and repeated
# attempts are assumptions that happen to give the right order of magnitude. How many would come to a border that
# admits was never observed. And a count of pushbacks in a model is not evidence of any pushback; for that, read the
# reports of people who were there.
