import tomllib

import numpy as np
import pytest

from synththeory import DesignError, load_design
from synththeory.generators import Smote
from synththeory.sim.design.studies import studies


@pytest.mark.parametrize("name", studies())
def test_every_study_survives_a_round_trip_through_its_own_toml(name):
    design = load_design(name)
    assert design.study == name
    again = load_design(tomllib.loads(design.toml))
    assert again == design
    assert [cell.digest for cell in again.cells] == [cell.digest for cell in design.cells]


def test_f3_is_as_the_paper_has_it():
    design = load_design("local_symmetry_linear")
    assert [dict(cell.swept) for cell in design.cells] == [
        {"population.noise": noise} for noise in ("cube", "rademacher", "sphere")
    ]
    cell = design.cells[0]
    assert cell.counts == (2000, 100)
    assert cell.multipliers == tuple(np.linspace(0.0, 4.0, 20))
    assert cell.sizes == tuple(round(gamma * 1900) for gamma in np.linspace(0.0, 4.0, 20))


def test_ratio_and_sizes(design):
    cell = design({"sample": {"ratio": 20, "minority": 25}}).cells[0]
    assert cell.counts == (500, 25)
    by_size = design({"augmentation": {"sizes": [0, 16, 64], "generators": [{"kind": "oracle"}]}}).cells[0]
    assert by_size.sizes == (0, 16, 64)
    assert by_size.multipliers == (0.0, 0.5, 2.0)


def test_a_sweep_of_several_keys_is_their_full_grid_in_order(design):
    swept = {"sample.minority": [4, 8], "population": [{"kind": "gaussian-shift", "mean": [0.5]}, {
        "kind": "mean-shift", "dimension": 3}]}  # fmt: skip
    cells = design(sweep=swept).cells
    assert [(cell.counts[1], cell.population.dimension) for cell in cells] == [(4, 1), (4, 3), (8, 1), (8, 3)]
    assert cells[1].label == "minority=4, mean-shift"


def test_labels_are_as_long_as_it_takes_to_tell_the_cells_apart(design):
    means = [{"kind": "gaussian-shift", "mean": [0.5]}, {"kind": "gaussian-shift", "mean": [1.0]}]
    labels = [cell.label for cell in design(sweep={"population": means}).cells]
    assert labels == [f"population=gaussian-shift (mean=[{mean}])" for mean in (0.5, 1.0)]


def test_an_external_class_is_named_in_labels_and_its_cell_keeps_its_digest(design):
    trees = [{"kind": "external", "class": "sklearn.tree.DecisionTreeClassifier", "settings": {"max_depth": depth}}
             for depth in (1, 2)]  # fmt: skip
    logistic = {"kind": "logistic", "ridge": 1e-3}
    cells = design(sweep={"learner": [logistic, trees[0]]}).cells
    assert [cell.label for cell in cells] == ["logistic", "DecisionTreeClassifier"]
    assert [cell.learner.title for cell in cells] == ["logistic", "DecisionTreeClassifier"]
    both = design(sweep={"learner": trees}).cells
    assert both[1].label == 'learner=DecisionTreeClassifier (settings={"max_depth": 2})'
    assert both[0].digest == cells[1].digest  # labels are no part of it


def test_data_depend_on_population_and_sample_alone(design):
    plain = design().cells[0]
    other_arms = design({"augmentation.generators": [{"kind": "bootstrap"}], "learner.ridge": 0.5}).cells[0]
    other_sample = design({"sample.majority": 41}).cells[0]
    assert other_arms.point == plain.point
    assert other_arms.digest != plain.digest
    assert other_sample.point != plain.point
    assert design({"sample": {"ratio": 5, "minority": 8}}).cells[0].digest == plain.digest


def test_a_new_name_does_not_change_an_arm(design):
    renamed = design({"augmentation.generators.1.name": "mine"}).cells[0].arms[1]
    assert renamed.label == "mine"
    assert renamed.digest == design().cells[0].arms[1].digest


def test_components_are_welcome_in_python(small):
    small["augmentation"]["generators"] = (Smote(neighbors=3, name="s"),)
    assert load_design(small).cells[0].arms[0].label == "s"


def test_a_sweep_supplies_what_the_table_leaves_out(small):
    del small["sample"]["minority"]
    cells = load_design(small, {"sweep": {"sample.minority": [4, 8]}}).cells
    assert [cell.counts for cell in cells] == [(40, 4), (40, 8)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"population.kind": "gausian-shift"}, "population: unknown population kind 'gausian-shift'; did you mean"),
        ({"population.mena": [1.0]}, "population: unknown key 'mena'; did you mean 'mean'"),
        ({"populations.mean": [1.0]}, "unknown key 'populations'; did you mean 'population'"),
        ({"augmentation.generators.1.neighbors": 8}, r"augmentation\.generators\[1\].*(smote).*8"),
        ({"augmentation.generators.1.neighbors": "many"}, r"augmentation\.generators\[1\]\.neighbors: expected"),
        ({"augmentation.generators.5.neighbors": 3}, "a list of 2"),
        ({"augmentation.generators": []}, r"augmentation\.generators"),
        ({"augmentation.generators": [{"kind": "oracle"}] * 2}, "two arms are called 'oracle'"),
        ({"augmentation.generators": [{"neighbors": 5}]}, "a generator needs a 'kind'"),
        ({"augmentation.multipliers": [0.0, -1.0]}, "expected numbers ≥ 0, got -1"),
        ({"augmentation.multipliers": [2.0, 1.0]}, "expected increasing multipliers, got 2.0, 1.0"),
        ({"augmentation.multipliers": []}, "expected at least one value"),
        ({"augmentation.multipliers": ["a"]}, r"augmentation\.multipliers\[0\]: expected a valid number, got 'a'"),
        ({"augmentation.multipliers": {"start": 0.0, "stop": 1.0}}, r"augmentation\.multipliers\.count: is missing"),
        ({"augmentation.sizes": [0, 5]}, "give one of 'multipliers', 'sizes'"),
        ({"sample.minority": 40}, "minority must be smaller than the majority, got 40 of 40"),
        ({"sample.minority": -5}, r"sample\.minority: expected greater than or equal to 1, got -5"),
        ({"sample.minority": 2.5}, r"sample\.minority: expected a valid integer, got 2\.5"),
        ({"sample.ratio": 5.0}, "give either 'majority' or 'ratio'"),
        ({"monte_carlo.replications": 0}, r"monte_carlo\.replications: expected greater than or equal to 1, got 0"),
        ({"learner.ridge": -1.0}, r"learner\.ridge: expected greater than or equal to 0, got -1"),
        ({"study": "../elsewhere"}, "study: "),
        ({"sweep": {"monte_carlo.seed": [1, 2]}}, "'monte_carlo.seed' cannot be swept"),
        ({"sweep": {"sample.minority": []}}, "'sample.minority' needs a list of values"),
        ({"sweep": {"sample.minority": [5, 5]}}, "has the same value twice"),
        ({"sweep": {"sample.minority": [5, 50]}}, "in the cell minority=50: sample: minority must be smaller"),
        ({"sweep": 3}, "sweep: expected a table"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(design, settings, message):
    with pytest.raises(DesignError, match=message) as caught:
        design(settings)
    assert "\n" not in str(caught.value)


def test_a_swept_key_is_not_set_behind_the_sweep(small):
    small["sweep"] = {"sample.minority": [4, 8]}
    with pytest.raises(DesignError, match=r"sample\.minority is swept"):
        load_design(small, {"sample.minority": 5})


def test_every_problem_is_named(design):
    with pytest.raises(DesignError) as caught:
        design({"sample.minority": 0, "learner.ridge": -1.0})
    assert {line.partition(":")[0] for line in str(caught.value).splitlines()} == {"sample.minority", "learner.ridge"}


def test_unknown_study_and_broken_files(tmp_path):
    with pytest.raises(DesignError, match="did you mean 'local_symmetry_linear'"):
        load_design("local_symetry_linear")
    half = tmp_path / "half.toml"
    half.write_text('study = "half"\n[population')
    with pytest.raises(DesignError, match=r"half\.toml is not a TOML file"):
        load_design(half)
    half.write_bytes(b"\xff\xfe")
    with pytest.raises(DesignError, match=r"half\.toml is not a TOML file"):
        load_design(half)
