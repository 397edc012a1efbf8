"""Selection with a feature map is selection on rows mapped beforehand."""

from dataclasses import dataclass

import numpy as np
import pytest

from synththeory.arrays import Array, Matrix, Vector
from synththeory.generators import Oracle
from synththeory.learners import FourierFeatures, Logistic, RandomFourier
from synththeory.populations import Ring
from synththeory.sample import GivenBlock, Law
from synththeory.selection import TGVTSS, VTSS, Classes, choose
from synththeory.selection.calibration import chi_square
from synththeory.selection.pilot import fit_pilot
from synththeory.streams import Streams

INNER = Logistic(C=2.0)
LEARNER = RandomFourier(features=8, bandwidth=0.1, inner=INNER)
COUNTS = (150, 40)


@dataclass(frozen=True)
class Mapped:
    """A law seen through each replication's feature map."""

    law: Law
    features: FourierFeatures

    @property
    def mean(self) -> Vector:
        raise NotImplementedError

    @property
    def covariance(self) -> Matrix:
        raise NotImplementedError

    def centred(self) -> Law:
        raise NotImplementedError

    def draw(self, streams: Streams, purpose: str, size: int) -> Array:
        rows = self.law.draw(streams, purpose, size)
        places = streams.replications
        return self.features.at(slice(int(places[0]), int(places[-1]) + 1)).of(rows)


def both_views(count: int) -> tuple[Streams, Classes, Classes]:
    """Real rows of replications 0, 1, …, and the same rows mapped."""
    streams = Streams.named(3, "features", 0, count)
    blocks = Ring().sample(streams, COUNTS)
    features = LEARNER.drawn(np.concatenate([block.rows for block in blocks], axis=1), streams)
    mapped = []
    for block in blocks:
        assert block.law is not None
        rows = features.of(block.rows)
        mapped.append(GivenBlock(rows, block.stratum, Mapped(block.law, features)))
    return streams, Classes(*blocks), Classes(*mapped)


@pytest.mark.parametrize(
    "rule",
    [
        TGVTSS(gqs_folds=3, validation="cross-validation", folds=3),
        TGVTSS(gqs_folds=3, calibration="small-sample", alpha=1e-9),
        VTSS(multipliers=(0.0, 0.5, 1.0)),
    ],
)
def test_a_choice_on_features_is_a_choice_on_mapped_rows(rule: TGVTSS | VTSS) -> None:
    streams, rows, mapped = both_views(3)
    through = choose(rule, Oracle(), LEARNER, streams, rows)
    beforehand = choose(rule, Oracle(), INNER, streams, mapped)
    np.testing.assert_array_equal(through.multipliers, beforehand.multipliers)
    np.testing.assert_array_equal(through.verdicts, beforehand.verdicts)
    np.testing.assert_array_equal(through.status, beforehand.status)
    assert not through.status.any()
    if through.evidence is not None:
        assert beforehand.evidence is not None
        np.testing.assert_allclose(through.evidence.p_value, beforehand.evidence.p_value, rtol=1e-9)
        np.testing.assert_allclose(through.evidence.quality.value, beforehand.evidence.quality.value, rtol=1e-9)


def test_t_sym_of_nearly_dependent_features_is_that_of_a_qr_decomposition() -> None:
    """ĝ_φᵀV̂⁻¹ĝ_φ without forming V̂, whose condition number here leaves it few digits."""
    learner = RandomFourier(features=60, bandwidth=0.003, inner=INNER)
    streams = Streams.named(4, "features", 0, 3)
    majority, minority = Ring().sample(streams, (1000, 150))
    features = learner.drawn(np.concatenate([majority.rows, minority.rows], axis=1), streams)
    seen = [features.of(block.rows) for block in (majority, minority)]
    pilot = fit_pilot(seen[0], seen[1], INNER.loss, (0.0, 1.0), INNER.penalty(60, 1150.0) / 1150.0)
    found = chi_square(pilot)
    assert not (pilot.singular | found.singular).any()
    assert (np.linalg.cond(found.covariance) > 1e11).all()
    for r in range(3):
        parts = []
        for one in pilot.classes:
            scores = one.scores[r] - one.scores[r].mean(axis=0)
            parts.append(scores @ one.transfer[r].T / np.sqrt(len(scores) * (len(scores) - 1.0)))
        triangle = np.linalg.qr(np.concatenate(parts))[1]
        expected = np.square(np.linalg.solve(triangle.T, pilot.asymmetry[r])).sum()
        assert found.statistic[r] == pytest.approx(expected, rel=1e-7)
        direct = sum(part.T @ part for part in parts)
        np.testing.assert_allclose(found.covariance[r], direct, rtol=0.0, atol=1e-10 * np.abs(direct).max())


def test_folds_share_the_frequencies_of_their_replication_and_have_their_own_scale() -> None:
    streams, rows, _ = both_views(2)
    learner = RandomFourier(features=8, inner=INNER)
    whole = learner.drawn(rows.sample.rows, streams)
    fold = learner.drawn(rows.sample.rows[:, 30:], streams.within("selection").within("fold/0"))
    np.testing.assert_array_equal(whole.phases, fold.phases)
    ratio = fold.frequencies / whole.frequencies
    np.testing.assert_allclose(ratio, np.broadcast_to(ratio[:, :1, :1], ratio.shape), rtol=1e-14)
    assert np.abs(ratio - 1.0).min() > 1e-6
