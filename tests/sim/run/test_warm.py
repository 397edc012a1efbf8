"""Warming compiles what a study uses, once."""

import os
import subprocess
import sys

from synththeory.sim.run.warm import warm

OTHERS = ("newton", "gram", "cholesky", "neighbour", "mixture", "multinomial", "symmetry")


def test_every_cell_is_gone_through_and_nothing_compiles_twice(design):
    swept = design(sweep={"sample.minority": [4, 8]})
    list(warm(swept))
    assert [(each.done, each.total, each.kernels) for each in warm(swept)] == [(1, 2, 0), (2, 2, 0)]


def test_a_fresh_cache_is_filled_with_what_the_study_uses_alone(design, tmp_path):
    """A learner of another package with copies of rows: no fit, no neighbours, no mixtures are compiled."""
    source = tmp_path / "small.toml"
    tree = {"kind": "external", "class": "sklearn.tree.DecisionTreeClassifier", "settings": {"max_depth": 2}}
    used = design({"augmentation.generators": [{"kind": "bootstrap"}]}, learner=tree, risk={"test_rows": 10})
    source.write_text(used.toml)
    command = [sys.executable, "-m", "synththeory.sim", "warm", str(source)]
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    said = [subprocess.run(command, env=environment, capture_output=True, text=True, check=True) for _ in range(2)]
    names = {path.name.split(".")[0] for path in tmp_path.rglob("*.nbc")}
    assert names
    assert not [name for name in names for room in OTHERS if room in name]
    assert "compiled: 0 kernels for 1 cells" not in said[0].stderr
    assert "compiled: 0 kernels for 1 cells" in said[1].stderr
