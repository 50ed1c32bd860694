"""Measure how many independent runs one paired run is worth, outcome by outcome.

    python experiments/pairing.py > experiments/pairing.md

Runs `as_it_happened` and each scenario with seeds 1 to 20 and, for luck of its own, with seeds 101 to 120. Measured is
the variance of scenario less baseline between runs of different seeds (1 against 101, 101 against 1, 2 against 102 ...)
over that between runs of the same seed (1 against 1 ...), with a 95 % jackknife interval. Beside it stands what
`sim compare` computes from pairs alone, with Pitman's interval. One household in twenty; one process; some minutes.

Where one of the two is always zero, or both are held by the same places, there is no luck to share: a pair is worth one
run. In a larger or smaller population the luck of single households weighs otherwise; that is not measured here.
"""

import argparse
import math
import sys

import numpy as np

from sim.compose import compose
from sim.model import simulate
from sim.paths import case_folder
from sim.seeds import load_case
from sim.studies.paired import t_quantile, worth_of_pairs
from sim.terminal import worth_in_words

BASELINE = "as_it_happened"
SCENARIOS = ("border_never_opened", "ceasefire_fails", "winter_camps")
FIRST, OTHER = 1, 101  # seeds at which the two series begin


def outcomes(scenario, population, seeds, threads=1):
    """Return outcome -> one value a seed."""
    config = compose([f"scenario={scenario}", f"population={population}", f"threads={threads}"])
    case = load_case(case_folder(config.case.path))
    values = {}
    for seed in seeds:
        print(f"{scenario}, seed {seed}", file=sys.stderr)
        for entry in simulate(config, case, seed).summary:
            values.setdefault(entry["outcome"], []).append(entry["value"])
    return {outcome: np.array(numbers) for outcome, numbers in values.items()}


def ratio(values, base, n):
    """Return how many times larger the variance of the difference is between runs of different seeds.

    Parameters
    ----------
    values, base
        (2n,) one outcome, the first n seeds and then the other n.
    """
    pairs = values - base
    apart = values - np.roll(base, n)  # each run against one of the other series
    paired, own = (sum(part.var(ddof=1) for part in (of[:n], of[n:])) for of in (pairs, apart))
    return own / paired if paired else math.inf


def measured(values, base, n):
    """Return the ratio with its interval: by leaving out, of both series, one seed after another (jackknife)."""
    whole = ratio(values, base, n)
    if not 0 < whole < math.inf:
        return whole, math.nan, math.nan
    kept = (np.delete(np.arange(2 * n), [i, i + n]) for i in range(n))
    logs = np.log([ratio(values[rows], base[rows], n - 1) for rows in kept])
    factor = math.exp(t_quantile(n - 1) * math.sqrt((n - 1) * logs.var()))
    return whole, whole / factor, whole * factor


def compared(values, base, n):
    """Return (outcome, mean difference, measured, computed) of outcomes that differ, and the names of others."""
    found, same, still = [], [], []
    for outcome, numbers in values.items():
        if (numbers == base[outcome]).all():
            (same if np.ptp(numbers) else still).append(outcome)
            continue
        one, other = numbers[:n], base[outcome][:n]
        computed = tuple(float(part[0]) for part in worth_of_pairs(one[None], other[None]).values())
        found.append((outcome, (numbers - base[outcome]).mean(), measured(numbers, base[outcome], n), computed))
    return sorted(found, key=lambda line: -line[2][0]), same, still


def table(scenario, found, same, still):
    """Return the rows of a scenario as Markdown."""
    rows = [f"\n## {scenario}\n", "| outcome | mean difference | measured | computed from the first twenty pairs |"]
    rows.append("| --- | ---: | ---: | ---: |")
    for outcome, difference, *worths in found:
        cells = [outcome.replace("_", " "), f"{difference:+,.1f}", *(worth_in_words(*worth) for worth in worths)]
        rows.append(f"| {' | '.join(cells)} |")
    for text, names in (("Not one seed differs, so a pair is worth infinitely many", same), ("Always zero", still)):
        if names:
            rows.append(f"\n{text}: {', '.join(names).replace('_', ' ')}.")
    return rows


def summary(found):
    """Return how the two columns agree, over the outcomes of a scenario that have an interval in both."""
    pairs = [(one, other) for _, _, one, other in found if math.isfinite(one[1]) and math.isfinite(other[1])]
    # Where one side is always zero, both are exactly 1.
    inside = sum(other[1] * 0.999 <= one[0] <= other[2] * 1.001 for one, other in pairs)
    quotient = np.median([one[0] / other[0] for one, other in pairs])
    worth = np.median([one[0] for one, _ in pairs])
    return (
        f"\nMedian of what a pair is worth, measured: {worth:.1f}. {inside} of {len(pairs)} measured ratios lie in the "
        f"interval computed from pairs alone; measured over computed is {quotient:.2f} in the median."
    )


def main():
    """Simulate, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--population", default="class")
    parser.add_argument("--seeds", type=int, default=20, help="in each of the two series")
    options = parser.parse_args()
    n = options.seeds
    seeds = [*range(FIRST, FIRST + n), *range(OTHER, OTHER + n)]
    base = outcomes(BASELINE, options.population, seeds)
    print("# How many independent runs one paired run is worth\n")
    print("Written by `python experiments/pairing.py > experiments/pairing.md`.\n")
    print(__doc__.split("\n\n", 2)[2].strip())
    for scenario in SCENARIOS:
        found, same, still = compared(outcomes(scenario, options.population, seeds), base, n)
        print("\n".join(table(scenario, found, same, still)), summary(found), sep="\n")


if __name__ == "__main__":
    main()
