"""What `sim --help` and `sim VERB --help` say."""

ABOUT = """Simulate displacement household by household, and see what another policy would have changed.

  sim run                                    what happened, every household, into results/
  sim run population=tiny seed=7             a quick try: one household in 400
  sim run scenario=NAME replicates=3 out=DIR another scenario, three replicates, into DIR
  sim compare scenarios=[a,b] replicates=3   what b changes against a, for whom, and how sure that is
  sim validate                               how near the model comes to what was published
  sim calibrate parameters=[a,b]             which values make the counts for calibration come out
  sim sensitivity parameters=[a,b]           which parameters move which outcome
  sim web                                    two policies side by side in a browser, for a class
  sim sweeps                                 the sweeps made with `sim run -m`, and how far they are
  sim question DIR outcomes=[a,b]            what a sweep says of its options: trade-offs, regret, when b beats a
  sim export DIR format=gpkg                 results for other tools: CSV, netCDF, maps, a data package
  sim explain RUN location=Dana day=60       which mechanisms brought people there; or household=N: one journey
  sim report DIR                             the page of a finished comparison or run, written anew; --pdf prints it
  sim report --explore                       a page that plays runs over a grid of levers, without a server
  sim scenarios                              the scenarios and their stories
  sim check                                  read the facts of a case and look for mistakes
  sim new-case DIR                           a small case to begin with, for a crisis of your own: case=DIR

  sim run --help                             everything that can be set
  eval "$(sim completion bash)"              complete settings with the tab key
"""

RUN_ABOUT = """Simulate a scenario and write its tables, summary and pictures into a folder.

Choose one of each group, as in `population=tiny`:
{groups}
Set anything else by its name; most used are:
  seed=7                         the first replicate's seed; the others take the next numbers
  replicates=3                   how often the scenario is simulated
  behaviour=posterior            each replicate with its own parameter set; posterior=FILE, vary=chance or parameters
  days=90                        how many days of the case
  out=results/mine               where the results go
  initial=register               people in the host country: article or register
  policy=[a,b]                   other measures than the scenario's
  policy.NAME.first_day=2020-02-10
  behaviour.onward_rate=0.02     `sim run --cfg job` prints them all
  policies=DIR                   look for policy files in DIR, too
  output.csv=true                write the tables as CSV, too
  executor.workers=2             at most so many processes; executor=slurm or dask: other machines
  threads=1                      at most so many threads; the results are the same
  check=true                     count every person on every day while running

Several runs at once, each into a folder of its own, without pictures unless output.pictures=true is said:
  sim run -m seed=1,2,3 population=tiny
  sim run -m seed=1,2,3 population=tiny --dry-run   how many runs, how long, how much disk
  sim run -m 'scenario=glob(*)' 'behaviour.onward_rate=range(0.01,0.04,0.01)' out=results/sweep
"""

COMPARE_ABOUT = """Simulate scenarios for the same people with the same luck, and tell what differs from the baseline.

  sim compare scenarios=[border_never_opened,open_to_idlib] baseline=as_it_happened replicates=3
  sim compare scenarios=all baseline=as_it_happened population=class
  sim compare scenarios=[a,a+measure,a~measure]  with a measure more, without one of its own
  sim compare scenarios=[a,a+mine] policies=DIR  where DIR holds your own mine.yaml
  sim compare runs=[DIR1,DIR2] baseline=DIR1     finished runs of the same seeds

  baseline=NAME                  with which the others are compared; the first, if not said
  replicates=3                   how many pairs of runs; from two on, intervals are told
  out=results/mine               where tables, pictures and each scenario's run folder go
All other settings are those of `sim run`. Runs that are finished already are not simulated again.
"""


VALIDATE_ABOUT = """Hold the model against what was published, and against naive forecasts.

  sim validate population=class              the crisis, beside its published counts
  sim validate mode=forecast horizon=30      forecasts from published stocks, 30 days ahead
  sim validate case=flee case.path=[A,B,C]   directories in Flee's format, and one table of all
  sim validate posterior=FILE draws=20       an ensemble of parameter sets by their weights, three seeds each
  sim validate case=flee case.path=[A,B] left_out=FILE   each with the values of the fit that left it out
  sim validate folders=[DIR,...] page=FILE.md   the page of finished validations

  replicates=20                  seeds of each parameter set; a 90 % band needs 19 runs in all
  out=results/mine               where scores, tables, pictures and the page go; a killed one goes on where it stood
Bands hold chance, with a posterior also what is not known of the parameters, and the error of counting on top.
All other settings are those of `sim run`.
"""

CALIBRATE_ABOUT = """Fit parameters to the published counts marked calibration, and to no others.

  sim calibrate parameters=[onward_rate,leave_max,distance_cost] population=class
  sim run behaviour=posterior posterior=DIR/posterior.csv replicates=20    with what the fit leaves open

  parameters=[A,B]               what is fitted; priors and tolerances stand in conf/calibration.yaml
  unfitted=[C,D]                 what no count bears on: each set of the ensemble takes it from its prior
  trials=300                     parameter sets that are tried
  method=cmaes                   or tpe (both Optuna), or abc (pyABC: a posterior from the whole prior)
  sets=50                        parameter sets of the ensemble
  replicates=3                   seeds, that is samples of households, over which each set is averaged
  priors=FILE                    other priors and tolerances
  out=results/mine               where tables and pictures go; a killed fit goes on where it stood
All other settings are those of `sim run`.
"""

SENSITIVITY_ABOUT = """Vary parameters over their priors, and tell which of them move which outcome.

  sim sensitivity parameters=[onward_rate,leave_max,give_up] population=class
  sim sensitivity method=sobol samples=1024 parameters=[onward_rate,leave_max] outcomes=[displaced,open_air]
  sim sensitivity method=discover scenarios=[a,b] outcome=displaced parameters=[onward_rate,leave_max]

  method=morris                  screening; sobol: shares of variance; discover: when is scenario a better than b
  samples=10                     trajectories (morris), base samples (sobol: 64), points (discover: 200)
  outcomes=[A,B]                 what is looked at; with discover outcome=A
  better=less                    with discover: a is better where the outcome is less, or more
  priors=FILE                    other bounds than those of conf/calibration.yaml
  out=results/mine               where tables and pictures go; a killed study goes on where it stood
All other settings are those of `sim run`.
"""

EXPORT_ABOUT = """Write the results of a run, a sweep or a comparison in the format of other tools.

  sim export DIR                             each table as CSV
  sim export DIR format=datapackage          the same, and what every column means (Frictionless)
  sim export DIR format=netcdf out=FILE.nc   outcomes by seed and day; of a run people by place and status, too
  sim export DIR format=gpkg out=FILE.gpkg   a GeoPackage: places with people by day, flows as lines
  sim export DIR format=geojson              the same as GeoJSON
  sim export DIR tables=[series,summary]     some tables of csv and datapackage; of a sweep, these two if not said
"""

QUESTION_ABOUT = """Ask a sweep which of its options are dominated, which are regretted, and when one beats another.

  sim question DIR outcomes=[displaced,dead_on_the_way]
  sim question DIR options=[scenario] futures=[leave_max,success_guarded] weights=[0.4,0.3,0.2,0.1]

  options=[A,B]                  settings that can be decided; policy or scenario, if not said
  futures=[A,B]                  settings that cannot; all others that are swept, if not said
  outcomes=[A,B]                 the first two are drawn, the first is what is regretted
  better=[less,more]             which way each is better; less, if not said
  baseline=NAME                  the option with which the others are compared; the first, if not said
  weights=[A,B]                  how likely each future is taken to be, in the order of the sweep; all the same
  output.pictures=false          tables only
  out=results/mine               where tables and pictures go
"""

NEW_CASE_ABOUT = """Write a small case that runs as it stands, to be changed into one of your own.

  sim new-case mine          writes the files, each column explained in lines that begin with #
  sim check case=mine        tells what is missing, what contradicts, and what is still the template's
  sim run case=mine          simulates it
"""

NEW_CASE_NEXT = """new case   {folder}
It runs as it stands. Replace its rows by your own, in this order: sources, locations, routes, groups, initial, events,
camps, rates, observed (.csv), and the days in case.yaml. After each file:
  sim check case={folder}
and when that finds no mistake:
  sim run case={folder}"""

EXPLAIN_ABOUT = """Simulate a finished run anew up to a day, with the same people and luck, and tell why it came so.

  sim explain results/mine location=Dana day=60          who came, why, why there, who left, where they stay
  sim explain results/mine location=Dana day=2020-02-12  the day as a date; without one, the last
  sim explain results/mine household=1234                one journey, with the reason of every step
  sim explain results/mine household=random              that of somebody who moved; another one each time

  seed=3                         of several replicates; the first, if not said
It takes about as long as the run did until that day. In Python: sim.explain(run, location="Dana", day=60)
"""

WEB_ABOUT = """Serve the class app: two scenarios side by side, for the same people with the same luck.

It is served on 127.0.0.1 only and needs no network. Simulations are done one after the other for all who have the page
open. A page begins with the settings given, or with those of its link; "Keep and hand on" in the page makes both.

  a=NAME, b=NAME                 the two scenarios
  b.policy=NAME,NAME             other measures than the scenario's own
  b.MEASURE.first_day=2020-01-10 a day of a measure; also last_day
  b.MEASURE.EFFECT=NUMBER        an amount of a measure
  behaviour.PARAMETER=NUMBER     a parameter within its prior, the same on both sides
  population=class, tiny         one household in 20, or in 400
  seed=N, replicates=1, 3, 5     the luck, and how many seeds in a row
  household=N                    the household that is followed
"""

REPORT_ABOUT = """Write report.html, one page with everything, into the folder of a finished comparison or run.

  sim report results/demo                    the page, written anew
  sim report results/demo --pdf              and printed, through Chromium where that is installed
  sim report results/demo --svg              and each picture as a drawing for print and poster
  sim report --explore                       one page with runs over a grid of levers, to play in any browser
  sim report results/demo --explore "levers=[opening,greece]" population=tiny

--explore simulates every combination of the positions of some levers once (replicates=N: N times) and writes
explore.html: it needs no network and no server. A stopped one goes on with the same command. From a folder it takes
the settings of that run, or of a comparison's baseline, and puts the page there; else into results/explore.
  levers=[A,B]                   of opening, ceasefire, greece, camps (these four if nothing is said), aid, south
  population=class               one household in 20; any setting of `sim run` may stand here
  out=DIR                        another place for the page
"""
