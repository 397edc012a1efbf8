"""Estimators and studies apply the same rule."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.utils import check_random_state

from synththeory.estimators import TGVTSSClassifier
from synththeory.generators import Smote
from synththeory.learners import Logistic
from synththeory.sample import GivenBlock, Stratum
from synththeory.selection import TGVTSS, Classes, choose
from synththeory.selection.choice import validation_losses
from synththeory.streams import Streams
from tests.estimators.data import shifted

X, Y = shifted(7)


def test_the_classifier_and_a_study_choose_alike() -> None:
    """The block-wise rule of studies, given the same names, folds and rows, is the rule of the estimators."""
    zero, one = (GivenBlock(X[c == Y][None], Stratum(str(c), c, float(c))) for c in (0, 1))
    order = np.argsort(Y, kind="stable")
    model = TGVTSSClassifier(LogisticRegression(C=2.0, tol=1e-10), Smote(), folds=4, gqs_folds=4, random_state=6)
    model.fit(X[order], Y[order])
    rule = TGVTSS(validation="cross-validation", folds=4, gqs_folds=4, calibration="small-sample")
    seed = int(check_random_state(6).randint(2**31 - 1))
    streams = Streams.named(seed, "estimators", 0, 1)
    study = choose(rule, Smote(), Logistic(C=2.0), streams, Classes(zero, one))
    assert model.symmetry_ is not None
    assert model.gqs_ is not None
    assert study.evidence is not None
    np.testing.assert_allclose(model.symmetry_.p_value, study.evidence.p_value[0], rtol=1e-6)
    np.testing.assert_allclose(float(model.gqs_.value), study.evidence.quality.value[0], rtol=1e-6)
    multipliers = model.candidates_.multipliers[None]
    per_unit = Logistic(ridge=1.0 / (2.0 * 0.75 * len(Y)))  # of a training part, whatever is added
    losses = validation_losses(rule, Smote(), per_unit, streams.within("selection"), Classes(zero, one), multipliers)
    np.testing.assert_allclose(model.curve_.loss, losses[0], rtol=1e-6)
    assert model.multiplier_ == multipliers[0, losses[0].argmin()]
