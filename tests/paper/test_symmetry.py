"""Ma & Zhang, F5: the size and the power of the symmetry test, from the shipped studies."""

from functools import cache

import numpy as np
from scipy.stats import chi2, ncx2

from synththeory import load_design, simulate
from synththeory.losses import SquaredLoss
from synththeory.report.claims import published
from synththeory.selection import symmetry_noncentrality
from synththeory.sim.results.summary import Summary
from tests.paper.studies import column
from tests.statistical import assert_agrees

FAMILY = 3  # comparisons of this file

SETS, PAPER_SETS = 2000, 5000
NULL = {"population.dimension": [5], "sample.minority": [50, 500], "sample.ratio": [5, 20]}
PAPER, HALF_DIGITS = np.array([(claim.published, claim.half_digit) for claim in published("F5")]).T
TARGET = (0.04, 0.065)


@cache
def size() -> Summary:
    """The null table at d = 5."""
    return simulate(load_design("symmetry_test", {"sweep": NULL, "monte_carlo.replications": SETS}))


@cache
def power() -> Summary:
    """Local alternatives at d = 5, n1 = 500."""
    sweep = {"population.signal": [-3.0, -1.0, 2.0, 3.0], "sample.minority": [500], "sample.ratio": [5, 20]}
    return simulate(load_design("symmetry_test_power", {"sweep": sweep, "monte_carlo.replications": SETS}))


def test_plain_chi_square_rejects_as_often_as_in_the_paper() -> None:
    """Null: both simulate the same rejection rate; at full size the gaps are 1.8 and 2.3 combined standard errors."""
    rates = column(size().select(arm="chi2", metric="rejection_rate"), "estimate")
    spread = np.sqrt(PAPER * (1.0 - PAPER) * (1.0 / SETS + 1.0 / PAPER_SETS))
    assert_agrees(rates, PAPER, spread, "χ² has the paper's size", HALF_DIGITS, cases=FAMILY)
    assert (rates[:2] > 0.05 + 10.0 * spread[:2]).all()  # the nominal level would be refused


def test_the_small_sample_calibration_holds_its_size() -> None:
    rates = column(size().select(arm="small-sample", metric="rejection_rate"), "estimate")
    middle, half = 0.5 * sum(TARGET), 0.5 * (TARGET[1] - TARGET[0])
    error = np.sqrt(middle * (1.0 - middle) / SETS)
    assert_agrees(rates, middle, error, "the small-sample size is in [.04, .065]", half, cases=FAMILY)


def test_both_calibrations_agree_with_five_hundred_minority_rows() -> None:
    for cell in size().design.cells[2:]:
        rejected = [size().values(cell, arm, "rejection_rate") for arm in ("chi2", "small-sample")]
        assert np.mean(rejected[0] != rejected[1]) < 0.02


def test_power_is_the_noncentral_one() -> None:
    """Null: the predicted power; second-order terms at n1 = 500 are allowed .03."""
    rows = power().select(metric="rejection_rate")
    rates, theory = column(rows, "estimate"), column(rows, "theory")
    error = np.sqrt(theory * (1.0 - theory) / SETS)
    assert_agrees(rates, theory, error, "power is noncentral χ², whatever the calibration", 0.03, cases=FAMILY)
    strengths = [symmetry_noncentrality(cell.population, SquaredLoss(), cell.counts) for cell in power().design.cells]
    halved = np.repeat(ncx2.sf(chi2.isf(0.05, 5), 5, 0.5 * np.array(strengths)), 2)
    assert (np.abs(rates - halved) > 0.03 + 6.0 * error).any()  # half the noncentrality would be refused
