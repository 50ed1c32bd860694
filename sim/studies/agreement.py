"""Published counts beside what an ensemble counts, and the scores of each family of counts.

Counts that may be fitted to and counts that may not are never put into one score.
"""

import datetime

import numpy as np
import pandas as pd

from sim import scores
from sim.observed import WHOLE, begin, naive
from sim.studies.members import apart

WEEK_DAYS = 8  # a count over no more days is one of a week
FAMILIES = {
    "displaced": "Ever displaced, by date",
    "origins": "Departures, by sub-district",
    "destinations": "Arrivals, by sub-district",
    "regions": "Between the regions, people",
    "shares": "Between the regions, shares and their shift",
    "returns": "Returns",
    "remaining": "Displaced and not returned, by date",
    "border": "At the land border, by date",
    "attempts": "Attempts at the land border, by date",
    "land_arrivals": "Arrivals over the land border",
    "island_weeks": "Arrivals on the islands, weeks",
    "island_months": "Arrivals on the islands, longer periods",
    "island_stock": "On the islands, by date",
    "other": "Other counts",
}
_BY_OUTCOME = {
    "displaced": "displaced",
    "departures": "origins",
    "arrivals_flow": "regions",
    "share": "shares",
    "returns": "returns",
    "returned": "returns",
    "remaining_displaced": "remaining",
    "people_at_land_border": "border",
    "evacuated": "border",
    "attempts": "attempts",
    "land_arrivals": "land_arrivals",
    "island_stock": "island_stock",
}
BANDS = {"50": 0.5, "90": 0.9}
# What a band holds; the names are those of its columns, as in chance_low_90 and inside_chance_90.
LAYERS = {
    "chance": "chance",
    "parameters": "parameters",
    "": "chance and parameters",
    "counted": "chance, parameters and the error of counting",
}
NAIVE = ("persistence", "trend")


def family_of(row) -> str:
    """Return the family of an observation."""
    if row.outcome == "arrivals":
        return "regions" if row.kind == "cumulative" else "destinations"
    if row.outcome == "island_arrivals":
        days = (row.date - row.period_start).days + 1
        return "island_weeks" if days <= WEEK_DAYS else "island_months"
    return _BY_OUTCOME.get(row.outcome, "other")


def with_shares(rows: pd.DataFrame, values: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the split between regions as shares, and its shift from date to date.

    An area's share is of all displaced until that date; a governorate's, of all moves between the governorates in
    that period. The shift is the change of a share since the date before.

    Parameters
    ----------
    rows, values
        Observations of one use, and what each member of the ensemble counts in their place.
    """
    found = [*_area_shares(rows), *_governorate_shares(rows)]
    new_rows, new_values = [], {}
    for name, place, kind, start, date, own, whole in found:
        published = rows.set_index("id")["value"]
        new_values[name] = values.loc[own].sum() / values.loc[whole].sum()
        value = published[own].sum() / published[whole].sum()
        new_rows.append(_share_row(rows, name, place, kind, start, date, value))
    for earlier, later in zip(new_rows, new_rows[1:], strict=False):
        if earlier["place"] == later["place"] and earlier["kind"] == later["kind"]:
            name = f"shift_{later['id']}"
            new_values[name] = new_values[later["id"]] - new_values[earlier["id"]]
            change, start, date = later["value"] - earlier["value"], earlier["date"], later["date"]
            new_rows.append(_share_row(rows, name, later["place"], "shift", start, date, change))
    if not new_rows:
        return rows, values
    both = pd.concat([rows, pd.DataFrame(new_rows)], ignore_index=True)
    return both, pd.concat([values, pd.DataFrame(new_values).T.set_axis(values.columns, axis=1)])


def _area_shares(rows: pd.DataFrame):
    """Yield each cumulative count of arrivals in an area that has a total of the displaced on the same date."""
    totals = rows[(rows["outcome"] == "displaced") & rows["place"].isin(WHOLE)].set_index("date")["id"]
    for row in rows[(rows["outcome"] == "arrivals") & (rows["kind"] == "cumulative")].itertuples():
        if row.date in totals.index:
            name = f"share_{row.place.replace(' ', '_')}_{row.date}"
            yield name, row.place, "cumulative", row.period_start, row.date, [row.id], [totals[row.date]]


def _governorate_shares(rows: pd.DataFrame):
    """Yield what each governorate received of the moves between governorates, where several are told."""
    flows = rows[rows["outcome"] == "arrivals_flow"]
    for (start, date), period in flows.groupby(["period_start", "date"]):
        destinations = period["place"].str.partition(">")[2]
        for place in sorted(set(destinations))[1:]:  # of two, the first is what is left
            own, whole = list(period["id"][destinations == place]), list(period["id"])
            yield f"share_{place}_{date}", f"to {place} governorate", "flow", start, date, own, whole


def _share_row(rows: pd.DataFrame, name, place, kind, start, date, value: float) -> dict:
    same = dict(outcome="share", unit="share", use=rows["use"].iloc[0], source="", basis="derived")
    return dict(id=name, place=place, kind=kind, period_start=start, date=date, value=value, **same)


def beside(
    rows: pd.DataFrame, values: pd.DataFrame, counts: pd.DataFrame, past: pd.DataFrame, first: datetime.date
) -> pd.DataFrame:
    """Return each published count beside the ensemble's and the naive forecasts.

    Parameters
    ----------
    rows
        Observations of one use.
    values, counts
        Id by (draw, seed): what was simulated, and the same with the error of counting.
    past
        Observations that a naive forecast may look at, where they are of earlier days.

    Returns
    -------
    One row an observation: id, family, outcome, place, kind, start, date, use, unit, published, predicted (mean),
    error (relative), the 50 and 90 % bands of each of `LAYERS` (as low_50, high_50, counted_low_90) and whether the
    published count is inside (inside_50, inside_counted_90), crps, crps_counted, persistence, trend.
    """
    published = rows["value"].to_numpy(np.float64)
    ensemble = values.loc[rows["id"]].to_numpy().T  # (members, rows)
    table = pd.DataFrame(
        {
            "id": rows["id"].to_numpy(),
            "family": [family_of(row) for row in rows.itertuples()],
            **{name: rows[name].to_numpy() for name in ("outcome", "place", "kind")},
            "start": [begin(row, first) if row.kind != "stock" else row.date for row in rows.itertuples()],
            **{name: rows[name].to_numpy() for name in ("date", "use", "unit")},
            "published": published,
            "predicted": ensemble.mean(axis=0),
        }
    )
    table["error"] = table["predicted"] / np.where(published != 0, published, np.nan) - 1.0
    counted = counts.loc[rows["id"]].to_numpy().T
    parts = _parts(values.loc[rows["id"]])
    for layer, members in zip(LAYERS, (*parts, ensemble, counted), strict=True):
        for name, level in BANDS.items():
            low, high = scores.band(members, level)
            table[column("low", layer, name)], table[column("high", layer, name)] = low, high
            table[f"inside_{column('', layer, name)}"] = (low <= published) & (published <= high)
    table["crps"], table["crps_counted"] = scores.crps(ensemble, published), scores.crps(counted, published)
    return table.join(naive(past, first), on="id")


def column(end: str, layer: str, level: str) -> str:
    """Return the name of a column of a band: low_90, counted_high_50."""
    return "_".join(filter(None, (layer, end, level)))


def layer_scores(table: pd.DataFrame) -> pd.DataFrame:
    """Return how many of the counts of people of each use lie in the bands of each layer, and how wide these are.

    Returns
    -------
    use, layer (a name of `LAYERS`, "both" for the one without), n, coverage_50, coverage_90, width_90: median of the 90
    % bands' widths as a share of what was simulated. Layers that the members cannot tell are left out; of one parameter
    set, whose members differ by chance alone, "both" is.
    """
    lines = []
    for use, rows in table[table["family"] != "shares"].groupby("use", sort=False):
        is_one_set = rows["parameters_low_90"].isna().any() and rows["chance_low_90"].notna().all()
        for layer in LAYERS:
            width = rows[column("high", layer, "90")] - rows[column("low", layer, "90")]
            if width.notna().all() and not (is_one_set and not layer):
                inside = {f"coverage_{level}": rows[f"inside_{column('', layer, level)}"].mean() for level in BANDS}
                relative = float((width / rows["predicted"].where(rows["predicted"] > 0)).median())
                lines.append(dict(use=use, layer=layer or "both", n=len(rows), **inside, width_90=relative))
    return pd.DataFrame(lines, columns=["use", "layer", "n", "coverage_50", "coverage_90", "width_90"])


def _parts(values: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the ensemble with chance alone and with parameters alone, each (members, rows)."""
    n_draws, n_seeds = (values.columns.get_level_values(level).nunique() for level in ("draw", "seed"))
    if n_draws == 1 and n_seeds > 1:  # nothing to take apart: the bands of an ensemble allow for its size by themselves
        return values.to_numpy().T, np.full((1, len(values)), np.nan)
    return apart(values.to_numpy().T.reshape(n_draws, n_seeds, len(values)))


def family_scores(table: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of each family and use, and of all counts of people of a use.

    Skill compares the mean absolute errors of the same counts, those of which the naive forecast says something.
    """
    found = []
    for use, rows in table.groupby("use", sort=False):
        groups = {family: rows[rows["family"] == family] for family in FAMILIES}
        groups["all"] = rows[rows["family"] != "shares"]
        found += [_scores(group).assign(use=use, family=family) for family, group in groups.items() if len(group)]
    scored = pd.concat(found, ignore_index=True)
    return scored[["use", "family", *scored.columns.drop(["use", "family"])]]


def _scores(rows: pd.DataFrame) -> pd.DataFrame:
    predicted, published = rows["predicted"].to_numpy(), rows["published"].to_numpy()
    errors = rows["error"].to_numpy()
    line = {
        "n": len(rows),
        "relative_error": float(np.abs(errors).mean()),
        "worst_error": float(errors[np.abs(errors).argmax()]),
        "mae": scores.mean_absolute_error(predicted, published),
        "bias": scores.bias(predicted, published),
        "coverage_50": float(rows["inside_50"].mean()),
        "coverage_90": float(rows["inside_90"].mean()),
        "coverage_counted_50": float(rows["inside_counted_50"].mean()),
        "coverage_counted_90": float(rows["inside_counted_90"].mean()),
        "crps": float(rows["crps"].mean()),
        "crps_counted": float(rows["crps_counted"].mean()),
    }
    for name in NAIVE:
        told = rows[rows[name].notna()]
        error, own = ((told[column] - told["published"]).abs().mean() for column in (name, "predicted"))
        line |= {f"n_{name}": len(told), f"mae_{name}": error, f"skill_{name}": scores.skill(own, error)}
    return pd.DataFrame([line])


def ard_of_places(table: pd.DataFrame, family: str, use: str, column: str = "predicted") -> tuple[float, float]:
    """Return the averaged relative difference, normal and rescaled, of counts at places over the same period.

    Only places for which a count was published can be compared; each period counts as one day does in a series.

    Returns
    -------
    Blank (NaN) where no period has two places or more.
    """
    rows = table[(table["family"] == family) & (table["use"] == use)]
    periods = [period for _, period in rows.groupby(["start", "date"]) if len(period) > 1]
    found = [
        [rule(period[[column]].to_numpy().T, period[["published"]].to_numpy().T) for period in periods]
        for rule in (scores.ard, scores.ard_rescaled)
    ]
    return tuple(float(np.mean(one)) if one else float("nan") for one in found)
