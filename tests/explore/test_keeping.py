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
from tests.explore.test_page import SHIFT, numbers, reached, settle, slider


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


def test_the_copied_command_gives_the_pages_numbers(page: Any, tmp_path: Path) -> None:
    settle(page)
    slider(page, SHIFT).focus()
    page.keyboard.press("PageUp")
    page.get_by_role("checkbox", name="bootstrap", exact=True).click()
    page.get_by_role("checkbox", name="intercept", exact=True).click()
    page.get_by_role("combobox", name="learner", exact=True).select_option("logistic")
    page.wait_for_function("() => document.getElementById('command').textContent.includes('logistic')")
    settle(page, 500)
    rows = list(csv.DictReader(io.StringIO(taken(page, "#save-csv").read_text())))
    words = shlex.split(page.inner_text("#command").removeprefix("python -m synththeory.sim "))
    finished = CliRunner().invoke(app, [*words, "--format", "json", "--out", str(tmp_path / "study")])
    assert finished.exit_code == 0, finished.output
    told = json.loads(finished.stdout)
    assert [(row["arm"], row["estimate"], row["mcse"], row["theory"]) for row in told] == [
        (row["arm"], float(row["estimate"]), float(row["mcse"]), float(row["theory"]) if row["theory"] else None)
        for row in rows
    ]


@pytest.mark.parametrize(("move", "word"), [(True, "independent"), (False, "paired")])
def test_a_pin_says_whether_draws_are_shared(page: Any, move: bool, word: str) -> None:
    settle(page)
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


def test_a_study_without_theory_says_why_and_simulates(opened: Opened) -> None:
    changes = {"augmentation__multipliers": "[0.0, 1.0]", "sample__majority": "400", "learner__features": "10"}
    page = opened(query("size_curve_jitter", 0, 50, **changes))
    page.wait_for_function("() => document.getElementById('curve-words').textContent.includes('No theory')")
    settle(page)
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
    page.set_input_files("#file", table)
    page.wait_for_selector("#ask:enabled")
    assert page.input_value("#label") == "label"
    page.click("#ask")
    page.wait_for_selector("#advice:visible", timeout=120_000)
    found = json.loads(taken(page, "#advice-json").read_text())
    finished = CliRunner().invoke(advise, [str(table), "--label", "label", "--json"])
    assert finished.exit_code == 0, finished.output
    assert json.loads(finished.stdout) == found
    assert re.search(r"\w", page.inner_text("#advice"))
