"""What a learner is: one fit for each synthetic size."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from numpy.typing import ArrayLike

from synththeory.arrays import Array, Integers
from synththeory.components import Component
from synththeory.errors import ComponentError
from synththeory.fits import Fit, LinearFit
from synththeory.losses import Loss
from synththeory.sample import Sample
from synththeory.streams import Streams


class Learner(Component):
    """A learner of a score from weighted, soft-labelled rows; it knows nothing of where they came from.

    Attributes
    ----------
    linear : bool
        Whether its fits are coefficients of the rows themselves, as exact risks ask for, a class attribute.
    needs_rows : bool
        Whether it looks at synthetic rows one by one, a class attribute; else it asks only for their nested sums.
    batch : int or None
        Replications that are fitted together, a class attribute: blocks begin at its multiples, so that no number
        depends on how a study is cut; None where every replication is fitted by itself.
    """

    linear: ClassVar[bool] = False
    needs_rows: ClassVar[bool] = True
    batch: ClassVar[int | None] = None

    @property
    def title(self) -> str:
        """What it is called in figures."""
        return self.kind

    @property
    def weighs(self) -> bool:
        """Whether rows may have weights other than one."""
        return True

    def prepare(self) -> None:
        """Load what the fits need; called before them.

        Raises
        ------
        SynththeoryError
            When it is not there.
        """

    @property
    def draws_sums(self) -> bool:
        """Whether it asks for sums of rows that are drawn themselves, so that nobody has a row."""
        return False

    def columns(self, dimension: int) -> int:
        """Columns that the learner works with for rows of dimension d."""
        return dimension

    @property
    @abstractmethod
    def loss(self) -> Loss:
        """The loss of its score: what is minimised, and what a test sample measures."""

    @abstractmethod
    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> Fit:
        """Fit the real rows with the first synthetic rows, at every size.

        Parameters
        ----------
        real, synthetic : Sample
            (B, n, d) and (B, m, d).
        sizes : Integers
            (B, S), not decreasing along S, each between 0 and m.
        streams : Streams, optional
            Names of the learner's own draws, for learners that have any.

        Returns
        -------
        Fit
            Of B replications and S sizes.
        """


def path_of(learner: Learner, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> Fit:
    """A learner's path, of the shape that was asked for.

    Parameters
    ----------
    learner : Learner
        Anybody's.
    real, synthetic, sizes, streams
        As for `Learner.path`.

    Raises
    ------
    ComponentError
        When there is not a fit for every replication and synthetic size.
    """
    fit = learner.path(real, synthetic, sizes, streams)
    if fit.status.shape != sizes.shape:
        raise ComponentError(
            f"the learner '{learner.kind}' ({type(learner).__name__}) returned fits of shape "
            f"{fit.status.shape}, expected {sizes.shape}: replications, synthetic sizes"
        )
    return fit


class ScoreLearner(Learner):
    """A learner whose score is linear in features of a row, given or learnt, and whose loss has derivatives there.

    The gradients in these coefficients are what the symmetry test and the generator's quality are made of; with
    learnt features they are the last layer's. `synththeory.fits.linear_fit` gives them from a fit of one size.
    """

    @abstractmethod
    def penalty(self, dimension: int, total: ArrayLike) -> Array:
        """Diagonal of the Hessian of the penalty on the summed loss, (..., p), for rows of dimension d and totals.

        Parameters
        ----------
        dimension : int
            d.
        total : array
            (...) total weight of the rows.
        """


class MEstimator(ScoreLearner):
    """A learner whose coefficients minimise a loss plus a quadratic penalty, on features that are given."""

    @abstractmethod
    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> LinearFit:
        """As for any learner; coefficients (B, S, p)."""


class LinearLearner(MEstimator):
    """An M-estimator whose features are the rows themselves, as theory and corrections assume."""

    linear: ClassVar[bool] = True
