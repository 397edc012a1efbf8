"""One small study for each learner of nets, and the check that no bit of it depends on how it is cut."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from synththeory import load_design, simulate
from synththeory.neural import descent
from synththeory.neural.memory import fits
from synththeory.sim.results.rows import Row

REPLICATIONS = 26
FULL_BATCH: dict[str, Any] = {
    "study": "small-nets",
    "population": {"kind": "mixed-marginals"},
    "sample": {"majority": 100, "minority": 30},
    "augmentation": {
        "multipliers": [0.0, 1.0],
        "baselines": ["raw", "re-priored", {"kind": "cost-tuned", "ratios": [1.0, 3.0], "folds": 2}],
        "generators": [{"kind": "standardised", "inner": {"kind": "adasyn", "neighbors": 3}}],
    },
    "selection": {
        "rule": "tg-vtss", "validation": "cross-validation", "folds": 2, "gqs_folds": 2, "biased": [0.0, 1.0],
        "symmetric": [0.0], "realistic": [1.0], "platt": True,
    },
    "learner": {"kind": "mlp", "hidden": [4, 3], "epochs": 3},
    "risk": {"test_rows": 50, "ranking": ["auroc"]},
    "monte_carlo": {"replications": REPLICATIONS},
}  # fmt: skip
CROSSED: dict[str, Any] = {
    **{key: FULL_BATCH[key] for key in ("study", "population", "sample", "learner", "risk", "monte_carlo")},
    "augmentation": {**FULL_BATCH["augmentation"], "multipliers": [1.0], "baselines": []},
}
CUTS = ((1, 1, 8, False), (1, 2, 16, True), (7, 1, 16, True), (7, 2, 8, False), (25, 1, 8, True), (25, 2, 16, False))
"""Block, threads, blocks that a program has room for, and whether it was stopped halfway: each pair of two of them."""
MINI_BATCH: dict[str, Any] = {
    "study": "small-batches",
    "population": {"kind": "gaussian-mixture", "majority": [{"mean": [0.0, 0.0]}], "minority": [{"mean": [2.0, 0.0]}]},
    "sample": {"majority": 60, "minority": 12},
    "augmentation": {"multipliers": [0.0, 1.0], "generators": [{"kind": "smote"}], "baselines": ["re-priored"]},
    "learner": {"kind": "sgd-mlp", "hidden": [4, 3], "steps": 20, "partner": "random", "label": "mamix", "beta": 0.9},
    "risk": {"test_rows": 50, "ranking": ["margin_ratio", "boundary_share"]},
    "monte_carlo": {"replications": REPLICATIONS},
}


def rows_of(study: dict[str, Any], folder: Path | None = None, block: int | None = None, threads: int = 1) -> list[Row]:
    """A study's rows, every fit made anew."""
    fits.clear()
    return simulate(load_design(study), folder, block=block, threads=threads).rows


def crossed() -> bytes:
    """Rows of a small study, the same for every one of `CUTS`."""
    least, found = descent._LEAST, set()
    for block, threads, padding, stopped in CUTS:
        descent._LEAST = padding
        with TemporaryDirectory() as folder:
            if stopped:
                rows_of({**CROSSED, "monte_carlo": {"replications": 9}}, Path(folder), block, threads)
            rows = rows_of(CROSSED, Path(folder) if stopped else None, block, threads)
            found.add(repr([(row.arm, row.metric, row.multiplier, row.estimate, row.mcse) for row in rows]))
    descent._LEAST = least
    (only,) = found
    return only.encode()


def assert_no_bit_depends_on_the_cut(study: dict[str, Any], folder: Path) -> None:
    """Blocks of 1, 7 and 25 replications, on one thread or on two, and a study of nine that is gone on with."""
    whole = rows_of(study)
    for block, threads in ((1, 2), (7, 1), (25, 2)):
        assert rows_of(study, None, block, threads) == whole
    rows_of({**study, "monte_carlo": {"replications": 9}}, folder, threads=2)
    assert rows_of(study, folder) == whole
