"""Exports, read back with other libraries than those that wrote them: the numbers are those of the run."""

import csv
import json
import sqlite3
import struct
import sys

import pandas as pd
import pytest

import sim
from sim import exports
from sim.cli import main
from sim.columns import columns_of, tables_of
from sim.errors import InputError
from sim.exports.source import open_source

PLACES = {"Ashford": (36.6, 36.0), "Birchwood": (36.6, 36.3), "Cedar": (30.0, 40.0)}  # of toyland's locations.csv


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return a run of Toyland with two replicates."""
    folder = tmp_path_factory.mktemp("export") / "run"
    return sim.run(["case=toyland", "days=20", "replicates=2", f"out={folder}", "output.pictures=false"])


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """Return the folder of a sweep of Toyland: two settings, two seeds."""
    folder = tmp_path_factory.mktemp("sweep") / "sweep"
    words = ["case=toyland", "days=10", "seed=1,2", "behaviour.leave_max=0.1,0.2", f"out={folder}"]
    assert main(["run", "-m", *words]) == 0
    return folder


def rows_of(path):
    """Return the rows of a CSV file as dictionaries."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_holds_every_table(run, tmp_path):
    out = exports.export(run.folder, [f"out={tmp_path / 'out'}"])
    tables = [f"{name}.csv" for name in [*run.tables, "summary"]]
    assert {path.name for path in out.iterdir()} == {"README.txt", *tables}
    assert f"Made again by: {run.manifest['command']}\n" in (out / "README.txt").read_text()
    rows = rows_of(out / "daily.csv")
    assert sum(int(row["people"]) for row in rows) == run.daily["people"].sum()
    assert rows[0]["date"] == "2020-01-01" and rows[0]["location"] == "Ashford"


def test_csv_of_a_sweep_has_its_settings(sweep, tmp_path):
    out = exports.export(sweep, ["tables=[summary]", f"out={tmp_path / 'out'}"])
    assert {path.name for path in out.iterdir()} == {"README.txt", "summary.csv"}
    rows = [row for row in rows_of(out / "summary.csv") if row["outcome"] == "displaced"]
    assert sorted((row["leave_max"], row["seed"]) for row in rows) == [
        ("0.1", "1"),
        ("0.1", "2"),
        ("0.2", "1"),
        ("0.2", "2"),
    ]
    for row in rows:
        (own,) = [line for line in sim.open_run(sweep / row["run"]).summary if line["outcome"] == "displaced"]
        assert float(row["value"]) == own["value"]


def test_data_package_describes_every_column(run, sweep, tmp_path):
    for source in (run.folder, sweep):
        out = exports.export(source, ["format=datapackage", f"out={tmp_path / source.name}"])
        package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
        assert package["command"].startswith("sim run ") and package["sources"][0]["title"]
        for resource in package["resources"]:
            header = (out / resource["path"]).read_text(encoding="utf-8").partition("\n")[0].split(",")
            fields = resource["schema"]["fields"]
            assert [field["name"] for field in fields] == header and resource["description"]
            assert all(len(field["description"]) > 3 for field in fields)
    assert next(field for field in fields if field["name"] == "leave_max")["unit"] == "1/day"


def test_comparison_is_exported_with_what_its_columns_mean(gate_comparison, tmp_path):
    out = exports.export(gate_comparison.folder, ["format=datapackage", f"out={tmp_path / 'out'}"])
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    assert package["command"].startswith("sim compare ") and package["sources"][0]["title"]
    assert {one["name"] for one in package["resources"]} == set(tables_of("comparison"))
    for resource in package["resources"]:
        rows = rows_of(out / resource["path"])
        assert len(rows) == len(gate_comparison.table(resource["name"])) and resource["description"]
        assert all(field["description"] for field in resource["schema"]["fields"])
    values = [float(row["value"]) for row in rows_of(out / "differences.csv")]
    assert values == pytest.approx(gate_comparison.differences["value"].tolist(), rel=1e-9)


def test_maps_of_a_comparison_are_refused(gate_comparison, tmp_path):
    with pytest.raises(InputError, match="is a comparison: export it as csv or datapackage, or export .*facts_only"):
        exports.export(gate_comparison.folder, ["format=geojson", f"out={tmp_path / 'out'}"])
    assert not (tmp_path / "out").exists()


def test_data_package_is_valid(run, sweep, gate_comparison, tmp_path):
    frictionless = pytest.importorskip("frictionless")
    for source in (run.folder, sweep, gate_comparison.folder):
        out = exports.export(source, ["format=datapackage", f"out={tmp_path / source.name}"])
        report = frictionless.validate(str(out / "datapackage.json"))
        assert report.valid, report.flatten(["fieldName", "message"])[:3]


@pytest.mark.parametrize("table", tables_of("run"))
def test_dictionary_has_the_columns_of_every_table_in_their_order(run, table):
    source = open_source(run.folder)
    frame = source.table(table)
    known = columns_of("run", table)
    assert set(known) == set(frame.columns)
    kinds = {"integer": "iu", "number": "f", "text": "OTU", "date": "M"}
    for name, column in known.items():
        dtype = frame[name].dtype
        kind = "T" if isinstance(dtype, (pd.CategoricalDtype, pd.StringDtype)) else dtype.kind
        assert kind in kinds[column.type], f"{table}.{name} is {dtype}"


def test_every_table_of_a_run_is_in_the_dictionary(run):
    assert {*run.tables, "summary"} == set(tables_of("run"))


def test_netcdf_counts_people_by_seed_day_place_and_status(run, tmp_path):
    xarray = pytest.importorskip("xarray")
    netcdf = pytest.importorskip("netCDF4")
    out = exports.export(run.folder, ["format=netcdf", f"out={tmp_path / 'out.nc'}"])
    with netcdf.Dataset(out) as raw:
        assert raw["people"].dimensions == ("seed", "day", "location", "status")
        assert raw["people"].units == "people" and raw.history.startswith("sim run case=toyland")
        assert int(raw["people"][:].sum()) == run.daily["people"].sum()
    with xarray.open_dataset(out) as cube:
        some = run.daily.query("seed == 2 and day == 12 and location == 'Birchwood' and status == 'open_air'")
        assert cube["people"].sel(seed=2, day=12, location="Birchwood", status="open_air") == some["people"].sum()
        own = run.series.query("seed == 1 and outcome == 'displaced'").sort_values("day")["value"]
        assert cube["displaced"].sel(seed=1).values.tolist() == own.tolist()
        assert str(cube["date"].values[0])[:10] == "2020-01-01"
        assert (float(cube["lon"].sel(location="Cedar")), float(cube["lat"].sel(location="Cedar"))) == PLACES["Cedar"]


def test_netcdf_of_a_sweep_has_an_option_for_each_combination(sweep, tmp_path):
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("netCDF4")
    out = exports.export(sweep, ["format=netcdf", f"out={tmp_path / 'out.nc'}"])
    with xarray.open_dataset(out) as cube:
        assert dict(cube["displaced"].sizes) == {"option": 2, "seed": 2, "day": 10}
        assert cube["leave_max"].values.tolist() == [0.1, 0.2]
        for option, leave_max in enumerate([0.1, 0.2]):
            (folder,) = sweep.glob(f"seed=2*leave_max={leave_max}")
            own = sim.open_run(folder).series.query("outcome == 'displaced'").sort_values("day")["value"]
            assert cube["displaced"].sel(option=option, seed=2).values.tolist() == own.tolist()


def test_geojson_has_a_point_for_each_place_and_day(run, tmp_path):
    out = exports.export(run.folder, ["format=geojson", f"out={tmp_path / 'out'}"])
    places = json.loads((out / "places.geojson").read_text(encoding="utf-8"))
    assert places["type"] == "FeatureCollection" and places["command"].startswith("sim run")
    day = [one for one in places["features"] if one["properties"]["date"] == "2020-01-11"]
    for one in day:
        name = one["properties"]["name"]
        assert one["geometry"]["type"] == "Point"
        assert name not in PLACES or tuple(one["geometry"]["coordinates"]) == PLACES[name]
        own = run.daily.query("day == 10 and location == @name and status != 'dead'")["people"].sum() / 2
        assert one["properties"]["people"] == own
    assert {one["properties"]["name"] for one in day} == set(run.daily.query("day == 10")["location"])
    flows = json.loads((out / "flows.geojson").read_text(encoding="utf-8"))["features"]
    (road,) = [one for one in flows if one["properties"]["origin"] == "Ashford"]
    assert [tuple(end) for end in road["geometry"]["coordinates"]] == [PLACES["Ashford"], PLACES["Birchwood"]]
    assert road["properties"]["people"] == run.flows.query("origin == 'Ashford'")["people"].sum() / 2
    assert road["properties"]["straight_km"] == pytest.approx(33.4, abs=0.1)  # 0.3 degrees of 6,371 km


def test_geopackage_is_one_that_sqlite_reads(run, tmp_path):
    pytest.importorskip("pyogrio")
    out = exports.export(run.folder, ["format=gpkg", f"out={tmp_path / 'out.gpkg'}"])
    with sqlite3.connect(out) as database:
        assert database.execute("pragma application_id").fetchone()[0] == int.from_bytes(b"GPKG", "big")
        layers = database.execute("select table_name, data_type, srs_id from gpkg_contents order by 1").fetchall()
        assert layers == [("flows", "features", 4326), ("places", "features", 4326)]
        kinds = dict(database.execute("select table_name, geometry_type_name from gpkg_geometry_columns"))
        assert kinds == {"flows": "LINESTRING", "places": "POINT"}
        people, date = database.execute(
            "select people, date from places where name = 'Ashford' and day = 10"
        ).fetchone()
        assert people == run.daily.query("day == 10 and location == 'Ashford' and status != 'dead'")["people"].sum() / 2
        assert date == "2020-01-11"
        (blob,) = database.execute("select geom from places where name = 'Cedar' limit 1").fetchone()
        assert struct.unpack("<2d", blob[-16:]) == PLACES["Cedar"]


def test_export_verb_says_where(run, tmp_path, capsys):
    assert main(["export", str(run.folder), "format=csv", f"out={tmp_path / 'here'}"]) == 0
    assert "here" in capsys.readouterr().out and (tmp_path / "here" / "daily.csv").is_file()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["format=cvs"], r"format is 'cvs', but must be one of csv, .* \(did you mean 'csv'\?\)"),
        (["fromat=csv"], r"'fromat=csv' is no setting of sim export: format, tables, out \(did you mean 'format'\?\)"),
        (["tables=[dialy]"], r"has no table 'dialy' \(did you mean 'daily'\?\)"),
        (["tables=[daily]", "format=gpkg"], "format=gpkg has no choice of tables"),
        (["out=a", "out=b"], "'out' is set twice"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(run, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=told):
        exports.export(run.folder, words)
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_kept(run, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="which is there already"):
        exports.export(run.folder, [f"out={tmp_path / 'out'}"])


def test_maps_of_a_sweep_are_refused(sweep, tmp_path):
    with pytest.raises(InputError, match="is a sweep, but maps are of one run: export one of its runs, such as "):
        exports.export(sweep, ["format=geojson", f"out={tmp_path / 'out'}"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("form", "package", "extra"), [("netcdf", "xarray", "netcdf"), ("gpkg", "pyogrio", "gis")])
def test_missing_library_is_told(run, tmp_path, monkeypatch, form, package, extra):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=rf"needs the package '{package}': pip install 'onward-sim\[{extra}\]'"):
        exports.export(run.folder, [f"format={form}", f"out={tmp_path / 'out'}"])
    assert not list(tmp_path.iterdir())
