"""Observations made ready to be drawn beside a panel's lines."""

import pandas as pd

USES = ("calibration", "validation", "none")


def drawn_rows(observed: pd.DataFrame, outcomes, how: str) -> pd.DataFrame:
    """Return the observations that a panel shows: of the whole case, not of single places.

    Rows marked for neither calibration nor validation are kept where they were published.

    Parameters
    ----------
    outcomes
        Names of the panel's outcomes.
    how
        How the panel puts daily values together: level, per_day, per_week or cumulative. Flows are turned
        into its rate; a stock is never drawn beside a flow.

    Returns
    -------
    DataFrame
        Columns outcome, use, start and end (dates; the same for a count on one day), value, low, high.
    """
    wanted = observed["outcome"].isin(outcomes) & (observed["place"] == "") & observed["use"].isin(USES)
    wanted &= (observed["use"] != "none") | (observed["basis"] == "published")
    is_rate = how.startswith("per_")
    rows = observed[wanted & ((observed["kind"] == "flow") == is_rate)]
    end = pd.to_datetime(rows["date"])
    start = pd.to_datetime(rows["period_start"]).fillna(end) if is_rate else end
    days = (end - start).dt.days + 1
    rate = {"per_day": 1 / days, "per_week": 7 / days}.get(how, 1.0)
    numbers = {column: pd.to_numeric(rows[column]) * rate for column in ("value", "low", "high")}
    return pd.DataFrame(
        {"outcome": rows["outcome"], "use": rows["use"], "start": start, "end": end, **numbers}
    )
