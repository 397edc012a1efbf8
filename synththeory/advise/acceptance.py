"""`advise` on KEEL's tables: is its recommendation ever worse than what it was chosen from?

The tables were fixed before any of them was run: of every family of KEEL's imbalanced tables (its name up to the first
digit, hyphen or underscore) the first by name with a ratio of 5 to 40, 200 to 6000 rows and at least 25 minority
rows. The first ten families, in alphabetical order, are the acceptance; the others are run beside them.

Two comparisons with the best of {as is, re-priored, class weights, full balance}:

- *nested*: on the outer folds that made the recommendation. The rule picks by these numbers, so it can hardly look bad.
- *held out*: each table is cut into five; `advise` sees four parts and its recommendation is judged on the fifth. The
  rival is the one with the smallest loss on the held-out rows themselves, which flatters the rivals.
"""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from typing import TextIO

import numpy as np
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.utils.parallel import Parallel, delayed

from synththeory.advise.comparison import Estimate, HeldOut, compared, corrected
from synththeory.advise.contest import Contest
from synththeory.advise.features import steps_for
from synththeory.advise.methods import Method, methods, sources_of
from synththeory.advise.models import model_of
from synththeory.advise.reading.table import Wishes, labelled
from synththeory.advise.run import DEFAULT_GENERATORS, advise
from synththeory.datasets import Entry, Table, listing, load
from synththeory.datasets.surveys import SURVEYS
from synththeory.estimators.splits import Fold

RATIOS, ROWS, FEWEST = (5.0, 40.0), (200, 6000), 25
ACCEPTANCE, PARTS = 10, 5


@dataclass(frozen=True)
class Line:
    """One table: what is recommended, and how it compares with the best rival.

    Attributes
    ----------
    table, n, d, ratio
        Its line of the listing.
    accepted_for : {"yes", "no"}
        Whether it is one of the acceptance's.
    recommended, loss
        The recommendation, and its nested balanced log loss.
    as_is, re_priored, class_weights, full_balance : float
        That of the rivals; full balance with its best generator.
    best_synthetic, best_synthetic_minus_free, best_synthetic_minus_free_se
        The best method with synthetic rows, against the better free fix.
    nested_minus_best, nested_minus_best_se : float
        Recommendation minus best rival on the folds that made it.
    held_out_recommended, held_out_loss, held_out_best, held_out_minus_best, held_out_minus_best_se
        The same on rows that `advise` did not see.
    cpu_seconds : float
        Of the recommendation.
    """

    table: str
    n: int
    d: int
    ratio: float
    accepted_for: str
    recommended: str
    loss: float
    as_is: float
    re_priored: float
    class_weights: float
    full_balance: float
    best_synthetic: str
    best_synthetic_minus_free: float
    best_synthetic_minus_free_se: float
    nested_minus_best: float
    nested_minus_best_se: float
    held_out_recommended: str
    held_out_loss: float
    held_out_best: str
    held_out_minus_best: float
    held_out_minus_best_se: float
    cpu_seconds: float


@dataclass(frozen=True)
class OnUnseen:
    """What is recommended on each four fifths, its loss on the fifth, the best rival there, and the difference."""

    recommended: str
    loss: float
    best: str
    difference: Estimate


def admitted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The first table of each family that the rule admits, by name."""
    families: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.name):
        family = re.split(r"[-_0-9]", entry.name)[0]
        fits = RATIOS[0] <= entry.ratio <= RATIOS[1] and ROWS[0] <= entry.n <= ROWS[1] and entry.minority >= FEWEST
        if fits and family != "digits" and entry.name not in SURVEYS:
            families.setdefault(family, entry)
    return tuple(families.values())


def lines() -> Iterator[Line]:
    """Every admitted table, one on each core, as they are done."""
    tasks = (delayed(line)(load(entry.name), place < ACCEPTANCE) for place, entry in enumerate(admitted(listing())))
    yield from Parallel(n_jobs=-1, return_as="generator")(tasks)


def written(found: Iterable[Line], file: TextIO) -> Iterator[Line]:
    """Each line on its way, once it is in the CSV file."""
    writer = csv.DictWriter(file, [field.name for field in fields(Line)])
    writer.writeheader()
    for each in found:
        writer.writerow(asdict(each))
        file.flush()
        yield each


def line(table: Table, accepted: bool) -> Line:
    """Everything about one table."""
    start = time.process_time()
    advice = advise(table.X, table.y, keep=tuple(table.X), keep_copies=True)
    seconds, comparison = time.process_time() - start, advice.comparison
    method, by_name = advice.recommendation.method, {each.name: each for each in comparison.methods}
    rivals = tuple(filter(_is_rival, comparison.methods))
    full = comparison.best(tuple(each for each in comparison.methods if each.rule == "full balance"))
    synthetic = comparison.best(comparison.synthetic)
    gain = comparison.difference(synthetic, comparison.free)
    gap = comparison.difference(method, comparison.best(rivals))
    outside, entry = held_out(table), table.entry
    return Line(
        table=entry.name,
        n=entry.n,
        d=entry.d,
        ratio=entry.ratio,
        accepted_for="yes" if accepted else "no",
        recommended=method.name,
        loss=comparison.mean(method).value,
        as_is=comparison.mean(by_name["as is"]).value,
        re_priored=comparison.mean(by_name["re-priored"]).value,
        class_weights=comparison.mean(by_name["class weights"]).value,
        full_balance=comparison.mean(full).value,
        best_synthetic=synthetic.name,
        best_synthetic_minus_free=gain.value,
        best_synthetic_minus_free_se=gain.standard_error,
        nested_minus_best=gap.value,
        nested_minus_best_se=gap.standard_error,
        held_out_recommended=outside.recommended,
        held_out_loss=outside.loss,
        held_out_best=outside.best,
        held_out_minus_best=outside.difference.value,
        held_out_minus_best_se=outside.difference.standard_error,
        cpu_seconds=seconds,
    )


def held_out(table: Table) -> OnUnseen:
    """The recommendation judged on rows it was not made from."""
    data = labelled(table.X, table.y, wishes=Wishes(keep=tuple(table.X), keep_copies=True))
    model = model_of(None)
    entered = methods(sources_of(DEFAULT_GENERATORS), model.linear)
    contest = Contest(model, make_pipeline(*steps_for(model.estimator, data.X)), entered, data.X, data.y, 5)
    names = [method.name for method in entered]
    cuts = StratifiedKFold(PARTS, shuffle=True, random_state=1).split(data.y, data.y)
    losses, followed = np.empty((PARTS, len(entered))), []
    for part, (training, rest) in enumerate(cuts):
        advice = advise(
            data.X.iloc[training], data.y[training], repeats=1, random_state=1 + part, keep=tuple(data.X),
            keep_copies=True,
        )  # fmt: skip
        followed.append(advice.recommendation.method.name)
        log_odds, _ = contest.scored(Fold(training, rest), 1 + part)
        held = HeldOut(rest, data.y[rest], log_odds, data.y[training])
        losses[part] = compared(entered, (held,), 1, 1).scores[0, :, 0]
    own = losses[np.arange(PARTS), [names.index(each) for each in followed]]
    means = losses.mean(axis=0)
    rivals = [place for place, method in enumerate(entered) if _is_rival(method) and np.isfinite(means[place])]
    best = min(rivals, key=lambda place: float(means[place]))
    times = {each: followed.count(each) for each in dict.fromkeys(followed)}
    told = ", ".join(f"{each} ({count})" for each, count in times.items())
    return OnUnseen(told, float(own.mean()), names[best], corrected(own - losses[:, best], 1.0 / (PARTS - 1)))


def _is_rival(method: Method) -> bool:
    """As is, both free fixes, and full balance."""
    return method.rule in (None, "full balance")
