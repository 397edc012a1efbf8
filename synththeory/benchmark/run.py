"""Folds in, one file a table, fold and method out: what is there is not computed again."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.benchmark.methods import CLASSIFIERS, METRICS, Method, classifiers, measured, re_priored
from synththeory.components import digest
from synththeory.errors import DesignError


@dataclass(frozen=True)
class Plan:
    """What is compared, and how often.

    Attributes
    ----------
    tables : tuple of str
        Of `synththeory.datasets`.
    folds, repeats : int
        Stratified folds, and how often they are drawn.
    seed : int
        Root seed.
    """

    tables: tuple[str, ...]
    folds: int = 5
    repeats: int = 5
    seed: int = 0

    @property
    def splits(self) -> int:
        """Outer folds in all."""
        return self.folds * self.repeats


@dataclass(frozen=True)
class Found:
    """What one method reached in one fold of one table.

    Attributes
    ----------
    table, method, classifier : str
        Which.
    split : int
        0, …, folds · repeats − 1.
    values : tuple of float
        In the order of `METRICS`.
    note : str
        What a sampler warned of, or why it made no rows.
    """

    table: str
    method: str
    classifier: str
    split: int
    values: tuple[float, ...]
    note: str = ""


def run(plan: Plan, methods: tuple[Method, ...], folder: Path, tell: Callable[[str], None]) -> list[Found]:
    """Every table, fold and method; finished ones are read from the folder.

    Parameters
    ----------
    plan, methods
        What is compared.
    folder : Path
        Where each fold's results are kept.
    tell : callable
        Told of progress, with the time left.

    Raises
    ------
    DesignError
        A table with fewer minority rows than folds, or with names in place of numbers.
    """
    found: list[Found] = []
    tasks = [(table, split, method) for table in plan.tables for split in range(plan.splits) for method in methods]
    started, made = time.perf_counter(), 0
    for done, (table, split, method) in enumerate(tasks):
        path = folder / f"{table}-{digest(plan.folds, plan.seed, split, method.name)[:12]}.json"
        if not path.exists():
            results = [asdict(each) for each in _fold(plan, table, split, method)]
            folder.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".part").write_text(json.dumps(results), encoding="utf-8")
            path.with_suffix(".part").replace(path)  # a run that is stopped leaves whole files
            made += 1
            left = (time.perf_counter() - started) / made * (len(tasks) - done - 1)
            tell(f"{table}, fold {split + 1} of {plan.splits}, {method.name}; about {left / 60:.1f} min left")
        for each in json.loads(path.read_text(encoding="utf-8")):
            found.append(Found(**{**each, "values": tuple(each["values"])}))
    return found


def _fold(plan: Plan, table: str, split: int, method: Method) -> Iterator[Found]:
    rows, y = _numbers(table, plan.folds)
    training, held = _split(plan, y, split)
    centre, scale = rows[training].mean(axis=0), rows[training].std(axis=0)
    seen = (rows - centre) / np.where(scale > 0.0, scale, 1.0)
    own, labels, share = seen[training], y[training], float(y[training].mean())
    start = time.perf_counter()
    own, labels, note = _resampled(method, own, labels, plan.seed + split)
    made = time.perf_counter() - start
    for name, model in classifiers(len(training), len(own), plan.seed + split).items():
        if method.weighted and name == "k-NN":
            continue  # it takes no weights
        start = time.perf_counter()
        if method.weighted:
            model.fit(own, labels, sample_weight=np.where(labels == 1, 0.5 / share, 0.5 / (1.0 - share)))
        else:
            model.fit(own, labels)
        chances = model.predict_proba(seen[held])[:, 1]
        spent = made + time.perf_counter() - start
        if method.re_priored:
            chances = re_priored(np.clip(chances, 1e-6, 1.0 - 1e-6), share)
        values = measured(y[held], chances, share if method.cut == "prevalence" else 0.5)
        yield Found(table, method.name, name, split, (*map(float, values), spent), note)


def _resampled(method: Method, rows: Array, labels: Integers, seed: int) -> tuple[Array, Integers, str]:
    if method.sampler is None:
        return rows, labels, ""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", UserWarning)
        made, tags = method.sampler(seed).fit_resample(rows, labels)
    return made, tags, "; ".join(str(each.message) for each in told)


def _split(plan: Plan, y: Integers, split: int) -> tuple[Integers, Integers]:
    from sklearn.model_selection import RepeatedStratifiedKFold

    cut = RepeatedStratifiedKFold(n_splits=plan.folds, n_repeats=plan.repeats, random_state=plan.seed)
    training, held = list(cut.split(y, y))[split]
    return training, held


def _numbers(name: str, folds: int) -> tuple[Array, Integers]:
    from synththeory.datasets import load

    table = load(name)
    if any(kind != "numeric" for kind in table.kinds) or table.X.isna().to_numpy().any():
        raise DesignError(f"{name} has names or missing values: the benchmark takes tables of complete numbers")
    if int(table.y.sum()) < folds:
        raise DesignError(f"{name} has {int(table.y.sum())} minority rows, fewer than {folds} folds; use --folds")
    return table.X.to_numpy(dtype=np.float64), table.y


def values_of(found: list[Found], table: str, method: str, classifier: str, metric: str) -> Array:
    """One number a fold, in their order; empty where the classifier was left out."""
    place = METRICS.index(metric)
    rows = [each for each in found if (each.table, each.method, each.classifier) == (table, method, classifier)]
    return np.array([each.values[place] for each in sorted(rows, key=lambda each: each.split)])


__all__ = ["CLASSIFIERS", "Found", "Plan", "run", "values_of"]
