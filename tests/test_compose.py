"""Choices from words and files: what is composed, and what is refused in one sentence."""

import dataclasses

import pytest
import yaml

from sim import choicefiles
from sim import compose as composing
from sim.compose import as_yaml, complete, compose, compose_many
from sim.errors import InputError
from sim.paths import data_folder, groups

MEASURE = {"what": "more camp places", "effects": {"camp_places": 100.0}, "because": "winter", "source": "what-if"}


def write_policy(folder, name="mine", **changes):
    """Write a policy file of one measure; return the word that makes its folder known."""
    text = yaml.safe_dump({name: {**MEASURE, **changes}})
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return f"policies={folder}"


def refusal(*words):
    """Return the one sentence with which the words are refused."""
    with pytest.raises(InputError) as raised:
        compose(words)
    sentence = str(raised.value)
    assert "\n" not in sentence and len(sentence) < 400
    return sentence


def test_nothing_said_means_every_household_of_what_happened():
    config = compose()
    assert (config.case.name, config.population.one_in, config.scenario.name) == ("idlib_2020", 1, "as_it_happened")


def test_settings_arrive_with_their_types():
    words = ["population=tiny", "seed=7", "days=30", "behaviour.onward_rate=0.5", "output.csv=true", "out=a b"]
    config = compose(words)
    assert (config.population.one_in, config.seed, config.days, config.out) == (400, 7, 30, "a b")
    assert config.behaviour.onward_rate == 0.5 and config.output.csv is True


def test_yaml_of_a_configuration_tells_every_setting():
    config = compose(["population=class"])
    assert yaml.safe_load(as_yaml(config)) == dataclasses.asdict(config)


@pytest.mark.parametrize("group", sorted(groups()))
def test_every_shipped_choice_composes(group):
    to_be_given = {"flee": ["case.path=mali"], "own": ["case.path=./mine", "case.start=2020-01-01", "case.days=3"]}
    for name in groups()[group]:
        compose([f"{group}={name}", *(to_be_given.get(name, []) if group == "case" else [])])


def test_own_policies_keep_their_order_and_their_numbers_can_be_set(tmp_path):
    write_policy(tmp_path, "first")
    word = write_policy(tmp_path, "second")
    numbers = ["policy.second.first_day=2020-02-10", "policy.first.effects.camp_places=5"]
    config = compose(["policy=[second,first]", word, *numbers])
    assert list(config.policy) == ["second", "first"]
    assert config.policy["second"].first_day == "2020-02-10"
    assert config.policy["first"].effects == {"camp_places": 5.0}


def test_day_in_a_policy_file_needs_no_quotes(tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({"mine": MEASURE}) + "  first_day: 2020-02-10\n")
    assert compose([f"policies={tmp_path}", "policy=mine"]).policy["mine"].first_day == "2020-02-10"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["populaton=tiny"], "'populaton' (did you mean 'population'?)"),
        (["population=tinny"], "(did you mean 'tiny'?)"),
        (["case=idlib_2002"], "(did you mean 'idlib_2020'?)"),
        (["scenario=as_it_hapened"], "(did you mean 'as_it_happened'?)"),
        (["behaviour.onward_rat=0.1"], "(did you mean 'behaviour.onward_rate'?)"),
        (["onward_rate=0.1"], "(did you mean 'behaviour.onward_rate'?)"),
        (["seed=abc"], "seed is 'abc', but must be a whole number"),
        (["seed=1.5"], "a whole number"),
        (["seed=-1"], "seed is -1"),
        (["seed=null"], "a whole number"),
        (["seed=true"], "a whole number"),
        (["days=x"], "a whole number or null"),
        (["days=-3"], "days is -3"),
        (["days=100000"], "days is 100000"),
        (["replicates=0"], "replicates is 0"),
        (["behaviour.onward_rate=nan"], "nan"),
        (["behaviour.onward_rate=-0.1"], "-0.1"),
        (["behaviour.onward_rate=true"], "a number"),
        (["check=maybe"], "true or false"),
        (["output.csv=3"], "true or false"),
        (["case.start=2020-13-01"], "a date such as"),
        (["initial=articel"], "(did you mean 'article'?)"),
        (["population=null"], "population is 'null'"),
        (["policy=null"], "policy is 'null'"),
        (["case={a:1}"], "case is"),
        (["seed"], "NAME=VALUE"),
        (["seed=["], "NAME=VALUE"),
        (["=3"], "no setting"),
        ([""], "NAME=VALUE"),
        (["policies=nowhere_at_all"], "no such folder"),
    ],
)
def test_mistake_is_told_in_one_sentence(words, told):
    assert told in refusal(*words)


@pytest.mark.parametrize(
    "words",
    [
        ["+seed=3"],
        ["++seed=3"],
        ["~seed"],
        ["~policy"],
        ["+behaviour.new=1"],
        ["case@policy=toyland"],
        ["hydra.run.dir=x"],
        ["hydra/launcher=basic"],
        ["population=../case/toyland"],
        ["case=[toyland]"],
        ["case.path=${oc.env:HOME}"],
        ["case.path='${case.name}'"],
        ["seed=1", "seed=2"],
        ["population=tiny", "population=class"],
        ["seed=1,2"],
        ["behaviour={}"],
    ],
)
def test_word_that_would_go_wrong_in_silence_is_refused(words):
    refusal(*words)


def test_same_policy_twice_is_refused(tmp_path):
    assert "'mine' twice" in refusal(write_policy(tmp_path), "policy=[mine,mine]")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mine: {what: x, wat: 3}", "(did you mean 'what'?)"),
        ("mine: {effects: {camp_places: many}}", "policy.mine.effects.camp_places must be a number"),
        ("mine: {where: Dana}", "policy.mine.where must be a list"),
        ("mine: {_target_: os.system}", "_target_"),
        ("other: {what: x}", "'mine'"),
        ("mine: {what: x}\nother: {what: y}", "mine, other"),
        ("mine: {what: x}\nseed: 5", "mine, seed"),
        ("mine: {what: x}\ndefaults: [/policy: other]", "mine, defaults"),
        ("# @package _global_\nmine: {what: x}", "@package"),
        ("mine: {what: '${oc.env:HOME}'}", "${"),
        ("mine: {what: [}", "line 1, column 15"),
        ("mine: 3", "keys of a measure"),
        ("", "'mine'"),
        ("mine: {what: x, what: y}", "line 1, column 17"),
        ("mine: {what: x, because: y, source: z, effects: {a: 1}, first_day: 2020-13-01}", "policy.mine"),
    ],
)
def test_wrong_policy_file_is_told_with_its_place(tmp_path, text, told):
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    sentence = refusal(f"policies={tmp_path}", "policy=mine")
    assert told in sentence and (str(tmp_path / "mine.yaml") in sentence or "policy.mine" in sentence)


def test_policy_file_in_another_encoding_is_told_with_its_line(tmp_path):
    (tmp_path / "mine.yaml").write_bytes("mine:\n  what: caf\u00e9".encode("latin-1"))
    assert "mine.yaml, line 2: byte 0xe9 is not UTF-8" in refusal(f"policies={tmp_path}", "policy=mine")


def test_file_that_changes_is_read_again(tmp_path):
    for what in ("first", "other"):
        assert compose([write_policy(tmp_path, what=what), "policy=mine"]).policy["mine"].what == what


def test_compositions_of_the_same_files_share_nothing():
    first = compose(["population=tiny"])
    next(iter(first.policy.values())).effects["camp_places"] = 3.0
    first.behaviour.rest_days = 9
    first.flee.conflict_decay.append(0.5)
    assert compose(["population=tiny"]) != first


def test_quick_parser_reads_every_shipped_file_as_the_plain_one_does():
    paths = sorted(data_folder("conf").rglob("*.yaml"))
    assert len(paths) > 60
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert yaml.load(text, choicefiles._Quick) == yaml.load(text, choicefiles._Plain), path


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"first_day": "2020-03-01", "last_day": "2020-02-01"}, "policy.mine"),
        ({"first_day": "1 March"}, "policy.mine"),
        ({"above": -1.0}, "policy.mine"),
    ],
)
def test_wrong_measure_is_told_with_its_name(tmp_path, changes, told):
    assert told in refusal(write_policy(tmp_path, **changes), "policy=mine")


def test_measure_without_effects_is_told(tmp_path):
    (tmp_path / "mine.yaml").write_text("mine: {what: x, because: y, source: z}", encoding="utf-8")
    assert "policy.mine.effects" in refusal(f"policies={tmp_path}", "policy=mine")


def test_own_policy_must_not_take_the_name_of_a_shipped_one(tmp_path):
    for name in groups()["policy"][:1]:
        assert f"already a policy '{name}'" in refusal(write_policy(tmp_path, name), f"policy={name}")


def test_shipped_policy_files_hold_one_measure_each():
    for path in (data_folder("conf") / "policy").glob("*.yaml"):
        assert list(yaml.safe_load(path.read_text(encoding="utf-8"))) == [path.stem]


def test_sweep_is_the_product_of_its_values_in_order():
    cells = compose_many(["population=tiny,class", "seed=range(1,4)", "days=30"])
    assert [label for label, _ in cells][:2] == ["population=tiny seed=1", "population=tiny seed=2"]
    assert [(c.population.name, c.seed, c.days) for _, c in cells] == [
        (name, seed, 30) for name in ("tiny", "class") for seed in (1, 2, 3)
    ]


def test_sweep_over_policies_reads_own_files(tmp_path):
    write_policy(tmp_path, "a")
    word = write_policy(tmp_path, "b")
    cells = compose_many([word, "policy=[],a,[a,b]", "population=tiny"])
    assert [list(config.policy) for _, config in cells] == [[], ["a"], ["a", "b"]]


def test_cells_do_not_share_settings():
    (_, first), (_, second) = compose_many(["behaviour.onward_rate=0.1,0.2"])
    first.behaviour.rest_days = 9
    assert second.behaviour.rest_days != 9 and second.behaviour.onward_rate == 0.2


def test_files_are_read_once_per_choice_of_groups(monkeypatch):
    loads = []
    load = composing._load
    monkeypatch.setattr(composing, "_load", lambda *a: loads.append(a[0]) or load(*a))
    assert len(compose_many(["population=tiny,class", "seed=range(0,50)"])) == 100
    assert loads == [("population=tiny",), ("population=class",)]


def test_each_combination_is_composed_as_it_is_by_itself():
    words = ["behaviour.onward_rate=0.1,0.2", "days=30"]
    for label, config in compose_many([*words, "seed=5,2"]):
        assert config == compose([*label.split(), "days=30"]), label


@pytest.mark.parametrize("seed", ["-1", "2147483648", "1.5", "x", "true"])
def test_mistake_in_one_cell_is_told_before_any_runs(seed):
    with pytest.raises(InputError, match=f"seed is {seed}|seed is '{seed}'"):
        compose_many([f"seed=1,{seed}"])


def test_completion_knows_groups_names_and_settings():
    assert "population=" in complete("popul")
    assert complete("population=t") == ["population=tiny"]
    assert "behaviour.onward_rate=" in complete("population=tiny behaviour.onw")
    assert not [word for word in complete("") if "hydra" in word]
