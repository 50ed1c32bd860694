"""Small directories in Flee's format whose results can be counted on fingers."""

import functools
from dataclasses import replace

from sim.compose import compose
from sim.flee import read_flee, simulate_flee

# 100 people set out on day 1 from Aburg, 40 km from Camp and 90 km from Faraway, with a town between them.
INPUT = {
    "locations.csv": """\
#name,region,country,latitude,longitude,location_type,conflict_date,population
Aburg,North,Home,10,20,conflict_zone,0,5000
Btown,North,Home,10.1,20,town,,
Camp,West,Abroad,10.2,20,camp,,0
Faraway,East,Elsewhere,10.3,20,camp,,0
""",
    "routes.csv": """\
#name1,name2,distance,forced_redirection
Aburg,Camp,40,0
Aburg,Faraway,90,0
Btown,Camp,20,0
""",
    "conflicts.csv": "#Day,Aburg,Btown,Camp,Faraway\n0,1,0,0,0\n1,1,0,0,0\n2,1,0,0,0\n3,1,0,0,0\n",
    "sim_period.csv": "StartDate,2013-12-01\nLength,4\n",
}
OBSERVED = {
    "data_layout.csv": "total,refugees.csv\nCamp,camp.csv\nFaraway,faraway.csv\n",
    "refugees.csv": "Date,count\n2013-12-01,0\n2013-12-02,100\n",
    "camp.csv": "2013-12-01,0\n2013-12-02,60\n2013-12-04,60\n",
    "faraway.csv": ",\n2013-12-01,0\n2013-12-02,40\n2013-12-04,40\n",
}


def write(folder, **files):
    """Write the small directory, with some files replaced (names with '_csv'; None: left out); return its folder."""
    contents = {**{f"input/{k}": v for k, v in INPUT.items()}, **{f"validation/{k}": v for k, v in OBSERVED.items()}}
    for name, text in files.items():
        name = name.removesuffix("_csv") + ".csv"
        known = [path for path in contents if path.endswith(f"/{name}")]
        layout = files.get("data_layout_csv") or ""
        contents[known[0] if known else f"{'validation' if name in layout else 'input'}/{name}"] = text
    for path, text in contents.items():
        if text is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    return folder


def case_of(folder, defects=False, **files):
    """Read the small directory, with some files replaced."""
    return read_flee(write(folder, **files), defects=defects)


@functools.cache
def _shipped(name):
    return compose([f"flee={name}"]).flee


def settings(name="default", **changes):
    """Return a set of settings that Flee or FabFlee ships, some changed."""
    return replace(_shipped(name), **changes)


def camps(case, seed=1, one_in=1, **changes):
    """Return people by day (index) and camp (columns)."""
    table = simulate_flee(case, settings(**changes), seed, one_in)
    return table.pivot(index="day", columns="location", values="people")
