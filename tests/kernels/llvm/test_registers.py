"""The choice of tiles, and that no bit depends on it."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from synththeory.kernels.llvm.registers import TILES, tiles
from tests.kernels.llvm.forced import outputs

ROOT = Path(__file__).parents[3]
FEATURES = {"avx2": "+avx2,+fma", "other": "+avx,+fma"}


def test_tiles_are_chosen_by_what_llvm_says() -> None:
    assert tiles("+avx2,+avx512f,+fma").name == "avx512"
    assert tiles("+avx2,-avx512f,+fma").name == "avx2"
    assert tiles("+neon,+sve").name == "neon"
    assert tiles("+sse2").name == tiles("").name == "other"


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="forces features of x86-64")
def test_narrower_tiles_give_the_same_bits(tmp_path: Path) -> None:
    name = "avx2" if TILES.name == "avx512" else "other"
    file = tmp_path / "forced.npz"
    environment = {**os.environ, "NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": FEATURES[name]}
    command = [sys.executable, "-W", "error", "-m", "tests.kernels.llvm.forced", str(file)]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stderr
    with np.load(file) as forced:
        assert forced["tiles"] == name
        for key, value in outputs().items():
            np.testing.assert_array_equal(forced[key], value, err_msg=key)
