"""Do 300 + 300 further rows at weight ½ help? ``python -m tests.benchmarks.further [TABLES]``.

A table of `language-rows.md`, The Craft law: the last step of NXLZ S6. There are 100 rows of either label and
100·i further majority rows, filled up by SMOTE; then come 300 rows of either label that SMOTE makes of the first 100,
at weight ½. Tables are drawn from the law (`craft-rounded`; 1200 test rows a class), the learner is the study's forest.
Printed is the balanced cross-entropy of the filled fit, the paired change that the further rows make, and what the raw
forest, re-priored, has less than they, with standard errors over tables.
"""

import sys

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from synththeory.arrays import Array, Vector
from synththeory.generators import Smote
from synththeory.populations.craft_rounded import CraftRounded
from synththeory.sample import GivenBlock, Sample
from synththeory.streams import Streams

SEEDS, FURTHER, TEST = 100, 300, 1200
HUNDREDS = (0, 3, 6, 9)
CLIPS = (float(np.finfo(float).eps), 1e-3)


def chances(rows: Array, labels: Vector, weights: Vector, test: Array, seed: int) -> Vector:
    """A forest's chance of the minority, (m,)."""
    forest = RandomForestClassifier(criterion="entropy", random_state=seed)
    return np.asarray(forest.fit(rows, labels, weights).predict_proba(test)[:, 1])


def losses(chance: Vector, ratio: float = 1.0) -> list[float]:
    """Balanced cross-entropy at both clips; the log-odds are moved by the log of the ratio, the clip comes first."""
    found = []
    for clip in CLIPS:
        odds = np.clip(chance, clip, 1.0 - clip)
        odds = ratio * odds / (1.0 - odds)
        own = np.concatenate([1.0 / (1.0 + odds[:TEST]), odds[TEST:] / (1.0 + odds[TEST:])])
        found.append(float(-np.log(own).mean()))
    return found


def table(place: int, hundreds: int) -> Array:
    """Losses of the filled fit, of the same with further rows, and of the raw fit re-priored: (3, clips)."""
    streams = Streams.named(0, "further rows", place, 1)
    population = CraftRounded()
    majority, minority = population.sample(streams, (SEEDS * (1 + hundreds), SEEDS))
    few = GivenBlock(majority.rows[:, :SEEDS], majority.stratum)
    tests = population.sample(Streams.named(1, "further rows", place, 1), (TEST, TEST))
    test = np.concatenate([block.rows[0] for block in tests])
    made = Smote(neighbors=5).draw(streams, minority, few, SEEDS * hundreds + FURTHER).rows[0]
    other = Smote(neighbors=5).draw(Streams.named(2, "further rows", place, 1), few, minority, FURTHER).rows[0]
    real = Sample.of(majority, minority).rows[0]
    labels = np.repeat([0.0, 1.0], (SEEDS * (1 + hundreds), SEEDS))
    raw = chances(real, labels, np.ones(len(real)), test, place)
    filling = SEEDS * hundreds
    rows = np.concatenate([real, made[:filling], made[filling:], other])
    answers = np.concatenate([labels, np.ones(filling + FURTHER), np.zeros(FURTHER)])
    weights = np.concatenate([np.ones(len(real) + filling), np.full(2 * FURTHER, 0.5)])
    kept = slice(len(real) + filling)
    filled = chances(rows[kept], answers[kept], weights[kept], test, place)
    more = chances(rows, answers, weights, test, place)
    return np.array([losses(filled), losses(more), losses(raw, 1.0 + hundreds)])


def told(values: Vector) -> str:
    """Mean ± standard error."""
    return f"{values.mean():.3f} ± {values.std(ddof=1) / np.sqrt(len(values)):.3f}"


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    print("| i | p | filled | further − filled | re-priored − further |\n|---|---|---|---|---|")
    for hundreds in HUNDREDS:
        found = np.array([table(place, hundreds) for place in range(count)])
        for place, name in enumerate(("as it is", "within [.001, .999]")):
            filled, more, free = found[:, :, place].T
            print(f"| {hundreds} | {name} | {told(filled)} | {told(more - filled)} | {told(free - more)} |", flush=True)
