"""NXLZ's second version on its own data set, made anew from its public code's seeds: the published forest numbers."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier

from synththeory.populations.craft_rounded import rounded_median

PUBLISHED = {3: (0.77700, 0.67578, 0.55571), 9: (1.47849, 0.99461, 0.58898)}
"""Balanced cross-entropy of a forest by hundreds of further majority rows: raw, SMOTE, rows of a GPT-2 that was tuned
on all 5600 rows [F]."""
FORESTS = (1, 2, 6, 8, 42)


def their_table() -> tuple[pd.DataFrame, float]:
    rng, n = np.random.RandomState(42), 8000
    one, two = np.round(rng.randn(n), 1), np.round(rng.randn(n), 1)
    three = np.round(0.5 * one + 0.3 * two + rng.normal(0, 0.5, n), 1)
    four, five = np.round(rng.randn(n) * one, 1), np.round(rng.randn(n) + 0.5 * three, 1)
    six, seven = rng.choice([-1, 1], size=n), np.round(rng.randn(n), 1)
    nine = np.round(one * two, 1)
    score = 1.5 + 0.7 * one - 0.6 * two + 0.8 * three + 0.4 * nine + rng.normal(0, 1, n)
    columns = [one, two, three, four, five, six, seven, np.round(two * three, 1), nine, score > np.median(score)]
    names = [*(f"X{place}" for place in range(1, 10)), "Y"]
    return pd.DataFrame(dict(zip(names, columns, strict=True))).astype({"Y": int}), float(np.median(score))


def parts(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """200 rows balanced over label and coin, 1000 further rows of label 0, 2400 test rows."""
    shuffled = table.sample(frac=1, random_state=42).reset_index(drop=True)
    use, test = shuffled[:5600], shuffled[5600:]
    groups = [group for _, group in use.groupby(["X6", "Y"])]
    chosen = [group.sample(n=50, random_state=1) for group in groups]
    rest = [group.drop(own.index) for group, own in zip(groups, chosen, strict=True)]
    further = pd.concat([rest[0], rest[2]]).sample(frac=1, random_state=1)
    return pd.concat(chosen).sample(frac=1, random_state=1), further.sample(n=1000, random_state=42), test


def their_smote(seed: pd.DataFrame) -> pd.DataFrame:
    """24900 interpolated rows of label 1, in the order of the public files, and the 1000 of them that are used."""
    sampler = SMOTE(sampling_strategy={0: 25000, 1: 25000}, random_state=42)
    rows, labels = sampler.fit_resample(seed.drop(columns="Y"), seed.Y)
    made = rows.assign(Y=labels)[len(seed) :].sample(frac=1, random_state=42)
    ones = made[made.Y == 1]
    kept = pd.concat([ones[ones.X6 == -1], ones[ones.X6 != -1]]).sample(frac=1, random_state=42)
    return kept.sample(n=1000, random_state=42)


def chances(train: pd.DataFrame, test: pd.DataFrame, seed: int) -> np.ndarray:
    forest = RandomForestClassifier(criterion="entropy", random_state=seed)
    return forest.fit(train.drop(columns="Y"), train.Y).predict_proba(test.drop(columns="Y"))[:, 1]


def loss(chance: np.ndarray, test: pd.DataFrame) -> float:
    own = np.where(test.Y == 1, chance, 1.0 - chance)
    logs = -np.log(np.clip(own, np.finfo(float).eps, 1.0))
    return float(0.5 * (logs[test.Y == 0].mean() + logs[test.Y == 1].mean()))


def test_the_published_numbers_are_those_of_one_table_and_five_forests() -> None:
    """Raw forests to the last printed digit, SMOTE's within .02; re-priored, which costs nothing, below GPT-2's."""
    table, median = their_table()
    assert median == pytest.approx(rounded_median(), abs=0.05)  # √(π/2) · 1.5/√8000 = .021 is one standard error
    seed, further, test = parts(table)
    made = their_smote(seed)
    for hundreds, (raw, smote, language) in PUBLISHED.items():
        found = []
        for own in FORESTS:
            base = pd.concat([seed, further.sample(n=100 * hundreds, random_state=own)])
            filled = pd.concat([base, made.sample(n=100 * hundreds, random_state=own)])
            chance = chances(base, test, own)
            odds = np.clip(chance, 1e-3, 1.0 - 1e-3)
            odds = odds / (1.0 - odds) * (1.0 + hundreds)
            found.append((loss(chance, test), loss(chances(filled, test, own), test), loss(odds / (1.0 + odds), test)))
        ours, smoted, free = np.mean(found, axis=0)
        print(hundreds, ours, smoted, free)
        assert ours == pytest.approx(raw, abs=5e-4)
        assert smoted == pytest.approx(smote, abs=0.02)
        assert free < language
