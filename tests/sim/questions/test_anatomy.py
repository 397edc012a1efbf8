"""What a generator is: exact where its parts are known, theory and simulation beside each other, refusals in words."""

from typing import Any

import numpy as np
import pytest

from synththeory import DesignError, load_design, simulate
from synththeory.figures import draw
from tests.statistical import assert_agrees, must_reject

GENERATORS = [{"kind": "oracle"}, {"kind": "bootstrap"}, {"kind": "moved-majority"}, {"kind": "gk-smote"}]


def study(**more: Any) -> dict[str, Any]:
    return {
        "study": "anatomy",
        "population": {"kind": "gaussian-shift", "mean": [1.0, 0.5]},
        "sample": {"majority": 120, "minority": 30},
        "anatomy": {"rows": 200, "generators": GENERATORS},
        "learner": {"kind": "logistic", "ridge": 1e-5},
        "monte_carlo": {"replications": 500},
        **more,
    }


def test_theory_of_bias_noise_and_coupling_is_what_is_simulated() -> None:
    """Null: simulated means of the three ratios are theory's; and the ratios of fresh rows and copies are 0 and 1.

    A pilot of 1200 sets of 100 rows has at most twice the variance that 1200 replications of 200 rows would have.
    """
    summary = simulate(study(), threads=1)
    rows = [row for row in summary.rows if row.theory is not None]
    assert len(rows) == 3 * len(GENERATORS)
    estimates, theory, errors = (
        np.array([getattr(row, name) for row in rows]) for name in ("estimate", "theory", "mcse")
    )
    piloted = np.array([row.arm == "gk-smote" for row in rows])
    errors = errors * np.where(piloted, np.sqrt(1.0 + 2.0 * 500 / 1200), 1.0)
    assert_agrees(estimates, theory, errors, "anatomy by theory")
    copies = np.array([row.arm == "bootstrap" for row in rows])
    with must_reject():  # planted: what is known of copies said of gk-smote
        assert_agrees(estimates[piloted], theory[copies], errors[piloted], "gk-smote is the bootstrap")
    with must_reject():  # planted: V_m that still has the noise of 200 rows in it
        noisy = theory + np.array([30 / 200 * (row.metric == "fluctuation") for row in rows])
        assert_agrees(estimates[~piloted], noisy[~piloted], errors[~piloted], "V_m is the variance of a mean score")
    known = {(row.arm, row.metric): row.theory for row in rows}
    assert known["oracle", "fluctuation"] == known["oracle", "coupling"] == known["oracle", "bias"] == 0.0
    assert known["bootstrap", "fluctuation"] == pytest.approx(1.0)
    assert known["bootstrap", "coupling"] == pytest.approx(1.0)
    placed = {(row.arm, row.metric): row.estimate for row in summary.rows}
    assert placed["bootstrap", "near_copies"] == 1.0
    assert placed["oracle", "near_copies"] < 0.2
    assert placed["bootstrap", "spread"] == pytest.approx(29 / 30 * 200 / 199, abs=0.02)
    assert placed["oracle", "coverage"] > placed["bootstrap", "coverage"]


def test_numbers_do_not_depend_on_blocks_and_the_figure_shows_them(tmp_path: Any) -> None:
    few = {"monte_carlo": {"replications": 5}, "anatomy": {"rows": 200, "generators": GENERATORS[:2]}}
    found = [simulate(study(**few), block=block, threads=threads) for block, threads in ((1, 1), (5, 2))]
    assert found[0].rows == found[1].rows
    paths = draw(found[0], tmp_path / "anatomy.png")
    assert all(path.exists() for path in paths)
    text = (tmp_path / "anatomy.csv").read_text()
    assert all(metric in text for metric in ("bias", "coupling", "coverage", "near_copies"))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"population": {"kind": "craft"}}, "needs two classes with exact moments, not craft"),
        ({"learner": {"kind": "kotaro"}}, "scores must be linear in the rows, which those of kotaro are not"),
        ({"anatomy": {"generators": [{"kind": "smote", "neighbors": 40}]}}, r"anatomy.generators \(smote\)"),
        ({"anatomy": {"rows": 10, "generators": GENERATORS}}, "anatomy.rows"),
        (
            {"anatomy": {"generators": [{"kind": "external", "class": "sklearn.neighbors.KernelDensity"}]}},
            "its moments need a pilot; give it pilot = true",
        ),
    ],
)
def test_what_cannot_be_taken_apart_is_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        load_design(study(**more))
