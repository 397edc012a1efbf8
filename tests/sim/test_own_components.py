"""People's own components from the command line: named, kept, found again, recomputed when edited."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synththeory import ComponentError, simulate
from synththeory.sim.cli import app
from synththeory.sim.store.files import FileStore
from tests.sim.forked import call, script

ROOT = Path(__file__).parents[2]
TOML = """
study = "mirrored"
population = { kind = "gaussian-shift", mean = [1.0, 0.0] }
sample = { majority = 40, minority = 8 }
augmentation = { multipliers = [0.0, 1.0], generators = [{ kind = "mirror" }, { kind = "bootstrap" }] }
learner = { kind = "least-squares", ridge = 1e-6 }
monte_carlo = { replications = 4 }
"""
GENERATOR = '''
from typing import Literal
import numpy as np
from synththeory import Generator

class Mine(Generator):
    """Copies of the first seed, moved."""

    kind: Literal["{kind}"] = "{kind}"

    def rows(self, streams, seeds, others, size):
        return np.repeat(seeds.rows[:, :1], {size}, axis=1) + {move}

    def mismatch(self, population, loss, stratum, count, theta=None):
        raise NotImplementedError("nothing is known")
'''


def mirror() -> str:
    """The generator that begins the page of components of one's own."""
    text = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n((?:(?!```).)*class Mirror\(.*?)```", text, re.S)
    return block


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.toml").write_text(TOML)
    (tmp_path / "my_module.py").write_text(mirror())
    return tmp_path


def test_the_pages_generator_in_a_file_runs_and_its_folder_is_read_without_being_told(folder: Path) -> None:
    refused = call("run", "mine.toml", "--out", "out", cwd=folder)
    assert refused.returncode == 2
    assert "unknown generator kind 'mirror'" in refused.stderr
    ran = call("run", "mine.toml", "--use", "my_module.py", "--out", "out", "--format", "json", cwd=folder)
    assert ran.returncode == 0, ran.stderr
    assert {row["arm"] for row in json.loads(ran.stdout)} == {"mirror", "bootstrap"}
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    assert call("summary", folder / "out", "--format", "json", cwd=elsewhere).stdout == ran.stdout
    replayed = call("replay", folder / "out", "--replication", 3, cwd=elsewhere)
    assert "are equal to the bit" in replayed.stdout, replayed.stderr
    (folder / "my_module.py").rename(elsewhere / "my_module.py")
    lost = call("summary", folder / "out", cwd=elsewhere)
    assert lost.returncode == 2
    assert "if it has moved, say where to with --use my_module.py" in lost.stderr
    found = call("summary", folder / "out", "--use", "my_module.py", "--format", "json", cwd=elsewhere)
    assert found.stdout == ran.stdout, found.stderr


def test_a_folder_made_in_python_says_which_module_it_needs(folder: Path) -> None:
    text = (
        "import tomllib, my_module; from pathlib import Path; from synththeory import simulate;"
        "simulate(tomllib.loads(Path('mine.toml').read_text()), 'out')"
    )
    done = script(text, cwd=folder)
    assert done.returncode == 0, done.stderr
    lock = json.loads((folder / "out" / "lock.json").read_text())
    assert lock["components"] == {"mirror": str(folder / "my_module.py")}
    assert "components" not in lock["design"]
    refused = call("summary", "out", cwd=folder)
    assert refused.returncode == 2
    assert f"made with components of your own, 'mirror': add --use {folder / 'my_module.py'}" in refused.stderr
    assert "Traceback" not in refused.stderr
    drawn = call("figure", "out", "--use", "my_module.py", "--save", "drawn.png", cwd=folder)
    assert drawn.returncode == 0, drawn.stderr
    assert (folder / "drawn.png").is_file()
    assert "are equal to the bit" in call("replay", "out", "--use", "my_module", cwd=folder).stdout


def own(path: Path, kind: str, size: str = "size", move: float = 0.0) -> str:
    path.write_text(GENERATOR.format(kind=kind, size=size, move=move))
    return str(path)


def test_a_design_file_names_its_modules_from_its_own_folder(tmp_path: Path, small: dict[str, object]) -> None:
    own(tmp_path / "my_named.py", "named")
    text = TOML.replace("mirror", "named") + '[components]\nmodules = ["my_named"]\n'
    (tmp_path / "mine.toml").write_text(text)
    store = tmp_path / "out"
    result = CliRunner().invoke(app, ["run", str(tmp_path / "mine.toml"), "--out", str(store)])
    assert result.exit_code == 0, result.output
    modules = FileStore.existing(store).lock.design.components
    assert modules is not None
    assert modules.modules == (str((tmp_path / "my_named.py").resolve()),)
    assert "components" not in simulate(small).design.table


def test_an_edited_component_is_computed_anew(tmp_path: Path) -> None:
    """In processes of their own, as an editor and a shell would."""
    (tmp_path / "mine.toml").write_text(TOML.replace("mirror", "edited"))
    numbers = []
    for move in (0.0, 0.5, 0.0):
        own(tmp_path / "my_edited.py", "edited", move=move)
        done = call("run", "mine.toml", "--use", "my_edited", "--out", "out", "--format", "json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        numbers.append([row["estimate"] for row in json.loads(done.stdout)])
    assert numbers[0] == numbers[2] != numbers[1]
    assert len(list((tmp_path / "out").rglob("blocks/*/*"))) == 3  # two texts of one arm, and bootstrap's


def design(kind: str) -> dict[str, object]:
    return {
        "study": "wrong",
        "population": {"kind": "gaussian-shift", "mean": [1.0, 0.0]},
        "sample": {"majority": 40, "minority": 8},
        "augmentation": {"multipliers": [0.0, 1.0], "generators": [{"kind": kind}]},
        "learner": {"kind": "least-squares", "ridge": 1e-6},
        "monte_carlo": {"replications": 4},
    }


def test_a_wrong_number_of_rows_is_named(tmp_path: Path) -> None:
    table = design("short") | {"components": {"modules": [own(tmp_path / "my_short.py", "short", "size - 1")]}}
    message = r"generator 'short' \(Mine\) returned rows of shape \(\d+, 31, 2\), expected \(\d+, 32, 2\)"
    with pytest.raises(ComponentError, match=message):
        simulate(table)


def test_a_class_without_rows_is_named(tmp_path: Path) -> None:
    path = tmp_path / "my_abstract.py"
    own(path, "abstract")
    path.write_text(path.read_text().replace("def rows(", "def rowz("))
    (tmp_path / "mine.toml").write_text(TOML.replace("mirror", "abstract"))
    result = CliRunner().invoke(
        app, ["run", str(tmp_path / "mine.toml"), "--use", str(path), "--out", str(tmp_path / "o")]
    )
    assert result.exit_code == 2
    assert "the generator Mine makes no rows: define rows, or fit where it learns" in result.stderr
    assert len(result.stderr.splitlines()) == 1
