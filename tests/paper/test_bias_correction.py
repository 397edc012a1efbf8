"""Bias-corrected synthesis: what the issue asks of it, in the studies' own settings."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from synththeory import Design, load_design, simulate
from synththeory.arrays import Array
from synththeory.corrections import BiasCorrection, corrected_path, estimated_bias_gradient
from synththeory.generators import DiagonalGaussianFit, GaussianMixtureFit, Generator, Jitter, Offset, Smote
from synththeory.learners import Logistic
from synththeory.losses import LogisticLoss, Loss, SquaredLoss
from synththeory.populations import GaussianShift, exact_risk
from synththeory.sample import GivenBlock, Sample, Stratum
from synththeory.sim.results.rates import fitted_rate
from synththeory.sim.results.summary import Summary
from synththeory.status import Status
from synththeory.streams import Streams
from synththeory.theory import CorrectedGenerator, best_curve, second_order
from tests.statistical import assert_mean, must_reject

SHIFT = GaussianShift(mean=(0.75, 0.75, 0.0, 0.0))
GENERATORS: tuple[Generator, ...] = (
    Smote(), Jitter(scale=0.7), DiagonalGaussianFit(scale=0.6), GaussianMixtureFit(components=2), Offset(offset=0.5),
)  # fmt: skip
REPLICATIONS = 500
GAINS = Path(__file__).parents[2] / "paper_figures" / "output" / "bias_correction_gain.csv"
LEFT = 4.0
"""Monte Carlo standard errors an ordering must stand on."""


@cache
def left_bias(loss: Loss, corrected: bool) -> Array:
    """Mean synthetic score at θ*, less ∇B̂_0 where corrected, less g_1: (R, generators · p), and 0 in expectation."""
    exact, rows = exact_risk(SHIFT, loss), []
    for first in range(0, REPLICATIONS, 50):
        streams = Streams.named(8, "left bias", first, 50)
        majority, minority = SHIFT.sample(streams, (1000, 100))
        parts = []
        for generator in GENERATORS:
            synthetic = generator.draw(streams, minority, majority, 400)
            score = loss.row_scores(synthetic.rows, synthetic.labels, exact.optimum).mean(axis=1)
            if corrected:
                signed = BiasCorrection().rows(streams, generator, majority, minority)
                score = score - estimated_bias_gradient(signed, loss, exact.optimum)
            parts.append(score - exact.moments[1].gradient)
        rows.append(np.concatenate(parts, axis=1))
    return np.concatenate(rows)


@pytest.mark.parametrize("loss", [SquaredLoss(True), LogisticLoss(True)], ids=repr)
def test_exact_transfer_removes_the_bias(loss: Loss) -> None:
    """Null: where classes differ by a shift the corrected mean score at θ* is g_1; it falls without the correction."""
    assert_mean(left_bias(loss, True), 0.0, "the corrected score has no bias", cases=2)
    with must_reject():
        assert_mean(left_bias(loss, False), 0.0, "planted: no correction")


def test_the_majoritys_label_makes_the_fit_diverge() -> None:
    """With label 0 in place of 1 and a generator that moves the mean, coefficients run to the bound."""
    learner, streams = Logistic(ridge=1e-3, bound=30.0), Streams.named(9, "label", 0, 40)
    majority, minority = SHIFT.sample(streams, (1000, 100))
    real, exact = Sample.of(majority, minority), exact_risk(SHIFT, learner.loss)
    generator = Offset(offset=1.0)
    synthetic, sizes = generator.draw(streams, minority, majority, 900), np.full((40, 1), 900)
    right, wrong = (
        corrected_path(
            learner, real, synthetic, sizes,
            BiasCorrection().rows(streams, generator, majority, GivenBlock(minority.rows, stratum)),
        )
        for stratum in (Stratum("minority", 1, label) for label in (1.0, 0.0))
    )  # fmt: skip
    assert not right.status.any()
    naive = exact.excess_risk(learner.path(real, synthetic, sizes).coefficients).mean()
    assert exact.excess_risk(right.coefficients).mean() < 0.1 * naive
    assert (wrong.status == Status.NORM_BOUND).all()
    assert exact.excess_risk(wrong.coefficients).mean() > 10.0 * naive


@cache
def few_arms() -> tuple[Design, Summary]:
    """B1 with the generators that need no mixture, 120 replications."""
    table = load_design("bias_correction").table
    kept = ("smote", "jitter", "diagonal-gaussian-fit", "offset")
    table["augmentation"]["generators"] = [
        generator for generator in table["augmentation"]["generators"] if generator["kind"] in kept
    ]
    table["augmentation"]["arms"] = table["augmentation"]["arms"][:2]
    table["monte_carlo"]["replications"] = 120
    design = load_design(table)
    return design, simulate(design)


@pytest.mark.parametrize(
    ("cell", "better", "worse"),
    [
        *((cell, f"corrected:{g}", f"naive:{g}") for cell in (0, 1) for g in ("smote", "gauss×.6", "offset")),
        *((cell, f"corrected:{g}", "reweighted") for cell in (0, 1) for g in ("gauss×.6", "offset")),
        (0, "naive:jitter", "corrected:jitter"),
        *((2, "reweighted", f"corrected:{g}") for g in ("smote", "jitter", "gauss×.6", "offset")),
        (2, "naive:jitter", "corrected:jitter"),
        (2, "corrected:gauss×.6", "naive:gauss×.6"),
    ],
)
def test_the_orderings_of_b1_hold_by_more_than_four_paired_errors(cell: int, better: str, worse: str) -> None:
    """Correction wins with biased generators and one class shape, loses to reweighting with unequal spread."""
    design, summary = few_arms()
    values = [summary.values(design.cells[cell], label)[:, -1] for label in (worse, better)]
    gap = values[0] - values[1]
    assert gap.mean() > LEFT * gap.std(ddof=1) / np.sqrt(gap.size)


def test_the_naive_fit_keeps_a_floor_and_the_corrected_one_has_a_rate() -> None:
    settings = {"monte_carlo.replications": 400, "sweep": {"sample.minority": [100, 200, 400, 800]}}
    summary = simulate(load_design("bias_correction_rates", settings))
    sizes = (100.0, 200.0, 400.0, 800.0)
    for generator in ("gauss×.6", "offset"):
        corrected = fitted_rate(sizes, summary.select(arm=f"corrected:{generator}", metric="excess_risk"))
        assert corrected.contains(-1.0)
        assert not corrected.contains(-0.9)
        assert not corrected.contains(-1.1)
        error = fitted_rate(sizes, summary.select(arm=f"corrected:{generator}", metric="bias_error"))
        assert error.contains(-0.5)
        assert not error.contains(-0.45)
        naive = fitted_rate(sizes, summary.select(arm=f"naive:{generator}", metric="excess_risk"))
        assert naive.lower > -0.25


def test_gains_are_predicted_within_ten_percent_for_every_closed_form() -> None:
    """B2 at n1 = 400: the drawn figure's numbers (20000 replications), and that theory still says what they rest on."""
    with open(GAINS, newline="") as file:
        drawn = {(row["cell"], row["arm"], row["layer"]): row for row in csv.DictReader(file)}
    cells = [cell for cell in load_design("bias_correction_gain").cells if cell.counts[1] == 400]
    assert len(cells) == 2
    for cell in cells:
        (size,) = cell.sizes
        for use in (arm.use for arm in cell.arms if arm.use is not None):
            generator, correction = use.generator, use.correction
            if not isinstance(correction, BiasCorrection):
                continue
            settings = cell.learner, *cell.counts, [size]
            corrected = CorrectedGenerator(generator, correction, cell.counts[0])
            curves = [best_curve(cell.population, each, cell.learner, *cell.counts) for each in (generator, corrected)]
            first = [curve.leading.at([size]).total[0] for curve in curves]
            second = [second_order(cell.population, generator, *settings, each).total[0] for each in (None, correction)]
            line = float(drawn[cell.label, use.label, "theory"]["y"])
            assert line == pytest.approx((first[0] - first[1]) / (second[0] - second[1]), rel=1e-6)
            simulated = drawn[cell.label, use.label, "simulation"]
            assert abs(float(simulated["y"]) - 1.0) <= 0.10, use.label
            assert float(simulated["mcse"]) <= 0.04, use.label
