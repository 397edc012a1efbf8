"""What can be taken away from the page, compared with, stopped, and asked about a table of one's own."""

import csv
import io
import json
import re
import shlex
import time
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory import load_design
from synththeory.advise.cli import app as advise
from synththeory.explore.state import State
from synththeory.sim.cli import app
from tests.explore.conftest import Opened, query
from tests.explore.test_page import MINORITY, SHIFT, numbers, reached, settle, slider, type_in

DESCRIBED = "e => document.getElementById(e.getAttribute('aria-describedby')).textContent"
DROPPED = """([name, text]) => {
    const carried = new DataTransfer();
    carried.items.add(new File([text], name));
    for (const type of ["dragover", "drop"])
        document.getElementById("drop").dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""  # noqa: E501
"""A file dropped on the page, as a browser does it."""


def taken(page: Any, button: str) -> Path:
    """The file that a button gives."""
    with page.expect_download() as given:
        page.click(button)
    path: Path = given.value.path()
    return path


def test_files_hold_what_is_shown(page: Any) -> None:
    from matplotlib.image import imread

    settle(page, 500)
    rows = list(csv.reader(io.StringIO(taken(page, "#save-csv").read_text())))
    shown = numbers(page)
    assert len(rows) - 1 == len(shown) > 0
    for exact, row in zip(rows[1:], shown, strict=True):
        assert float(exact[4]) == pytest.approx(float(row[4].replace("·10⁻⁵", "e-5")), rel=1e-3)
    tables = tomllib.loads(taken(page, "#save-toml").read_text())
    state = State.of(parse_qsl(urlsplit(page.url).query))
    assert load_design(tables).cells[0].digest == state.design.cells[0].digest
    picture = taken(page, "#save-svg").read_text()
    assert picture.count('class="point"') == page.locator("#curve .point").count() > 0
    pixels = imread(taken(page, "#save-png"), format="png")
    assert np.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0).shape[0] > 10


def told(page: Any, out: Path) -> list[tuple[Any, ...]]:
    """What the copied command prints when it is run: arm, estimate, its error, theory."""
    words = shlex.split(page.inner_text("#command").removeprefix("python -m synththeory.sim "))
    finished = CliRunner().invoke(app, [*words, "--format", "json", "--out", str(out)])
    assert finished.exit_code == 0, finished.output
    return [(row["arm"], row["estimate"], row["mcse"], row["theory"]) for row in json.loads(finished.stdout)]


def shown(page: Any) -> list[tuple[Any, ...]]:
    """The same of the page's CSV."""
    rows = csv.DictReader(io.StringIO(taken(page, "#save-csv").read_text()))
    return [
        (row["arm"], *(float(row[key]) if row[key] else None for key in ("estimate", "mcse", "theory"))) for row in rows
    ]


def in_command(page: Any, text: str) -> None:
    """Wait until the command has a text, and the page is settled on it."""
    page.wait_for_function("text => document.getElementById('command').textContent.includes(text)", arg=text)
    settle(page)


def test_the_copied_command_gives_the_pages_numbers_after_every_kind_of_change(opened: Opened, tmp_path: Path) -> None:
    page = opened(query(replications=50))
    settle(page)
    assert shown(page) == told(page, tmp_path / "headline")
    slider(page, SHIFT).focus()
    page.keyboard.press("PageUp")
    in_command(page, "population.mean")
    assert shown(page) == told(page, tmp_path / "slider")
    type_in(page, MINORITY, "60")
    in_command(page, "sample.minority=60")
    assert shown(page) == told(page, tmp_path / "box")
    page.get_by_role("checkbox", name="bootstrap", exact=True).click()
    in_command(page, "bootstrap")
    assert shown(page) == told(page, tmp_path / "switch")
    page.get_by_role("combobox", name="learner", exact=True).select_option("logistic")
    in_command(page, "logistic")
    assert shown(page) == told(page, tmp_path / "choice")


def test_the_copied_command_gives_the_numbers_of_f3(opened: Opened, tmp_path: Path) -> None:
    page = opened(query("local_symmetry_linear", 0, 50))
    settle(page)
    assert shown(page) == told(page, tmp_path / "f3")


@pytest.mark.parametrize(("move", "word"), [(True, "independent"), (False, "paired")])
def test_a_pin_says_whether_draws_are_shared(page: Any, move: bool, word: str) -> None:
    settle(page, 500)
    page.click("#pin")
    if move:
        slider(page, SHIFT).focus()
        page.keyboard.press("ArrowRight")
    else:
        page.get_by_role("checkbox", name="intercept", exact=True).click()
    page.wait_for_function("word => document.getElementById('pinned').textContent.includes(word)", arg=word)


def _busy(process: int) -> int:
    """Clock ticks a process has computed."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("end", ["stop", "close"])
def test_stop_and_close_leave_nothing_running(opened: Opened, server: tuple[str, int], end: str) -> None:
    page = opened(query(replications=1_000_000))
    settle(page)
    if end == "stop":
        page.click("#stop")
        page.wait_for_selector("#stop:disabled")
    else:
        page.close()
    quiet, before = 0, _busy(server[1])
    while quiet < 3:
        time.sleep(0.1)
        before, now = _busy(server[1]), before
        quiet = quiet + 1 if before - now <= 1 else 0
    if end == "stop":
        count = reached(page)
        page.click("#run-on")
        settle(page, count)


SILENT = {
    "size_curve_jitter": {"sample__majority": "400", "learner__features": "10"},
    "digits": {"augmentation__generators": '[{ kind = "bootstrap" }]', "augmentation__arms": '[{ name = "naive" }]'},
    "class_smoothing": {
        "sample__majority": "40", "sample__minority": "10", "learner__hidden": "[4]", "learner__steps": "10",
        "risk__test_rows": "200",
    },
}  # fmt: skip
"""Studies without theory and what makes them quick: random features, digits, a neural net."""


@pytest.mark.parametrize("study", SILENT)
def test_a_study_without_theory_says_why_and_simulates(opened: Opened, study: str) -> None:
    if study == "class_smoothing":
        pytest.importorskip("jax")
    page = opened(query(study, 0, 10, augmentation__multipliers="[0.0, 1.0]", **SILENT[study]))
    page.set_default_timeout(180_000)  # a net compiles, digits are read
    page.wait_for_function("() => document.getElementById('curve-words').textContent.includes('No theory')")
    settle(page, 10)
    assert page.locator("#curve .point").count() > 1


def test_a_table_of_ones_own_gets_the_command_lines_verdict(opened: Opened, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    labels = (np.arange(60) % 5 == 0).astype(int)
    values = rng.normal(size=(60, 2)) + labels[:, None]
    lines = [
        "one,two,label",
        *(f"{one:.4f},{two:.4f},{label}" for (one, two), label in zip(values, labels, strict=True)),
    ]
    table = tmp_path / "table.csv"
    table.write_text("\n".join(lines) + "\n")
    page = opened(query())
    page.get_by_role("tab", name="Your data").click()
    assert "file first" in page.locator("#ask:disabled").evaluate(DESCRIBED)
    page.evaluate(DROPPED, [table.name, table.read_text()])
    page.wait_for_selector("#ask:enabled")
    assert page.input_value("#label") == "label"
    page.click("#ask")
    page.wait_for_selector("#advice:visible", timeout=120_000)
    found = json.loads(taken(page, "#advice-json").read_text())
    finished = CliRunner().invoke(advise, [str(table), "--label", "label", "--json"])
    assert finished.exit_code == 0, finished.output
    assert json.loads(finished.stdout) == found
    assert re.search(r"\w", page.inner_text("#advice"))
