"""`advise` on KEEL tables: is its recommendation ever worse than what it was chosen from?

The tables were fixed before any of them was run: of every family of KEEL's imbalanced tables (its name up to the first
digit, hyphen or underscore) the first by name with a ratio of 5 to 40, 200 to 6000 rows and at least 25 minority
rows. The first ten families, in alphabetical order, are the acceptance; the others are run beside them.

Two comparisons with the best of {as is, re-priored, class weights, full balance}:

- *nested*: on the outer folds that made the recommendation. The rule picks by these numbers, so it can hardly look bad.
- *held out*: each table is cut into five; `advise` sees four parts and its recommendation is judged on the fifth. The
  rival is the one with the smallest loss on the held-out rows themselves, which flatters the rivals.
"""

import csv
import re
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.utils.parallel import Parallel, delayed

from synththeory.advise import Estimate, advise
from synththeory.advise.comparison import corrected
from synththeory.advise.contest import Contest
from synththeory.advise.inputs import labelled, preprocessing
from synththeory.advise.methods import Method, methods, sources_of
from synththeory.advise.run import DEFAULT_GENERATORS
from synththeory.datasets import Entry, listing, load

OUTPUT = Path(__file__).parent / "output" / "keel_tables.csv"
RATIOS, ROWS, FEWEST = (5.0, 40.0), (200, 6000), 25
ACCEPTANCE, PARTS = 10, 5


@dataclass(frozen=True)
class Line:
    """One table: what is recommended, and how it compares with the best rival."""

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


def chosen() -> tuple[Entry, ...]:
    """The first table of each family that the rule admits, by name."""
    families: dict[str, Entry] = {}
    for entry in sorted(listing(), key=lambda entry: entry.name):
        family = re.split(r"[-_0-9]", entry.name)[0]
        admitted = RATIOS[0] <= entry.ratio <= RATIOS[1] and ROWS[0] <= entry.n <= ROWS[1] and entry.minority >= FEWEST
        if admitted and family != "digits":
            families.setdefault(family, entry)
    return tuple(families.values())


def is_rival(method: Method) -> bool:
    """As is, both free fixes, and full balance."""
    return method.rule in (None, "full balance")


def held_out(name: str) -> tuple[str, float, str, Estimate]:
    """What is recommended on each four fifths, its loss on the fifth, the best rival there, and the difference."""
    table = load(name)
    data = labelled(table.X, table.y, None, 10)
    entered = methods(sources_of(DEFAULT_GENERATORS))
    model = make_pipeline(preprocessing(data.X), LogisticRegression(max_iter=1000))
    contest = Contest(model, entered, data.X, data.y, 5)
    names = [method.name for method in entered]
    cuts = StratifiedKFold(PARTS, shuffle=True, random_state=1).split(data.y, data.y)
    losses, followed = np.empty((PARTS, len(entered))), []
    for part, (training, rest) in enumerate(cuts):
        advice = advise(data.X.iloc[training], data.y[training], repeats=1, random_state=1 + part)
        followed.append(advice.recommendation.method.name)
        losses[part] = contest.scored(training, rest, 1 + part)[0][:, 0]
    own = losses[np.arange(PARTS), [names.index(each) for each in followed]]
    rivals = [place for place, method in enumerate(entered) if is_rival(method) and np.isfinite(losses[:, place]).all()]
    best = min(rivals, key=lambda place: losses[:, place].mean())
    times = {each: followed.count(each) for each in dict.fromkeys(followed)}
    told = ", ".join(f"{each} ({count})" for each, count in times.items())
    return told, float(own.mean()), names[best], corrected(own - losses[:, best], PARTS)


def line(entry: Entry, place: int) -> Line:
    """Everything about one table."""
    table, start = load(entry.name), time.process_time()
    advice = advise(table.X, table.y)
    seconds, comparison = time.process_time() - start, advice.comparison
    method, by_name = advice.recommendation.method, {each.name: each for each in comparison.methods}
    rivals = tuple(filter(is_rival, comparison.methods))
    full = comparison.best(tuple(each for each in comparison.methods if each.rule == "full balance"))
    synthetic = comparison.best(comparison.synthetic)
    gain = comparison.difference(synthetic, comparison.free)
    gap = comparison.difference(method, comparison.best(rivals))
    simple = (by_name["as is"], by_name["re-priored"], by_name["class weights"], full)
    told, loss, best, outside = held_out(entry.name)
    return Line(
        entry.name, entry.n, entry.d, entry.ratio, "yes" if place < ACCEPTANCE else "no", method.name,
        *(comparison.mean(each).value for each in (method, *simple)),
        synthetic.name, gain.value, gain.standard_error, gap.value, gap.standard_error,
        told, loss, best, outside.value, outside.standard_error, seconds,
    )  # fmt: skip


def main() -> None:
    """Run all tables, one on each core, and write one line each."""
    tasks = (delayed(line)(entry, place) for place, entry in enumerate(chosen()))
    with OUTPUT.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Line)])
        writer.writeheader()
        for found in Parallel(n_jobs=-1, return_as="generator")(tasks):
            writer.writerow(asdict(found))
            file.flush()
            print(found)


if __name__ == "__main__":
    main()
