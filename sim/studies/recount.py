"""What a validation keeps of a simulation: the counts in place of the published ones, and its outcomes by day."""

from sim.observed import counted
from sim.studies.tally import read_question


def recount(text: str, tables) -> dict:
    """Return what a simulation counts in place of each observation of a question, and its series.

    Returns
    -------
    read, literal
        Counts in the order of the question: as they are read, and with the dates of monthly rounds of interviews
        taken literally.
    series
        outcome, date, value.
    """
    rows, places = read_question(text)
    read, literal = (counted(tables.frames.__getitem__, rows, places, *days) for days in ((), (0,)))
    series = tables.frames["series"][["outcome", "date", "value"]]
    return {"read": read.iloc[:, 0].tolist(), "literal": literal.iloc[:, 0].tolist(), "series": series}
