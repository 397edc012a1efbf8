"""What is compared: samplers and free fixes, each with four classifiers, at one penalty per unit weight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from synththeory.arrays import Array, Integers, Vector
from synththeory.errors import DesignError, nearest

Cut = Literal["half", "prevalence"]


@dataclass(frozen=True)
class Method:
    """One row of the comparison.

    Attributes
    ----------
    name : str
        In tables.
    sampler : callable or None
        From a seed to an object with ``fit_resample``; None adds no row.
    weighted : bool
        Whether each class has half of the weight; classifiers without weights are left out.
    re_priored : bool
        Whether probabilities are moved to prevalence ½ by Bayes' rule.
    cut : {"half", "prevalence"}
        Where G-mean, MCC and F1 cut the probability: ½, or the minority's share of the training rows.
    names : bool
        Whether the sampler is for tables with names; those for numbers are left out there, and the other way round.
    """

    name: str
    sampler: Callable[[int], Any] | None = None
    weighted: bool = False
    re_priored: bool = False
    cut: Cut = "half"
    names: bool = False

    def takes(self, mixed: bool) -> bool:
        """Whether a table is for it: of numbers and names, or of numbers alone."""
        return self.sampler is None or self.names == mixed


@dataclass(frozen=True)
class Balancing:
    """A generator's rows up to balance, from the streams that `GKSmoteSampler` and the like name.

    Attributes
    ----------
    generator : Generator
    seed : int
    """

    generator: Any
    seed: int

    def fit_resample(self, X: Array, y: Integers) -> tuple[Array, Integers]:
        """The table (n, d), y = 1 the minority, with synthetic minority rows at its end."""
        from synththeory.estimators.choice import named_streams
        from synththeory.estimators.sources import synthetic_rows

        zero, one = X[y == 0], X[y == 1]
        made = synthetic_rows(self.generator, zero, one, len(zero) - len(one), named_streams(self.seed))
        return np.concatenate([X, made]), np.append(y, np.ones(len(made), dtype=y.dtype))


def _samplers() -> tuple[Method, ...]:
    from synththeory import estimators, generators

    def ours(generator: Any) -> Callable[[int], Any]:
        return lambda seed: Balancing(generator, seed)

    return (
        Method("bootstrap", ours(generators.Bootstrap())),
        Method("smote", ours(generators.Smote())),
        Method("gaussian-fit", ours(generators.GaussianFit())),
        Method("gk-smote", lambda seed: estimators.GKSmoteSampler(random_state=seed)),
        Method("gk-smote as published", lambda seed: estimators.GKSmoteSampler(faithful=True, random_state=seed)),
        Method("leo-cvae", lambda seed: estimators.LEOCVAESampler(random_state=seed)),
        Method("leo-cvae as published", lambda seed: estimators.LEOCVAESampler(faithful=True, random_state=seed)),
        Method("moms", lambda seed: estimators.MOMSSampler(random_state=seed)),
        Method("moms without triplet", lambda seed: estimators.MOMSSampler(triplet=0.0, random_state=seed)),
    )


def _mixed() -> tuple[Method, ...]:
    from synththeory import estimators, generators

    def written(generator: Any = None) -> Callable[[int], Any]:
        return lambda seed: estimators.ImbLLMSampler(generator, random_state=seed)

    net = generators.RowTransformer
    return (
        Method("random oversampling", written(generators.Bootstrap()), names=True),
        Method("smote-nc", _smote_nc, names=True),
        Method("n-gram", written(), names=True),
        Method("row transformer", written(net()), names=True),
        Method("row transformer, no prompt", written(net(prompt=False)), names=True),
        Method("row transformer, no permutation", written(net(permute=False)), names=True),
        Method("row transformer, no interpolation", written(net(interpolate=0.0)), names=True),
    )


def _smote_nc(seed: int) -> Any:
    try:
        from imblearn.over_sampling import SMOTENC
    except ModuleNotFoundError:
        raise DesignError("smote-nc needs imblearn: python -m pip install imbalanced-learn") from None
    return SMOTENC("auto", random_state=seed)


def methods() -> tuple[Method, ...]:
    """Free fixes first, then samplers."""
    return (
        Method("none"),
        Method("none, cut at prevalence", cut="prevalence"),
        Method("re-priored", re_priored=True),
        Method("weights", weighted=True),
        *_samplers(),
        *_mixed(),
    )


def chosen(names: tuple[str, ...]) -> tuple[Method, ...]:
    """The methods of these names, all where none is given; "none" is always there to compare with.

    Raises
    ------
    DesignError
        An unknown name.
    """
    known = {method.name: method for method in methods()}
    for name in names:
        if name not in known:
            raise DesignError(f"unknown method '{name}'{nearest(name, known)}")
    wanted = dict.fromkeys(("none", *names)) if names else known
    return tuple(known[name] for name in wanted)


def classifiers(rows: int, total: int, seed: int) -> dict[str, Any]:
    """Fresh classifiers by name.

    Parameters
    ----------
    rows : int
        Real training rows: logistic regression's C is 1 for them.
    total : int
        Rows of the fit. The penalty per unit weight stays, C = rows/total, however many are added.
    seed : int
        Of those that draw.
    """
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.tree import DecisionTreeClassifier

    return {
        "logistic": LogisticRegression(C=rows / total, max_iter=2000),
        "forest": RandomForestClassifier(n_estimators=200, random_state=seed),
        "k-NN": KNeighborsClassifier(5),
        "tree": DecisionTreeClassifier(max_depth=6, random_state=seed),
    }


CLASSIFIERS = ("logistic", "forest", "k-NN", "tree")
METRICS = ("auroc", "auprc", "g_mean", "mcc", "f1", "brier", "log_loss", "brier_back", "seconds")
LOWER_IS_BETTER = ("brier", "log_loss", "brier_back", "seconds")
_CLIP = 1e-6


def moved(chances: Vector, given: float, wanted: float) -> Vector:
    """Probabilities of a fit that saw one share of the minority, at another: the odds times a known number [D].

    Parameters
    ----------
    chances : array
        The minority's probabilities.
    given, wanted : float
        The minority's share of what the fit saw, and the one to move to; in (0, 1).
    """
    if given == wanted:
        return chances
    one, zero = chances * wanted / given, (1.0 - chances) * (1.0 - wanted) / (1.0 - given)
    return np.asarray(one / (one + zero))


def measured(y: Integers, chances: Vector, cut: float, back: Vector) -> Array:
    """The metrics but for the time, in the order of `METRICS`.

    Parameters
    ----------
    y : array of int
        1 for the minority.
    chances, back : array
        Its probability as the method leaves it, and moved back to the minority's share of the real training rows.
    cut : float
        Where G-mean, MCC and F1 cut ``chances``.
    """
    from sklearn.metrics import average_precision_score, f1_score, matthews_corrcoef, roc_auc_score

    called = chances > cut
    recall, specificity = called[y == 1].mean(), (~called)[y == 0].mean()
    clipped = np.clip(chances, _CLIP, 1.0 - _CLIP)
    return np.array(
        [
            roc_auc_score(y, chances), average_precision_score(y, chances), np.sqrt(recall * specificity),
            matthews_corrcoef(y, called), f1_score(y, called), np.square(chances - y).mean(),
            -np.where(y == 1, np.log(clipped), np.log1p(-clipped)).mean(), np.square(back - y).mean(),
        ]
    )  # fmt: skip
