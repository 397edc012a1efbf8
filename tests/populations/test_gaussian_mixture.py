"""The gaussian-mixture population: its laws, and one clear line for each thing a user can get wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory import DesignError, load_design
from synththeory.populations import GaussianComponent, GaussianMixture, LocationLaw, MixtureLaw
from synththeory.sim.cli import app
from synththeory.sim.design.tables import toml_text

COVARIANCE = [[2.0, 0.6, 0.0], [0.6, 1.0, -0.2], [0.0, -0.2, 0.5]]
ORIGIN = {"mean": [0.0, 0.0, 0.0]}

BAD: dict[str, tuple[dict[str, object], str]] = {
    "not positive semi-definite": (
        {"minority": [{"mean": [0.0, 0.0], "covariance": [[1.0, 2.0], [2.0, 1.0]]}]},
        "not positive semi-definite: its smallest eigenvalue is -1",
    ),
    "not symmetric": (
        {"minority": [{"mean": [0.0, 0.0], "covariance": [[1.0, 0.5], [0.2, 1.0]]}]}, "covariance is not symmetric",
    ),
    "weights": (
        {"minority": [{"weight": 0.5, "mean": [0.0, 0.0]}, {"weight": 0.4, "mean": [1.0, 0.0]}]},
        "weights of the minority must sum to 1, got 0.9",
    ),
    "no component": ({"majority": []}, "the majority needs at least one component"),
    "means differ": ({"minority": [{"mean": [0.0, 0.0, 1.0]}]}, "same number of coordinates, got [2, 3]"),
    "covariance does not fit": (
        {"minority": [{"mean": [0.0, 0.0], "covariance": [[1.0]]}]}, "covariance must be 2 × 2",
    ),
    "two spreads": (
        {"minority": [{"mean": [0.0, 0.0], "scale": 1.0, "covariance": [[1.0, 0.0], [0.0, 1.0]]}]},
        "either covariance or scale, not both",
    ),
    "negative weight": ({"minority": [{"weight": -0.5, "mean": [0.0, 0.0]}]}, "greater than 0"),
    "zero scale": ({"minority": [{"mean": [0.0, 0.0], "scale": 0.0}]}, "greater than 0"),
    "misspelt": ({"minority": [{"maen": [0.0, 0.0]}]}, "did you mean 'mean'"),
}  # fmt: skip
EVERY_MISTAKE = pytest.mark.parametrize("name", BAD)


def study(changes: dict[str, object]) -> dict[str, Any]:
    classes = {"majority": [{"mean": [0.0, 0.0]}], "minority": [{"mean": [2.0, 0.0]}], **changes}
    return {
        "study": "mixture",
        "population": {"kind": "gaussian-mixture", **classes},
        "sample": {"majority": 40, "minority": 10},
        "augmentation": {"multipliers": [0.0, 1.0], "generators": [{"kind": "oracle"}]},
        "learner": {"kind": "logistic", "C": 10.0},
        "monte_carlo": {"replications": 3},
    }


@EVERY_MISTAKE
def test_a_mistake_is_one_clear_line(name: str) -> None:
    changes, words = BAD[name]
    with pytest.raises(DesignError) as caught:
        load_design(study(changes))
    message = str(caught.value)
    assert words in message
    assert "population" in message
    assert len(message.splitlines()) == 1


@EVERY_MISTAKE
def test_a_mistake_ends_the_command_line_with_code_two(name: str, tmp_path: Path) -> None:
    changes, words = BAD[name]
    file = tmp_path / "study.toml"
    file.write_text(toml_text(study(changes)))
    result = CliRunner().invoke(app, ["run", str(file), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_right_study_passes_by_the_same_way(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text(toml_text(study({})))
    result = CliRunner().invoke(app, ["run", str(file), "--out", str(tmp_path / "out"), "--format", "json"])
    assert result.exit_code == 0, result.stderr


def test_each_class_has_the_stated_law() -> None:
    population = GaussianMixture.model_validate(
        {
            "majority": [{**ORIGIN, "covariance": COVARIANCE}],
            "minority": [{"weight": 0.25, "mean": [1.0, 2.0, 3.0], "scale": 0.5}, {"weight": 0.75, **ORIGIN}],
        }
    )
    zero, one = population.laws
    assert isinstance(zero, LocationLaw)
    np.testing.assert_allclose(zero.covariance, COVARIANCE, atol=1e-14)
    assert isinstance(one, MixtureLaw)
    assert one.weights == (0.25, 0.75)
    np.testing.assert_allclose(one.parts[0].covariance, 0.25 * np.eye(3))
    assert one.parts[1].factor is None
    np.testing.assert_allclose(one.mean, [0.25, 0.5, 0.75])
    assert population.dimension == 3
    assert [stratum.response for stratum in population.strata] == [0.0, 1.0]


def test_a_singular_covariance_is_allowed() -> None:
    rank_one = GaussianComponent.model_validate({"mean": [0.0, 0.0], "covariance": [[1.0, 1.0], [1.0, 1.0]]})
    np.testing.assert_allclose(rank_one.law.covariance, np.ones((2, 2)), atol=1e-14)
    GaussianComponent.model_validate({"mean": [0.0], "covariance": [[0.0]]})


def test_weights_may_round() -> None:
    thirds = [{"weight": 1.0 / 3.0, "mean": [float(place)]} for place in range(3)]
    GaussianMixture.model_validate({"majority": thirds, "minority": thirds})
