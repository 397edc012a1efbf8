"""Laws of which it is known, from large test samples, what should be done: is that what `advise` recommends?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from synththeory.advise.advice import Advice
from synththeory.advise.contest import Contest
from synththeory.advise.methods import AS_IS, FREE, LDA, Method, methods, sources_of
from synththeory.advise.models import model_of
from synththeory.advise.run import advise
from synththeory.arrays import Array, Integers
from synththeory.estimators.prior import row_losses
from synththeory.estimators.splits import Fold
from synththeory.generators import MovedMajority

Draw = Callable[[np.random.Generator, int, bool], Array]
ANY_FREE = tuple(method.name for method in (AS_IS, *FREE, LDA))
TEST_ROWS = 10_000
"""Of each class."""


@dataclass(frozen=True)
class Law:
    """Two classes, a model, and what is right.

    Attributes
    ----------
    name : str
    draw : callable
        Rows of the majority or the minority: from a generator of random numbers, their count, whether the minority's.
    counts : tuple of two ints
        n0 and n1.
    right : tuple of str
        Methods that are right; ("synthetic",) for any that adds rows.
    model, generators : object, tuple
        As `advise` takes them.
    settings : dict
        Further ones.
    divided : bool
        Whether the last column of a draw is the group of its rows, which no model sees and `advise` is asked about.
    """

    name: str
    draw: Draw
    counts: tuple[int, int]
    right: tuple[str, ...]
    model: Any = None
    generators: tuple[Any, ...] = ("smote", "gaussian-fit")
    settings: dict[str, Any] = field(default_factory=lambda: {"inner": 5})
    divided: bool = False

    def table(self, counts: tuple[int, int], seed: int) -> tuple[Array, Integers]:
        """So many rows of each class."""
        rng = np.random.default_rng(seed)
        rows = [self.draw(rng, count, bool(label)) for label, count in enumerate(counts)]
        return np.concatenate(rows), np.repeat([0, 1], counts)

    def parted(self, rows: Array) -> tuple[Array, Integers | None]:
        """What a model sees, and the groups that are asked about."""
        return (rows[:, :-1], rows[:, -1].astype(int)) if self.divided else (rows, None)

    def is_right(self, method: Method) -> bool:
        """Whether a method is among the right ones."""
        return method.name in self.right or method.family in self.right


@dataclass(frozen=True, eq=False)
class Trial:
    """One table: what was recommended, and what every method is worth on the large test sample.

    Attributes
    ----------
    advice : Advice
    losses : dict of str to float
        Balanced log loss of each method, fitted to the whole table.
    excess, error : float
        Of the recommended method over the best free one there, and its standard error over the test rows.
    """

    advice: Advice
    losses: dict[str, float]
    excess: float
    error: float

    @property
    def method(self) -> Method:
        """What was recommended."""
        return self.advice.recommendation.method

    @property
    def harmful(self) -> bool:
        """Whether rows were recommended that lose by more than two standard errors."""
        return self.method.family == "synthetic" and self.excess > 2.0 * self.error


def trial(law: Law, seed: int, test_rows: int = TEST_ROWS) -> Trial:
    """Ask about one table of a law, and judge the answer."""
    X, y = law.table(law.counts, seed)
    asked: dict[str, Any] = {"estimator": law.model, "generators": law.generators, **law.settings}
    X, groups = law.parted(X)
    advice = advise(X, y, attribute=groups, **asked)
    scores, names = _on_test_rows(law, X, y, seed, test_rows, asked)
    losses = {name: _loss(rows)[0] for name, rows in zip(names, scores, strict=True)}
    free = min((name for name in names if name in ANY_FREE), key=losses.__getitem__)
    own = scores[names.index(advice.recommendation.method.name)]
    excess, error = _loss(own - scores[names.index(free)])
    return Trial(advice, losses, excess, error)


def _on_test_rows(
    law: Law, X: Array, y: Integers, seed: int, count: int, asked: dict[str, Any]
) -> tuple[list[Array], list[str]]:
    """Losses (2, count) of every method that can be fitted, both classes' test rows."""
    T, labels = law.table((count, count), 10_000 + seed)
    T, _ = law.parted(T)
    model = model_of(asked["estimator"])
    entered = methods(sources_of(asked["generators"]), model.linear)
    rows, all_labels = np.concatenate([X, T]), np.concatenate([y, labels])
    contest = Contest(model, model.estimator, entered, rows, all_labels, asked["inner"])
    found, failed = contest.scored(Fold(np.arange(len(y)), np.arange(len(y), len(rows))), seed)
    kept = [place for place, reason in enumerate(failed) if not reason]
    losses = row_losses(found[kept], labels == 1).reshape(len(kept), 2, count)
    return list(losses), [entered[place].name for place in kept]


def _loss(rows: Array) -> tuple[float, float]:
    """½ the sum of the classes' means, and its standard error."""
    return float(rows.mean()), float(0.5 * np.sqrt((rows.var(axis=1, ddof=1) / rows.shape[1]).sum()))


def normals(shift: float, dimension: int, spread: float = 1.0, wide: float = 1.0) -> Draw:
    """Minority N(shift/√d, spread² I); majority N(0, I), half of its rows with `wide` as standard deviation."""

    def draw(rng: np.random.Generator, count: int, minority: bool) -> Array:
        if minority:
            return rng.normal(shift / np.sqrt(dimension), spread, (count, dimension))
        return rng.normal(size=(count, dimension)) * np.where(rng.random((count, 1)) < 0.5, 1.0, wide)

    return draw


def repeated(shift: float, times: int) -> Draw:
    """One informative column, given several times with a little noise: naive Bayes counts it as often."""

    def draw(rng: np.random.Generator, count: int, minority: bool) -> Array:
        base = rng.normal(shift if minority else 0.0, 1.0, (count, 1))
        return base + 0.3 * rng.normal(size=(count, times))

    return draw


def two_lumps() -> Draw:
    """In the plane two lumps of the majority, the larger near a flat minority and the other beyond it.

    No line is right. At the table's prevalence the fit attends to the few majority rows among the minority's less than
    at equal weights, and its direction, which no step on the scores can turn, suffers.
    """
    centres, spreads = np.array([[0.83, 1.15], [3.89, 3.33]]), np.array([[1.12, 1.29], [0.44, 0.76]])

    def draw(rng: np.random.Generator, count: int, minority: bool) -> Array:
        rows = rng.normal(size=(count, 2))
        if minority:
            return rows * np.array([1.73, 0.57])
        lump = (rng.random(count) < 0.37).astype(int)
        return centres[lump] + rows * spreads[lump]

    return draw


def clusters(shift: float, dimension: int, count: int) -> Draw:
    """Both classes have one shape, a few round clusters; they differ by a shift."""
    centres = 2.0 * np.random.default_rng(5).normal(size=(count, dimension))

    def draw(rng: np.random.Generator, rows: int, minority: bool) -> Array:
        found = centres[rng.integers(count, size=rows)] + 0.7 * rng.normal(size=(rows, dimension))
        return found + (shift / np.sqrt(dimension) if minority else 0.0)

    return draw


def turned(share: float) -> Draw:
    """A tight class inside a wide one, and a group (of that share) in which the minority is the wide one.

    Rows that imitate the minority as a whole sharpen what is right for most and wrong for the group.
    """

    def draw(rng: np.random.Generator, count: int, minority: bool) -> Array:
        group = rng.random(count) < share
        rows = rng.normal(size=(count, 4))
        return np.column_stack([np.where((group != minority)[:, None], 1.0 + 0.7 * rows, rows), group])

    return draw


_FREE_FIX = tuple(name for name in ANY_FREE if name != "as is")
_ROWS = ("synthetic",)
_MENDED = ("calibrated", "class weights, calibrated")
_FOREST = RandomForestClassifier(25, random_state=0)
LAWS = (
    Law("nothing to do", normals(2.0, 4), (700, 500), ANY_FREE),
    Law("offset enough", normals(1.5, 4), (1500, 100), _FREE_FIX),
    Law("class weights enough", two_lumps(), (3000, 200), ("class weights", "class weights, calibrated")),
    Law("calibrate", repeated(1.2, 8), (1000, 100), _MENDED, GaussianNB()),
    Law("penalty artefact", normals(2.5, 10), (600, 60), (*_MENDED, LDA.name), LogisticRegression(C=0.01), ("smote",)),
    Law("oversample: tree", normals(2.0, 4, 0.7), (1500, 150), _ROWS, DecisionTreeClassifier(random_state=0)),
    Law("oversample: forest", normals(0.5, 24, 0.6), (2400, 300), _ROWS, _FOREST, ("gaussian-fit",)),
    Law("oversample: k-NN", normals(2.0, 4, 0.7), (4000, 400), _ROWS, KNeighborsClassifier()),
    Law("oversample: moved majority", clusters(2.0, 8, 6), (2500, 200), _ROWS, KNeighborsClassifier(15),
        (MovedMajority(),)),
    Law("group harm", turned(0.06), (5000, 500), ANY_FREE, KNeighborsClassifier(), ("gaussian-fit",), divided=True),
)  # fmt: skip
