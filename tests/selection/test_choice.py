"""TG-VTSS on a block is the rule written out for one data set, whoever else is in the block."""

from typing import Any

import numpy as np
import pytest

from synththeory.generators import ConsistentGaussian, Generator, Smote
from synththeory.learners import Learner, LeastSquares, Logistic
from synththeory.populations import GaussianComponent, GaussianMixture, GaussianShift, Population
from synththeory.sample import GivenBlock
from synththeory.selection import TGVTSS, VERDICTS, VTSS, Choice, Classes, choose, folds
from synththeory.selection.choice import validation_losses
from synththeory.status import Status
from synththeory.streams import Streams
from tests.reference import selection as reference
from tests.selection import plain

MIXTURE = GaussianMixture(
    majority=(GaussianComponent(mean=(0.0, 0.0)),),
    minority=(GaussianComponent(mean=(1.5, 1.0), weight=0.5), GaussianComponent(mean=(1.0, -1.0), weight=0.5)),
)
LOGISTIC, SQUARED = Logistic(C=10.0), LeastSquares(ridge=1e-6)
CASES: dict[str, tuple[Population, Generator, Learner, TGVTSS]] = {
    "logistic, hold-out": (MIXTURE, Smote(neighbors=3), LOGISTIC, TGVTSS(tau=1.0)),
    "logistic, folds": (MIXTURE, Smote(neighbors=3), LOGISTIC, TGVTSS(validation="cross-validation", folds=3)),
    "squared": (GaussianShift(mean=(1.0, 0.0)), ConsistentGaussian(), SQUARED, TGVTSS(gqs_folds=3)),
    "small-sample": (
        GaussianShift(mean=(1.0, 0.0)), ConsistentGaussian(), SQUARED, TGVTSS(calibration="small-sample", alpha=0.3),
    ),
}  # fmt: skip
EVERY_CASE = pytest.mark.parametrize("case", CASES)
COUNTS = (90, 23)


def drawn(population: Population, first: int, count: int) -> tuple[Streams, Classes]:
    streams = Streams.named(3, "choice", first, count)
    return streams, Classes(*population.sample(streams, COUNTS))


def erm(z: np.ndarray, y: np.ndarray, logistic: bool, penalty: np.ndarray) -> np.ndarray:
    """Minimise Σ ℓ + ½θᵀPθ by Newton's method."""
    theta = np.zeros(z.shape[1])
    for _ in range(60 if logistic else 1):
        f = z @ theta
        chance = 1.0 / (1.0 + np.exp(-f))
        slope, curve = (chance - y, chance * (1.0 - chance)) if logistic else (2.0 * (f - y), np.full_like(f, 2.0))
        hessian = (z.T * curve) @ z + np.diag(penalty)
        theta = theta - np.linalg.solve(hessian, z.T @ slope + penalty * theta)
    return theta


def written_out(case: str, streams: Streams, real: Classes) -> dict[str, Any]:
    """The rule on one data set: folds and synthetic rows as named, everything else by loops and textbook formulas."""
    _, generator, learner, rule = CASES[case]
    logistic, mine, loss = learner is LOGISTIC, streams.within("selection"), learner.loss
    labels = (real.majority.stratum.response, real.minority.stratum.response)
    zero, one = real.majority.rows[0], real.minority.rows[0]

    def pilot(x0: np.ndarray, x1: np.ndarray) -> np.ndarray:
        total = len(x0) + len(x1)
        return plain.pilot(
            [loss.design(x0), loss.design(x1)], labels, logistic, learner.penalty(2, float(total)) / total
        )

    penalty = learner.penalty(2, float(sum(COUNTS))) / sum(COUNTS)
    test = plain.symmetry([loss.design(zero), loss.design(one)], labels, logistic, penalty)

    def parts(name: str, cut: Any) -> Any:
        own = mine.within(name)
        pairs = zip(
            cut(own.uniforms("majority", COUNTS[0])[0]), cut(own.uniforms("minority", COUNTS[1])[0]), strict=True
        )
        for place, (a, b) in enumerate(pairs):
            blocks = [GivenBlock(block.rows[:, part.training], block.stratum, block.law)
                      for block, part in ((real.minority, b), (real.majority, a))]  # fmt: skip
            yield (
                own.within(f"fold/{place}"),
                blocks,
                zero[a.training],
                one[b.training],
                zero[a.held_out],
                one[b.held_out],
            )

    scored = []
    for name, blocks, x0, x1, h0, h1 in parts("gqs", lambda keys: folds(keys, rule.gqs_folds)):
        made = generator.draw(name, *blocks, COUNTS[0] - COUNTS[1]).rows[0]
        scored.append((loss.design(h0), loss.design(h1), loss.design(made), pilot(x0, x1)))
    gqs, delta = reference.cross_fitted_gqs(scored, labels, logistic)
    aligned = float(delta @ test.g_phi / (test.g_phi @ test.g_phi))
    p_value = test.chi2_p if rule.calibration == "chi2" else test.small_p
    t, cutoff = (0.0, 1.0) if p_value >= rule.alpha else (2.0, 1.0)
    regime, multipliers = reference.candidate_multipliers(t, cutoff, gqs * 10.0 / rule.tau, aligned)

    total, count = np.zeros(len(multipliers)), 0
    for name, blocks, x0, x1, h0, h1 in parts("validation", rule.splits):
        sizes = [round(gamma * (len(x0) - len(x1))) for gamma in multipliers]
        made = generator.draw(name, *blocks, max(sizes)).rows[0]
        for place, size in enumerate(sizes):
            x = loss.design(np.concatenate([x0, x1, made[:size]]))
            y = np.repeat(labels, [len(x0), len(x1) + size])
            theta = erm(x, y, logistic, learner.penalty(2, float(len(y))))
            for held, label in ((h0, labels[0]), (h1, labels[1])):
                f = loss.design(held) @ theta
                total[place] += 0.5 * np.mean(np.log1p(np.exp(f)) - label * f if logistic else (label - f) ** 2)
        count += 1
    return {
        "p_value": p_value, "gqs": gqs, "alignment": aligned, "regime": regime, "losses": total / count,
        "multipliers": multipliers,
    }  # fmt: skip


@EVERY_CASE
@pytest.mark.parametrize("replication", range(4))
def test_the_rule_is_what_its_formulas_say(case: str, replication: int) -> None:
    population, generator, learner, rule = CASES[case]
    streams, real = drawn(population, replication, 1)
    expected = written_out(case, streams, real)
    got = choose(rule, generator, learner, streams, real)
    assert got.evidence is not None
    quality = got.evidence.quality
    found = [np.log(got.evidence.p_value[0]), quality.value[0], quality.alignment[0]]
    wanted = [np.log(expected["p_value"]), expected["gqs"], expected["alignment"]]
    np.testing.assert_allclose(found, wanted, rtol=1e-8)
    assert [VERDICTS[place] for place in np.flatnonzero(got.verdicts[0])] == [expected["regime"]]
    multipliers = np.array([expected["multipliers"]])
    losses = validation_losses(rule, generator, learner, streams.within("selection"), real, multipliers)
    np.testing.assert_allclose(losses[0], expected["losses"], rtol=1e-8)
    place = int(np.abs(multipliers[0] - got.multipliers[0]).argmin())  # candidates of one size on a fold tie
    assert multipliers[0, place] == pytest.approx(got.multipliers[0], rel=1e-9)
    assert expected["losses"][place] == pytest.approx(expected["losses"].min(), rel=1e-9)
    assert got.sizes[0] == round(got.multipliers[0] * (COUNTS[0] - COUNTS[1]))
    assert got.status.tolist() == [Status.OK]


def bits(choice: Choice) -> list[bytes]:
    found = [choice.multipliers, choice.sizes, choice.verdicts, choice.status]
    if choice.evidence is not None:
        found += [choice.evidence.p_value, choice.evidence.quality.value, choice.evidence.quality.alignment]
    return [np.ascontiguousarray(column).tobytes() for column in found]


@EVERY_CASE
@pytest.mark.parametrize("fixed", [True, False])
def test_no_bit_depends_on_who_else_is_in_the_block(case: str, fixed: bool) -> None:
    population, generator, learner, guided = CASES[case]
    rule = VTSS(multipliers=(0.0, 0.7, 1.5)) if fixed else guided
    streams, real = drawn(population, 0, 12)
    whole = bits(choose(rule, generator, learner, streams, real))
    alone = [bits(choose(rule, generator, learner, *drawn(population, each, 1))) for each in range(12)]
    assert whole == [b"".join(column) for column in zip(*alone, strict=True)]


def test_all_three_verdicts_occur_and_say_where_the_size_comes_from() -> None:
    population, generator, learner, _ = CASES["squared"]
    streams, real = drawn(population, 0, 60)
    got = choose(TGVTSS(gqs_folds=3, tau=4.0, alpha=1e-6), generator, learner, streams, real)
    assert (got.verdicts.sum(axis=1) == 1).all()
    assert (got.verdicts.sum(axis=0) > 0).all()
    symmetric, realistic, biased = got.verdicts.T
    assert got.evidence is not None
    assert (got.evidence.p_value[symmetric] >= 1e-6).all()
    assert (got.evidence.p_value[~symmetric] < 1e-6).all()
    assert (got.evidence.quality.value[biased] > 4.0).all()
    assert (got.evidence.quality.value[realistic] <= 4.0).all()
    assert (got.multipliers[symmetric] <= 0.2).all()
    assert (got.multipliers[realistic] >= 0.8).all()


def test_a_data_set_without_a_test_chooses_nothing_and_leaves_the_others_alone() -> None:
    population, generator, learner, rule = CASES["logistic, hold-out"]
    streams, real = drawn(population, 0, 4)
    before = choose(rule, generator, learner, streams, real)
    copied, apart = real.majority.rows.copy(), real.minority.rows.copy()
    copied[1, :, 1], apart[1, :, 1] = copied[1, :, 0], apart[1, :, 0]
    broken = Classes(
        *(
            GivenBlock(rows, block.stratum, block.law)
            for rows, block in ((copied, real.majority), (apart, real.minority))
        )
    )
    got = choose(rule, generator, learner, streams, broken)
    assert got.status.tolist() == [Status.OK, Status.SINGULAR, Status.OK, Status.OK]
    assert np.isnan(got.multipliers[1])
    assert not got.verdicts[1].any()
    assert (np.delete(got.multipliers, 1) == np.delete(before.multipliers, 1)).all()
