"""Folds in, one file a table, fold and method out: what is there is not computed again."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.benchmark.methods import CLASSIFIERS, METRICS, Method, chosen, classifiers, measured, moved
from synththeory.benchmark.sources import source
from synththeory.components import digest


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


@dataclass(frozen=True)
class Task:
    """One table, fold and method; it crosses to another process, so the method goes by its name."""

    plan: Plan
    table: str
    split: int
    method: str
    path: Path

    def done(self) -> str:
        """Compute it, keep it, and say in words what it was; a run that is stopped leaves whole files."""
        (method,) = chosen((self.method,))[-1:]
        results = [asdict(each) for each in _fold(self.plan, self.table, self.split, method)]
        self.path.with_suffix(".part").write_text(json.dumps(results), encoding="utf-8")
        self.path.with_suffix(".part").replace(self.path)
        return f"{self.table}, fold {self.split + 1} of {self.plan.splits}, {self.method}"


def run(
    plan: Plan, methods: tuple[Method, ...], folder: Path, tell: Callable[[str], None], workers: int = 1
) -> list[Found]:
    """Every table, fold and method; finished ones are read from the folder.

    Parameters
    ----------
    plan, methods
        What is compared.
    folder : Path
        Where each fold's results are kept.
    tell : callable
        Told of progress, with the time left.
    workers : int
        Processes; 1 computes in this one. The numbers are the same for any, but for the seconds.

    Raises
    ------
    DesignError
        A table with fewer minority rows than folds, or with missing values.
    OSError
        The folder cannot be made or written in.
    """
    mixed = {table: source(table, plan.folds).mixed for table in plan.tables}  # refuses one before anything begins
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [
        Task(plan, table, split, method.name, folder / _file(plan, table, split, method))
        for table in plan.tables
        for split in range(plan.splits)
        for method in methods
        if method.takes(mixed[table])
    ]
    missing = [task for task in tasks if not task.path.exists()]
    started = time.perf_counter()
    for made, words in enumerate(_computed(missing, workers), start=1):
        left = (time.perf_counter() - started) / made * (len(missing) - made)
        tell(f"{words}; about {left / 60:.1f} min left")
    return [
        Found(**{**each, "values": tuple(each["values"])})
        for task in tasks
        for each in json.loads(task.path.read_text(encoding="utf-8"))
    ]


def _file(plan: Plan, table: str, split: int, method: Method) -> str:
    return f"{table}-{digest(plan.folds, plan.seed, split, method.name, list(METRICS))[:12]}.json"


def _computed(tasks: list[Task], workers: int) -> Iterator[str]:
    """Words of each task when it is done."""
    if workers == 1 or len(tasks) < 2:
        yield from (task.done() for task in tasks)
        return
    # new interpreters: a forked one would share the threads and locks of JAX
    with ProcessPoolExecutor(min(workers, len(tasks)), get_context("spawn")) as pool:
        try:
            for each in as_completed([pool.submit(task.done) for task in tasks]):
                yield each.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _fold(plan: Plan, table: str, split: int, method: Method) -> Iterator[Found]:
    from sklearn.utils import _safe_indexing

    known = source(table, plan.folds)
    y = known.y
    training, held = _split(plan, y, split)
    given, seen = known.given(training), known.features(training)
    labels, share = y[training], float(y[training].mean())
    start = time.perf_counter()
    resampled, labels, note = _resampled(method, _safe_indexing(given, training), labels, plan.seed + split)
    made = time.perf_counter() - start
    own, test = seen(resampled), seen(_safe_indexing(given, held))
    for name, model in classifiers(len(training), len(own), plan.seed + split).items():
        if method.weighted and name == "k-NN":
            continue  # it takes no weights
        start = time.perf_counter()
        if method.weighted:
            model.fit(own, labels, sample_weight=np.where(labels == 1, 0.5 / share, 0.5 / (1.0 - share)))
        else:
            model.fit(own, labels)
        chances = model.predict_proba(test)[:, 1]
        spent = made + time.perf_counter() - start
        back = moved(chances, 0.5 if method.weighted else float(labels.mean()), share)
        if method.re_priored:
            chances = moved(np.clip(chances, 1e-6, 1.0 - 1e-6), share, 0.5)
        values = measured(y[held], chances, share if method.cut == "prevalence" else 0.5, back)
        yield Found(table, method.name, name, split, (*map(float, values), spent), note)


def _resampled(method: Method, rows: Any, labels: Integers, seed: int) -> tuple[Any, Integers, str]:
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


def values_of(found: list[Found], table: str, method: str, classifier: str, metric: str) -> Array:
    """One number a fold, in their order; empty where the classifier was left out."""
    place = METRICS.index(metric)
    rows = [each for each in found if (each.table, each.method, each.classifier) == (table, method, classifier)]
    return np.array([each.values[place] for each in sorted(rows, key=lambda each: each.split)])


__all__ = ["CLASSIFIERS", "Found", "Plan", "run", "values_of"]
