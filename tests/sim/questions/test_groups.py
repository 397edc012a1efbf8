"""Studies with groups: the fits are plain weighted fits, the risks are exact, wrong designs say what is wrong."""

import numpy as np
import pytest

from synththeory import DesignError, load_design, simulate
from synththeory.fits import LinearFit
from synththeory.losses import LogisticLoss, Loss, SquaredLoss
from synththeory.populations import exact_risk
from synththeory.sample import Block
from synththeory.sim.design.cells import Cell
from synththeory.sim.design.design import Design
from synththeory.sim.questions.group_risks import group_metrics, measured, of_groups
from synththeory.sim.questions.oversampled import Oversampled
from synththeory.streams import Streams
from tests.statistical import assert_mean

GROUPS = [
    {"name": "a", "label": 0.0, "components": [{"mean": [0.0, -1.0]}]},
    {"name": "b", "label": 1.0, "components": [{"mean": [1.0, 1.0], "scale": 0.7}]},
    {"name": "c", "label": 0.0, "components": [{"weight": 0.4, "mean": [0.0, 1.0]}, {"weight": 0.6, "mean": [1, 2]}]},
]
BASE: dict[str, object] = {
    "study": "groups",
    "population": {"kind": "gaussian-groups", "groups": GROUPS},
    "sample": {"groups": [20, 12, 6]},
    "augmentation": {"fill": [0.0, 0.5], "rows": [0, 3, 10], "generators": [{"kind": "oracle"}, {"kind": "smote"}]},
    "learner": {"kind": "least-squares", "ridge": 0.3, "intercept": True},
    "monte_carlo": {"replications": 7, "seed": 3},
}


def design(**settings: object) -> Design:
    return load_design(BASE, {key.replace("__", "."): value for key, value in settings.items()})


def plain_fits(cell: Cell, replications: int) -> np.ndarray:
    """The oracle arm written out: rows group by group, one weighted ridge regression a point, (B, S, p)."""
    streams = Streams.named(cell.seed, cell.point, 0, replications)
    blocks = cell.population.sample(streams, cell.counts)
    arm = cell.arms[0]
    assert isinstance(arm, Oversampled)
    largest, last, groups = max(cell.counts), arm.mixings[-1].rows, len(blocks)
    made = [
        arm.generator.draw(streams.within(f"group/{b.stratum.name}"), b, None, largest - b.rows.shape[1] + last).rows
        for b in blocks
    ]
    fits = []
    for mixing in arm.mixings:
        rows, labels, weights = [], [], []
        fill = [round(mixing.fill * (largest - count)) for count in cell.counts]
        for block, new, filled in zip(blocks, made, fill, strict=True):
            whole = largest - block.rows.shape[1]
            pieces = [block.rows, new[:, :filled], new[:, whole : whole + mixing.rows]]
            first = (1.0 - mixing.weight) / (sum(cell.counts) + sum(fill))
            second = mixing.weight / (mixing.rows * groups) if mixing.rows else 0.0
            rows += pieces
            labels += [block.stratum.response] * sum(piece.shape[1] for piece in pieces)
            weights += [first] * (block.rows.shape[1] + filled) + [second] * mixing.rows
        z = np.concatenate([np.concatenate(rows, axis=1), np.ones((replications, len(labels), 1))], axis=2)
        w = np.array(weights) * len(labels)
        gram = np.einsum("bni,n,bnj->bij", z, w, z) + 0.3 * np.diag([1.0, 1.0, 0.0])
        fits.append(np.linalg.solve(gram, np.einsum("bni,n->bi", z, w * np.array(labels))[..., None])[..., 0])
    return np.stack(fits, axis=1)


@pytest.mark.parametrize("weight", ["pooled", "optimal", 0.3, 1.0])
def test_every_point_is_a_plain_weighted_fit(weight: str | float) -> None:
    study = design(augmentation__weight=weight)
    cell, summary = study.cells[0], simulate(study)
    coefficients = plain_fits(cell, 7)
    fits = LinearFit(coefficients, np.zeros(coefficients.shape[:2], dtype=np.uint8))
    strata = cell.population.strata
    for metric in cell.arms[0].metrics:
        expected = measured(cell.risk, strata, cell.counts, ["excess_risk", metric], fits)[1]
        np.testing.assert_allclose(summary.values(cell, "oracle", metric), expected, rtol=1e-9)


def test_the_first_point_is_the_raw_fit_and_reweighting_is_offered() -> None:
    study = design(augmentation__baselines=["reweighted"], augmentation__rows=[0])
    summary = simulate(study)
    first = summary.values(study.cells[0], "oracle")[:, 0]
    np.testing.assert_array_equal(first, summary.values(study.cells[0], "smote")[:, 0])
    (row,) = summary.select(arm="reweighted", metric="worst_group_risk")
    assert row.theory is None
    assert row.multiplier is None


def test_numbers_do_not_depend_on_blocks_threads_or_later_points() -> None:
    whole = simulate(design(), threads=2, block=2)
    apart = simulate(design(), threads=1, block=7)
    shorter = simulate(design(augmentation__rows=[0, 3]), threads=1)
    for arm in ("oracle", "smote"):
        values = whole.values(whole.design.cells[0], arm)
        np.testing.assert_array_equal(values, apart.values(apart.design.cells[0], arm))
        np.testing.assert_array_equal(values[:, :4], shorter.values(shorter.design.cells[0], arm))


def test_points_and_theory_of_an_arm() -> None:
    summary = simulate(design())
    rows = summary.select(arm="oracle", metric="majority_group_risk")
    assert [row.synthetic_size for row in rows] == [0, 11, 22, 31, 52]
    assert [row.multiplier for row in rows] == [size / 38 for size in (0, 11, 22, 31, 52)]
    assert all(row.theory is not None for row in rows)
    (worst, *_) = summary.select(arm="oracle", metric="worst_group_risk")
    assert worst.theory is None
    assert {row.risk_method for row in summary.rows} == {"exact"}


def test_large_and_small_groups_are_those_above_and_below_the_average() -> None:
    population = design().cells[0].population
    risks = np.array([[1.0, 4.0], [2.0, 3.0], [6.0, 2.0]])
    found = {name: of_groups(name, population.strata, (20, 12, 6), risks) for name in group_metrics(population.strata)}
    np.testing.assert_array_equal(found["worst_group_risk"], [6.0, 4.0])
    np.testing.assert_array_equal(found["majority_group_risk"], [1.0, 4.0])
    np.testing.assert_array_equal(found["minority_group_risk"], [4.0, 2.5])
    np.testing.assert_array_equal(found["group_risk: b"], [2.0, 3.0])
    equal = of_groups("minority_group_risk", population.strata, (5, 5, 5), risks)
    np.testing.assert_array_equal(equal, [3.0, 3.0])


def test_group_risks_are_expected_losses() -> None:
    """Null: the mean loss of rows drawn from a group is its exact risk, for both losses and two θ."""
    population = design().cells[0].population
    blocks = population.sample(Streams.named(5, "risks", 0, 1), (40_000,) * 3)
    thetas = np.array([[0.5, -0.8, 0.2], [-1.0, 0.4, 0.0]])
    draws, exact = [], []
    for loss in (SquaredLoss(True), LogisticLoss(True)):
        exact.append(exact_risk(population, loss).risks(thetas))
        draws.append([_losses(loss, block, thetas) for block in blocks])
    assert_mean(np.moveaxis(np.array(draws), 2, 0), np.array(exact), "group risks are expected losses")
    for loss, risks in zip((SquaredLoss(True), LogisticLoss(True)), exact, strict=True):
        np.testing.assert_allclose(risks.mean(axis=0), exact_risk(population, loss).risk(thetas))


def _losses(loss: Loss, block: Block, thetas: np.ndarray) -> np.ndarray:
    scores = loss.design(block.rows[0]) @ thetas.T
    label = block.stratum.response
    return (scores - label) ** 2 if isinstance(loss, SquaredLoss) else np.logaddexp(0.0, scores) - label * scores


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sample__groups": [5, 5]}, "sample.groups: gaussian-groups has 3 groups, got 2 counts"),
        ({"sample": {"minority": 5, "majority": 9}}, "gaussian-groups has 3 groups; give sample.groups"),
        ({"sample__groups": [5, 0, 5]}, "two groups or more with at least one row each"),
        ({"sample__groups": [5]}, "two groups or more with at least one row each"),
        ({"sample__minority": 5}, "'groups' counts the rows of every group: give it alone"),
        ({"augmentation": {"multipliers": [1.0], "generators": [{"kind": "oracle"}]}}, "smaller of two classes"),
        ({"augmentation__fill": [0.5, 1.0]}, "'fill' takes shares below 1"),
        ({"augmentation__weight": 1.5}, "'pooled', 'optimal' or a number above 0 and at most 1, got 1.5"),
        ({"augmentation__weight": "best"}, "at most 1, got 'best'"),
        ({"augmentation__diagnostics": ["spread"]}, "not with 'rows'"),
        ({"sample__groups": [20, 12, 3]}, "smote"),
        ({"augmentation__baselines": ["re-priored"], "learner": {"kind": "logistic"}}, "two classes, got 3 groups"),
        ({"population__groups": [GROUPS[0], GROUPS[0]]}, "two groups are called 'a'"),
    ],
)
def test_what_is_wrong_is_said(settings: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError, match=message.replace("(", r"\(")):
        design(**settings)


def test_rows_need_known_group_sizes() -> None:
    with pytest.raises(DesignError, match=r"give sample\.groups, not sample\.total"):
        design(population={"kind": "sigmoid-link", "dimension": 5}, sample={"total": 300}, learner={"kind": "logistic"})
