"""The kernels as a set: each compiled once, cached by its source, and equal to what the interpreter makes of it."""

import ast
import importlib
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from synththeory import kernels
from synththeory.corrections import BiasCorrection
from synththeory.generators import (
    Bootstrap,
    Gaussian,
    GaussianFit,
    GaussianMixtureFit,
    GkSmote,
    Jitter,
    Oracle,
    SemiOracle,
    Smote,
)
from synththeory.generators.gk_smote import densities
from synththeory.kernels import compile as compiling
from synththeory.kernels.llvm.registers import TILES
from synththeory.learners import LeastSquares, Logistic, Multinomial, RandomFourier
from synththeory.populations import GaussianClasses, GaussianShift, MeanShift, Population, SigmoidLink, exact_risk
from synththeory.sample import Sample
from synththeory.selection import TGVTSS, Classes, block_symmetry, choose, symmetry_statistics
from synththeory.selection.resampled import bootstrap_symmetry
from synththeory.streams import Streams
from tests.kernels.interpreted import outputs

FOLDER = Path(kernels.__file__).parent
ROOT = FOLDER.parent.parent


def decorated() -> list[tuple[str, str]]:
    """Module and name of every function under ``@kernel``."""
    return [
        (path.stem, node.name)
        for path in sorted(FOLDER.glob("*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(mark, ast.Name) and mark.id == "kernel" for mark in node.decorator_list)
    ]


def kernel_named(module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"synththeory.kernels.{module}"), name)


def use_the_public_rooms() -> None:
    """Use populations, generators and learners together: integers given for floats, blocks of one and three."""
    populations: tuple[Population, ...] = (
        GaussianShift(mean=(1, 0)),
        SigmoidLink(dimension=4),
        *(MeanShift(dimension=9, noise=noise) for noise in ("cube", "rademacher", "sphere", "gaussian")),
    )
    least_squares = (LeastSquares(ridge=1), LeastSquares(intercept=True))
    logistic = (Logistic(C=1), Logistic(intercept=False, ridge=1), RandomFourier(features=3, inner=Logistic(C=1)))
    for population, count in product(populations, (1, 3)):
        streams = Streams.named(1, "compile", 0, count)
        streams.numpy("states")
        majority, minority = population.sample(streams, (30, 12))
        labels = (majority.stratum.response, minority.stratum.response)
        for learner in least_squares:
            symmetry_statistics(majority.rows, minority.rows, learner.loss, labels)
            block_symmetry(majority, minority, learner.loss)
            still = np.zeros(learner.loss.parameters(population.dimension))
            bootstrap_symmetry(majority.rows, minority.rows, learner.loss, labels, still, streams, 19)
        binary = labels[0] == 0.0
        fixed = Gaussian(mean=(0.5,) * population.dimension)
        for generator in (Oracle(), SemiOracle(), fixed, GaussianFit(), Bootstrap(), Jitter(scale=1), Smote()):
            synthetic = generator.draw(streams, minority, majority, 18)
            for learner in (*least_squares, *(logistic if binary else ())):
                sizes = np.tile(np.array([0, 18]), (count, 1))
                fit = learner.path(Sample.of(majority, minority), synthetic, sizes, streams)
                if not learner.linear:
                    continue
                exact_risk(population, learner.loss).excess_risk(fit.coefficients)
        for generator in (GaussianMixtureFit(), GkSmote()):
            _ = generator.draw(streams, minority, majority, 18).rows
        densities(minority.rows[0], 3)
        if binary:
            signed = BiasCorrection().rows(streams, Smote(), majority, minority)
            logistic[0].path(signed, synthetic, np.tile(np.array([0, 18]), (count, 1)))


def use_the_rules() -> None:
    """Choose a size with both losses."""
    for learner in (LeastSquares(ridge=1), Logistic(C=1)):
        streams = Streams.named(1, "compile", 0, 3)
        real = Classes(*GaussianShift(mean=(1, 0)).sample(streams, (40, 12)))
        choose(TGVTSS(), Smote(neighbors=2), learner, streams, real)


def use_many_classes() -> None:
    """Fit three classes: blocks of one and three, an integer penalty."""
    population = GaussianClasses(classes=3, dimension=3, radius=1)
    for count in (1, 3):
        streams = Streams.named(1, "compile", 0, count)
        blocks = population.sample(streams, (20, 12, 8))
        made = Bootstrap().draw(streams, blocks[2], None, 6)
        for learner in (Multinomial(ridge=1), Multinomial(C=1)):
            learner.path(Sample.of(*blocks), made, np.tile(np.array([0, 6]), (count, 1)))


def test_each_kernel_is_compiled_once() -> None:
    use_the_public_rooms()
    use_many_classes()
    use_the_rules()
    signatures = {(module, name): len(kernel_named(module, name).signatures) for module, name in decorated()}
    assert signatures == dict.fromkeys(signatures, 1)


def test_kernels_let_other_threads_run_and_do_not_reorder_sums() -> None:
    for module, name in decorated():
        options = kernel_named(module, name).targetoptions
        assert options["nogil"]
        assert options["error_model"] == "numpy"
        assert not options.get("fastmath", False)
        assert not options.get("parallel", False)


def test_compiled_kernels_equal_the_interpreted_ones(tmp_path: Path) -> None:
    file = tmp_path / "interpreted.npz"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-W", "error", "-m", "tests.kernels.interpreted", str(file)]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    compiled = outputs()
    exact = ("status", "stream", "uniform", "normal", "pick", "nearest", "interpolate", "add")
    with np.load(file) as interpreted:
        assert sorted(interpreted.files) == sorted(compiled)
        for name, value in compiled.items():
            if any(word in name for word in exact):
                np.testing.assert_array_equal(value, interpreted[name], err_msg=name)
            else:  # the compiled tile fuses multiply and add
                np.testing.assert_allclose(value, interpreted[name], rtol=1e-10, atol=1e-12, err_msg=name)


def test_the_interpreted_run_knows_every_kernel() -> None:
    words = {name.split()[0] for name in outputs()}
    assert words == {name for _, name in decorated()}


def test_cache_folder_is_named_by_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    folder = compiling.cache_folder.__wrapped__()
    assert folder is not None
    assert folder.is_dir()
    assert folder.parent == tmp_path / "synththeory" / "kernels"
    assert folder.name.endswith(f"-{TILES.name}")
    copy = tmp_path / "compile.py"
    copy.write_text("edited = True\n")
    monkeypatch.setattr(compiling, "__file__", str(copy))
    edited = compiling.cache_folder.__wrapped__()
    assert edited != folder
    below = tmp_path / "llvm" / "tile.py"
    below.parent.mkdir()
    below.write_text("edited = True\n")
    assert compiling.cache_folder.__wrapped__() not in (folder, edited)


def test_without_a_writable_folder_nothing_is_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert compiling.cache_folder.__wrapped__() is None


def test_the_decorator_leaves_other_users_of_numba_alone() -> None:
    settings: Any = numba.config
    before = settings.CACHE_DIR
    compiling.kernel(decorated)
    assert before == settings.CACHE_DIR
