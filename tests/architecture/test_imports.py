"""Imports go down the layers, kernels stand alone, and the command line starts without the heavy libraries."""

import ast
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tests.architecture.graph import PACKAGE, ROOT, Module, imports, loaded_by, modules

TABLE = (ROOT.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
HEIGHT = {
    room: int(layer)
    for layer, rooms in re.findall(r"^\| (\d+) \| (.*?) \|", TABLE, re.MULTILINE)
    for room in re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", rooms))
}
"""The layer of every room, as the page on architecture has it; what stands in brackets there is no room of its own."""
HEAVY = {
    "numba",
    "scipy",
    "matplotlib",
    "statsmodels",
    "sklearn",
    "pandas",
    "torch",
    "transformers",
    "dask",
    "jax",
    "optax",
}
COMMANDS = [f"{PACKAGE}.{room}.__main__" for room in ("advise", "benchmark", "datasets", "explore", "report", "sim")]
LIGHT_ENTRANCES = [PACKAGE, *COMMANDS]


@dataclass(frozen=True)
class Step:
    """One import between rooms of the package."""

    room: str
    what: str
    deferred: bool
    typing: bool


def inner(module: Module) -> list[Step]:
    """The imports of a module that stay in the package."""
    return [
        Step(modules()[found.target].room, f"{module.name}:{found.line}: {found.target}", found.deferred, found.typing)
        for found in imports(module)
        if found.target in modules()
    ]


def within(room: str) -> list[Step]:
    """The imports of a room's modules that leave the room."""
    steps = [step for module in modules().values() if module.room == room for step in inner(module)]
    return [step for step in steps if step.room != room]


def test_the_walk_sees_every_kind_of_import() -> None:
    source = """
import numba.core
from synththeory import sim
from synththeory.sim.run.compute import compute
from ..figures import draw
if TYPE_CHECKING:
    from synththeory.explore import app
def f():
    import matplotlib.pyplot
class C:
    from synththeory.theory import predict
"""
    module = Module(f"{PACKAGE}.theory.sizes", ROOT / "theory" / "sizes.py", ast.parse(source))
    found = [(step.target, step.deferred, step.typing) for step in imports(module)]
    assert found == [
        ("numba.core", False, False),
        ("synththeory.sim", False, False),
        ("synththeory.sim.run.compute", False, False),
        (
            "synththeory.figures",
            False,
            False,
        ),
        ("synththeory.explore", True, True),
        ("matplotlib.pyplot", True, False),
        ("synththeory.theory", False, False),
    ]


def test_every_room_has_a_layer() -> None:
    assert {module.room for module in modules().values()} - {""} == set(HEIGHT)


def test_imports_only_go_down_the_layers() -> None:
    # the command line draws when it is asked to: sim may reach for figures inside a function
    wrong = [
        step.what
        for room in HEIGHT
        for step in within(room)
        if step.room and HEIGHT[step.room] > HEIGHT[room] and not step.typing
        if not (room == "sim" and step.room == "figures" and step.deferred)
    ]
    assert wrong == []


SIM = (("questions",), ("design",), ("run", "store"), ("results",), ("session", "until", "api", "cli", "__main__"))
"""The folders of sim, low to high: what is asked, the design that asks it, how it is run and kept, what it says."""
SIM_HEIGHT = {folder: height for height, layer in enumerate(SIM) for folder in layer}


def sim_folder(name: str) -> str:
    """The folder of sim that a module is in, or its own name where it is in none."""
    return f"{name}.api".split(".")[2]


def test_imports_inside_sim_only_go_down() -> None:
    wrong = [
        f"{module.name}:{found.line}: {found.target}"
        for module in modules().values()
        for found in imports(module)
        if module.room == "sim" and not found.typing and found.target.startswith(f"{PACKAGE}.sim.")
        if SIM_HEIGHT[sim_folder(found.target)] > SIM_HEIGHT[sim_folder(module.name)]
    ]
    assert wrong == []


NEIGHBOURS = [("generators", "learners"), ("learners", "generators"), ("sim", "estimators"), ("estimators", "sim")]


@pytest.mark.parametrize(("one", "other"), NEIGHBOURS)
def test_neighbours_on_a_layer_do_not_know_each_other(one: str, other: str) -> None:
    assert [step.what for step in within(one) if step.room == other] == []


def test_kernels_import_nothing_else_of_the_package() -> None:
    assert [step.what for step in within("kernels")] == []


def test_numba_is_imported_by_kernels_only() -> None:
    wrong = [
        f"{module.name}:{found.line}"
        for module in modules().values()
        for found in imports(module)
        if found.target.partition(".")[0] in ("numba", "llvmlite") and module.room != "kernels"
    ]
    assert wrong == []


def test_jax_is_imported_by_neural_only() -> None:
    wrong = [
        f"{module.name}:{found.line}"
        for module in modules().values()
        for found in imports(module)
        if found.target.partition(".")[0] in ("jax", "optax", "jaxlib") and module.room != "neural"
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ["theory", "populations", "generators", "learners"])
def test_theory_and_the_rooms_below_never_reach_the_simulation(room: str) -> None:
    reached = {
        target.split(".")[1]
        for name, module in modules().items()
        if module.room == room
        for target in loaded_by(name)
        if target.startswith(f"{PACKAGE}.")
    }
    assert reached.isdisjoint({"sim", "figures", "explore", "estimators"})


def test_theory_draws_no_random_number() -> None:
    wrong = [
        f"{module.name}:{found.line}"
        for module in modules().values()
        if module.room == "theory"
        for found in imports(module)
        if found.target in (f"{PACKAGE}.streams", "random") or found.target.startswith("numpy.random")
    ]
    assert wrong == []


def test_figures_never_simulate() -> None:
    running = (".compute", ".session", ".api", ".replay")
    assert [step.what for step in within("figures") if step.what.endswith(running) or step.room == "kernels"] == []


@pytest.mark.parametrize("entrance", LIGHT_ENTRANCES)
def test_entrances_load_no_heavy_library(entrance: str) -> None:
    assert loaded_by(entrance) & HEAVY == set()


def test_in_a_fresh_process_too() -> None:
    code = f"import sys, {', '.join(LIGHT_ENTRANCES)}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT.parent, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []


def test_there_are_no_cycles_among_modules() -> None:
    graph = {
        name: {found.target for found in imports(module) if found.target in modules() and not found.deferred}
        for name, module in modules().items()
        if not module.is_package
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"cycle: {' → '.join((*path, name))}"
        if name in graph and name not in done:
            for target in graph[name]:
                visit(target, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())
