"""A few tables of laws whose right answer is known; all of them: ``python -m tests.benchmarks.advice``."""

from dataclasses import replace

import pytest

from tests.advise.laws import LAWS, trial
from tests.benchmarks.advice import line

NAMED = {law.name: law for law in LAWS}
QUICK = {"folds": 4, "repeats": 1, "inner": 3}


@pytest.mark.parametrize("name", ["offset enough", "calibrate", "penalty artefact", "oversample: moved majority"])
def test_the_recommendation_is_a_right_one_and_no_row_is_added_in_vain(name: str) -> None:
    law = replace(NAMED[name], settings=QUICK)
    found = trial(law, 1, test_rows=2000)
    assert not found.harmful
    if not name.startswith("oversample"):
        assert law.is_right(found.method)
        assert found.advice.recommendation.answer != "yes"
    best = min(found.losses, key=found.losses.__getitem__)
    assert law.is_right(next(each for each in found.advice.comparison.methods if each.name == best)) or (
        found.losses[best] > 0.95 * min(loss for each, loss in found.losses.items() if each in law.right)
    )
    assert f"| {name} |" in line(law, [found])
