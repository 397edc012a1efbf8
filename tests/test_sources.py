"""Where other people's components come from, and what an edit changes."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from synththeory import load_design
from synththeory.generators import Generator, Oracle, Smote
from synththeory.learners import LeastSquares, RandomFourier
from synththeory.populations import GaussianShift
from synththeory.sim.store.base import arm_key
from synththeory.sources import components, source, source_digests

MODULE = """
from typing import Literal
from synththeory.generators import Bootstrap
from synththeory.learners import LeastSquares

class Copies(Bootstrap):
    kind: Literal["copies-of-{name}"] = "copies-of-{name}"
    {body}

class Fitted(LeastSquares):
    kind: Literal["fitted-{name}"] = "fitted-{name}"
"""


def imported(path: Path, body: str = "pass") -> ModuleType:
    path.write_text(MODULE.format(name=path.stem, body=body))
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def design(generator: Generator, **tables: Any) -> Any:
    return load_design(
        {
            "study": "mine",
            "population": {"kind": "gaussian-shift", "mean": [1.0, 0.0]},
            "sample": {"majority": 40, "minority": 8},
            "augmentation": {"multipliers": [0.0, 1.0], "generators": [generator, {"kind": "oracle"}]},
            "learner": {"kind": "least-squares"},
            **tables,
        }
    )


def keys(of: Any) -> list[str]:
    (cell,) = of.cells
    return [arm_key(cell, arm) for arm in cell.arms]


def test_the_packages_own_have_no_source_and_keep_their_digests() -> None:
    own = (GaussianShift(mean=(1.0,)), Smote(), RandomFourier(features=3, inner=LeastSquares()))
    assert source_digests(*own) == ()
    whole = design(Smote())
    assert keys(whole) == [arm.digest for arm in whole.cells[0].arms]


def test_a_class_remembers_the_text_of_its_file(tmp_path: Path) -> None:
    first = imported(tmp_path / "first.py")
    assert source(first.Copies).file == str(tmp_path / "first.py")
    again = imported(tmp_path / "first.py")
    edited = imported(tmp_path / "first.py", "shift: float = 1.0")
    digests = [source(module.Copies).digest for module in (first, again, edited)]
    assert digests[0] == digests[1] != digests[2]
    assert all(map(bool, digests))


def test_an_edit_renames_the_results_of_the_arms_that_use_it_and_no_random_number(tmp_path: Path) -> None:
    before = design(imported(tmp_path / "second.py").Copies())
    after = design(imported(tmp_path / "second.py", "shift: float = 0.0").Copies(shift=0.0))
    same = design(imported(tmp_path / "second.py", "# other").Copies())
    assert keys(before)[0] != keys(same)[0] != keys(after)[0]
    assert keys(before)[1] == keys(same)[1] == keys(after)[1]
    assert before.cells[0].point == same.cells[0].point
    assert before.cells[0].arms[0].digest == same.cells[0].arms[0].digest


def test_a_learner_of_somebody_elses_renames_every_arm(tmp_path: Path) -> None:
    name = imported(tmp_path / "third.py").Fitted.model_fields["kind"].default
    before = keys(design(Smote(), learner={"kind": name}))
    imported(tmp_path / "third.py", "# other")
    assert not set(before) & set(keys(design(Smote(), learner={"kind": name})))


def test_components_are_found_wherever_they_are(tmp_path: Path) -> None:
    module = imported(tmp_path / "fourth.py")
    inner = RandomFourier(features=3, inner=module.Fitted())
    assert list(components({"a": [Oracle(), (module.Copies(),)]}, inner)) == [module.Copies, module.Fitted]


def test_a_class_typed_at_a_prompt_has_no_text() -> None:
    scope: dict[str, Any] = {"__name__": "__prompt__"}
    exec(MODULE.format(name="prompt", body="pass"), scope)
    assert source(scope["Copies"]).digest == ""


def test_the_kind_of_a_package_component_is_refused() -> None:
    with pytest.raises(TypeError, match="the kind 'smote' of Copies is that of the package's own Smote"):
        exec(MODULE.replace("copies-of-{name}", "smote").format(name="taken", body="pass"), {"__name__": "__prompt__"})
