import dataclasses
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from synththeory import DesignError, simulate
from synththeory.sim.results.agreement import agreement, family_wise
from synththeory.sim.results.measures import (
    DIFFERENCE,
    MEAN,
    NORMAL_QUANTILE,
    Measure,
    Moments,
    estimate,
    share_interval,
)
from synththeory.sim.results.rates import fitted_rate
from synththeory.sim.results.rows import Row
from synththeory.sim.store import base as store_module
from tests.statistical import assert_mean, must_reject

STANDARD_DEVIATION = Measure(
    lambda mean: np.sqrt(mean[..., 1] - mean[..., 0] ** 2),
    lambda mean: (
        np.stack([-mean[..., 0], np.full_like(mean[..., 0], 0.5)], axis=-1)
        / np.sqrt(mean[..., 1] - mean[..., 0] ** 2)[..., None]
    ),
)
RATIO = Measure(
    lambda mean: mean[..., 0] / mean[..., 1],
    lambda mean: np.stack([1.0 / mean[..., 1], -mean[..., 0] / mean[..., 1] ** 2], axis=-1),
)


def jackknife(measure, columns):
    n = len(columns)
    left_out = (columns.sum(axis=0) - columns) / (n - 1)
    values = measure.value(left_out)
    return math.sqrt((n - 1) / n * np.sum((values - values.mean()) ** 2))


def columns(measure, rng, n=400):
    x = rng.exponential(size=n)
    if measure is MEAN:
        return x[:, None]
    if measure is STANDARD_DEVIATION:
        return np.column_stack([x, x * x])
    return np.column_stack([x, 2.0 + x + rng.standard_normal(n)])


@pytest.mark.parametrize(
    ("measure", "tolerance"), [(MEAN, 1e-10), (DIFFERENCE, 1e-10), (RATIO, 0.02), (STANDARD_DEVIATION, 0.03)]
)
def test_mcse_by_influence_function_is_the_jackknife(measure, tolerance):
    data = columns(measure, np.random.default_rng(5))
    estimates = estimate(measure, Moments.of(data))
    assert estimates.value == pytest.approx(measure.value(data.mean(axis=0)), rel=1e-12)
    assert estimates.mcse == pytest.approx(jackknife(measure, data), rel=tolerance)


def test_moments_add_up_over_windows_and_leave_out_failures():
    rng = np.random.default_rng(3)
    data = 100.0 + rng.standard_normal((50, 4, 2))
    data[7, 2] = np.nan
    data[:, 3] = np.nan
    parts = Moments.of(data[:0]) + Moments.of(data[:13]) + Moments.of(data[13:])
    assert parts.count.tolist() == [50, 50, 49, 0]
    for place in range(3):
        kept = data[:, place][np.isfinite(data[:, place]).all(axis=1)]
        np.testing.assert_allclose(parts.mean[place], kept.mean(axis=0), rtol=1e-13)
        np.testing.assert_allclose(parts.comoment[place] / (len(kept) - 1), np.cov(kept.T), rtol=1e-10)
    assert np.isnan(estimate(MEAN, parts).value[3])
    assert np.isnan(estimate(MEAN, Moments.of(data[:1])).mcse).all()


def test_rows_and_contrasts_are_the_means_and_paired_errors_of_the_values(design):
    summary = simulate(design({"monte_carlo.replications": 200}))
    cell = summary.design.cells[0]
    for metric in ("excess_risk", "parameter_error"):
        oracle, smote = (summary.values(cell, arm, metric) for arm in ("oracle", "smote"))
        for row, column in zip(summary.select(arm="smote", metric=metric), smote.T, strict=True):
            assert row.estimate == pytest.approx(column.mean(), rel=1e-12)
            assert row.mcse == pytest.approx(column.std(ddof=1) / math.sqrt(200), rel=1e-10)
            assert (row.upper - row.lower) / row.mcse == pytest.approx(2 * stats.norm.ppf(0.975))
        contrasts = [contrast for contrast in summary.contrasts if contrast.metric == metric]
        assert [(c.arm, c.baseline, c.multiplier) for c in contrasts] == [
            ("smote", "oracle", g) for g in (0.0, 1.0, 2.5)
        ]
        for contrast, column in zip(contrasts, (smote - oracle).T, strict=True):
            assert contrast.difference == pytest.approx(column.mean(), rel=1e-9, abs=1e-15)
            assert contrast.mcse == pytest.approx(column.std(ddof=1) / math.sqrt(200), rel=1e-9, abs=1e-15)
            assert contrast.replications == 200


def test_a_summary_does_not_depend_on_blocks_windows_apart(design, monkeypatch):
    settings = {"monte_carlo.replications": 50}
    monkeypatch.setattr(store_module, "WINDOW", 16)
    summaries = [simulate(design(settings), threads=2, block=block) for block in (3, 16, 50)]
    assert summaries[0].rows == summaries[1].rows == summaries[2].rows
    assert summaries[0].contrasts == summaries[2].contrasts


def test_quantiles_are_those_of_the_values(design):
    summary = simulate(design())
    cell = summary.design.cells[0]
    lower, upper = summary.quantiles(cell, "smote")
    np.testing.assert_array_equal(upper, np.quantile(summary.values(cell, "smote"), 0.975, axis=0))
    assert (lower < upper).all()
    with pytest.raises(DesignError, match="did you mean 'smote'"):
        summary.quantiles(cell, "smot")
    with pytest.raises(DesignError, match="did you mean 'excess_risk'"):
        summary.quantiles(cell, "smote", "excess_rsk")


def row(estimate, mcse, theory):
    return Row("s", {}, "a", 1.0, 10, "excess_risk", estimate, mcse, 0.0, 0.0, 100, 0, theory, "exact")


def test_agreement_gives_both_statements():
    compared = agreement([row(1.0, 0.1, 1.2), row(2.0, 0.1, 2.05), row(3.0, 0.1, None)], "pilot")
    assert compared is not None
    assert compared.points == 2
    assert compared.largest_z == pytest.approx(2.0)
    assert compared.p_value == pytest.approx(1.0 - (1.0 - 2.0 * stats.norm.sf(2.0)) ** 2)
    assert compared.margin == pytest.approx((0.2 + stats.norm.ppf(0.95) * 0.1) / 1.2)
    assert agreement([row(1.0, 0.1, None)], "pilot") is None
    assert family_wise(0.0, 5) == 1.0
    assert family_wise(9.0, 5) == pytest.approx(10.0 * stats.norm.sf(9.0), rel=1e-9)


def test_the_equivalence_margin_covers_the_true_gap_at_its_level():
    """Theory off by exactly 10 %: the margin of one point exceeds it but where the estimate is in its lowest 5 %."""
    lowest = stats.norm.ppf(0.05, 1.1, 0.01)
    below, above = (agreement([row(lowest + side, 0.01, 1.0)], "pilot").margin for side in (-1e-9, 1e-9))
    assert below < 0.1 < above


def test_a_rate_is_found_with_an_interval_that_covers():
    """Null: five cells of five normal replications, so that errors are estimated with four degrees of freedom."""
    sizes, sets, draws = np.array([25.0, 50.0, 100.0, 200.0, 400.0]), 1500, 5
    values = (1.0 + 0.1 * np.random.default_rng(2).standard_normal((sets, draws, 5))) / sizes
    means, errors = values.mean(axis=1), values.std(axis=1, ddof=1) / np.sqrt(draws)
    fits = [
        fitted_rate(sizes, [replace(row(m, s, None), replications=draws) for m, s in zip(mean, error, strict=True)])
        for mean, error in zip(means, errors, strict=True)
    ]
    covered = np.array([fit.contains(-1.0) for fit in fits], dtype=float)
    null = "the interval of a rate covers the exponent in 95 % of studies, up to 1 %"
    assert_mean(covered, 0.95, null, slack=0.01)
    assert not any(fit.contains(0.0) for fit in fits)
    planted = np.array([abs(fit.slope + 1.0) <= NORMAL_QUANTILE * fit.standard_error for fit in fits], dtype=float)
    with must_reject():
        assert_mean(planted, 0.95, null, slack=0.01)
    with pytest.raises(DesignError, match="at least two points"):
        fitted_rate([1.0], [row(1.0, 0.1, None)])


def test_a_share_of_nothing_has_an_interval():
    lower, upper = share_interval(0, 100)
    assert lower == 0.0
    assert upper == pytest.approx(0.037, abs=1e-3)


def test_a_row_has_the_fields_of_the_json():
    assert [field.name for field in dataclasses.fields(Row)] == [
        "study", "cell", "arm", "multiplier", "synthetic_size", "metric", "estimate", "mcse", "lower", "upper",
        "replications", "failed", "theory", "risk_method",
    ]  # fmt: skip
