"""The explorer as a person uses it: opening, moving, waiting, keeping. No test asserts a time."""

import csv
import io
import itertools
import json
import random
import re
import subprocess
import sys
import tomllib
from typing import Any

import numpy as np
import pytest

from synththeory import load_design
from tests.explore.conftest import ROOT

CELLS = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
TOP = "() => document.activeElement.getBoundingClientRect().top + window.scrollY"
FRESH = """() => !document.getElementById('curve').classList.contains('stale')
    && document.querySelector('#table tbody tr') !== null"""
CHANGED = "known => !known.includes(document.querySelector('#curve path.theory').getAttribute('d'))"
NAMED = "set=augmentation.generators.0.name%3D%22%3Cscript%3Ealert(1)%3C%2Fscript%3E%22"
STAGE = re.compile(r"^(\d+) replications")


def settle(page: Any, replications: int = 50) -> None:
    """Wait until nothing is stale and points of this setting rest on so many replications."""
    page.wait_for_function(
        """(least) => !document.querySelector("figure.stale") &&
        Number((document.getElementById("progress").textContent.match(/^(\\d+) replications/) || [0, 0])[1]) >= least""",
        arg=replications,
    )


def numbers(page: Any) -> list[list[str]]:
    """The table's cells."""
    return page.eval_on_selector_all(
        "#table tbody tr", "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )


def theory(page: Any) -> list[str]:
    """The paths of theory's lines."""
    paths: list[str] = page.eval_on_selector_all("#curve path.theory", "all => all.map(one => one.getAttribute('d'))")
    return paths


def test_it_opens_on_the_headline_with_words_and_points(page: Any) -> None:
    settle(page)
    assert "Locally symmetric" in page.inner_text("#answer")
    assert page.locator("#curve circle, #curve rect, #curve polygon").count() > 20
    assert len(numbers(page)) > 20


def test_every_control_has_one_name_and_moves_by_keys(page: Any) -> None:
    settle(page)
    page.click("summary")
    sliders = page.locator("#settings input[type=range]")
    names = [sliders.nth(k).evaluate("e => e.labels[0].textContent") for k in range(sliders.count())]
    assert len(set(names)) == len(names) > 3
    for name in names:
        assert page.get_by_role("slider", name=name, exact=True).count() == 1
    rows = page.get_by_role("slider", name="minority rows, n₁", exact=True)
    assert rows.get_attribute("aria-valuetext").endswith("rows")
    before = float(rows.input_value())
    rows.focus()
    page.keyboard.press("ArrowRight")
    one = float(rows.input_value()) - before
    page.keyboard.press("PageUp")
    assert float(rows.input_value()) - before == pytest.approx(11 * one, rel=1e-6)
    page.keyboard.press("Home")
    assert float(rows.input_value()) == float(rows.get_attribute("min"))


def test_the_order_of_tab_is_the_order_of_the_page(page: Any) -> None:
    settle(page)
    page.focus("#preset")
    places = []
    for _ in range(14):
        page.keyboard.press("Tab")
        places.append(
            page.evaluate(
                "() => { const box = document.activeElement.getBoundingClientRect(); return box.top + window.scrollY; }"
            )
        )
    assert all(later >= earlier - 30 for earlier, later in itertools.pairwise(places))


def test_theory_moves_while_the_mouse_is_held(page: Any) -> None:
    settle(page)
    slider = page.get_by_role("slider", name="class shift, ‖μ‖", exact=True)
    box = slider.bounding_box()
    seen = {tuple(theory(page))}
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(8):
        page.mouse.move(box["x"] + (0.25 + 0.08 * step) * box["width"], box["y"] + box["height"] / 2)
        page.wait_for_function(CHANGED, arg=[each[0] for each in seen])
        seen.add(tuple(theory(page)))
    page.mouse.up()
    assert len(seen) >= 6


def test_points_refine_and_intervals_shrink(page: Any) -> None:
    widths, counts = [], []
    for stage in (50, 500):
        settle(page, stage)
        counts.append(int(STAGE.match(page.inner_text("#progress")).group(1)))
        widths.append(float(numbers(page)[0][5]))
    assert counts == sorted(counts)
    assert widths[-1] < widths[0] or counts[0] == counts[1]


def test_points_of_one_setting_are_never_shown_as_anothers(page: Any) -> None:
    settle(page)
    chance = random.Random(3)
    slider = page.get_by_role("slider", name="class shift, ‖μ‖", exact=True)
    slider.focus()
    for _ in range(30):
        page.keyboard.press(chance.choice(["ArrowRight", "ArrowLeft", "PageUp", "PageDown"]))
        if page.evaluate(FRESH):
            shift = float(slider.evaluate("e => e.value"))
            assert f"population.shift={shift:g} " in page.inner_text("#command").replace("'", "") + " "
                "#command"
            ) or "population.shift" not in page.inner_text("#command")
    settle(page)


def test_a_burst_of_changes_asks_for_the_newest_only(page: Any) -> None:
    settle(page)
    running = {"now": 0, "most": 0, "simulations": []}

    def begun(request: Any) -> None:
        if "api/theory" in request.url:
            running["now"] += 1
            running["most"] = max(running["most"], running["now"])
        if "api/simulation" in request.url:
            running["simulations"].append(request.url)

    def ended(request: Any) -> None:
        running["now"] -= "api/theory" in request.url

    page.on("request", begun)
    page.on("requestfinished", ended)
    slider = page.get_by_role("slider", name="class shift, ‖μ‖", exact=True)
    slider.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    settle(page)
    assert running["most"] == 1
    assert len(running["simulations"]) == 1
    assert "population.shift" in running["simulations"][0]


def test_the_address_is_the_state(page: Any, browser: Any) -> None:
    page.get_by_role("slider", name="class shift, ‖μ‖", exact=True).focus()
    page.keyboard.press("PageUp")
    settle(page, 500)
    page.click("#stop")
    shown = numbers(page)
    context = browser.new_context()
    other = context.new_page()
    other.goto(page.url)
    settle(other, 500)
    other.click("#stop")
    assert numbers(other) == shown or STAGE.match(other.inner_text("#progress")).group(1) != STAGE.match(
        page.inner_text("#progress")
    ).group(1)
    context.close()


def test_a_nonsense_address_gives_messages_and_text_stays_text(browser: Any, address: str) -> None:
    context = browser.new_context()
    other = context.new_page()
    other.goto(f"{address}?study=headline&cell=0&set=sample.minority%3D-5&{NAMED}")
    other.wait_for_function(
        "() => [...document.querySelectorAll('.message, #problems')].some(e => e.textContent.trim())"
    )
    assert other.locator("[aria-invalid=true]").count() >= 1
    other.goto(f"{address}?study=headline&cell=0&{NAMED}")
    settle(other)
    assert "<script>alert(1)</script>" in other.inner_text("#table")
    context.close()


@pytest.mark.parametrize("query", ["study=headline&cell=0", "study=headline&cell=1&set=population.mean%3D%5B1.3%2C+0.0%5D",
                                   "study=local_symmetry_linear&cell=0&set=augmentation.generators.1.neighbors%3D3"])  # fmt: skip
def test_the_copied_command_gives_the_same_rows(browser: Any, address: str, query: str, tmp_path: Any) -> None:
    context = browser.new_context()
    other = context.new_page()
    other.goto(f"{address}?{query}")
    settle(other, 500)
    other.click("#stop")
    settle(other, 500)
    count = STAGE.match(other.inner_text("#progress")).group(1)
    with other.expect_download() as given:
        other.click("#save-csv")
    page_rows = list(csv.DictReader(given.value.path().read_text().splitlines()))
    command = re.sub(
        r"--replications \d+",
        f"--replications {count} --format json --out {tmp_path / 'study'}",
        other.inner_text("#command"),
    )
    command = command.replace("python -m", f"{sys.executable} -m", 1)
    finished = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(finished.stdout)["rows"]
    assert len(told) == len(page_rows) > 0
    for row, mine in zip(told, page_rows, strict=True):
        assert row["arm"] == mine["arm"]
        assert float(mine["estimate"]) == row["estimate"]
        assert float(mine["mcse"]) == row["mcse"]
        assert (mine["theory"] == "") == (row["theory"] is None)
        assert row["theory"] is None or float(mine["theory"]) == row["theory"]
    context.close()


def test_a_click_on_the_map_moves_two_sliders(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    other = context.new_page()
    other.goto(f"{address}?study=regime_map&cell=6")
    settle(other)
    box = other.locator("#map svg g[shape-rendering]").bounding_box()
    other.mouse.click(box["x"] + 0.4 * box["width"], box["y"] + 0.3 * box["height"])
    other.wait_for_function("() => document.getElementById('command').textContent.includes('angle')")
    settle(other)
    here = other.locator("#map [role=application]").get_attribute("aria-label")
    best = re.search(r"best γ ([\d.]+)", here).group(1)
    words = re.search(r"γ = ([\d.]+)", other.inner_text("#answer")).group(1)
    assert float(words) == pytest.approx(float(best), rel=0.01)
    assert "generators.0.ratio" in other.inner_text("#command")
    context.close()


def test_what_is_downloaded_is_what_is_shown(page: Any) -> None:
    settle(page, 500)
    page.click("#stop")
    with page.expect_download() as given:
        page.click("#save-csv")
    rows = list(csv.reader(io.StringIO(given.value.path().read_text())))[1:]
    assert len(rows) == len(numbers(page))
    with page.expect_download() as given:
        page.click("#save-toml")
    assert (
        load_design(tomllib.loads(given.value.path().read_text())).cells[0].digest
        == load_design("headline", cell=0).cells[0].digest
    )
    with page.expect_download() as given:
        page.click("#save-svg")
    text = given.value.path().read_text()
    assert text.count('class="point"') == page.locator("#curve .point").count() > 0
    with page.expect_download() as given:
        page.click("#save-png")
    from matplotlib.image import imread

    assert np.unique(imread(given.value.path(), format="png").reshape(-1, 4), axis=0).shape[0] > 10


@pytest.mark.parametrize(("change", "word"), [("ArrowRight", "independent"), (None, "paired")])
def test_a_pin_says_whether_draws_are_shared(page: Any, change: str | None, word: str) -> None:
    settle(page)
    page.click("#pin")
    if change is None:
        page.get_by_role("checkbox", name="oracle", exact=True).click()
    else:
        page.get_by_role("slider", name="class shift, ‖μ‖", exact=True).focus()
        page.keyboard.press(change)
    page.wait_for_function("word => document.getElementById('pinned').textContent.includes(word)", arg=word)


def test_a_refused_setting_keeps_the_figure(page: Any) -> None:
    settle(page)
    before = theory(page)
    page.get_by_role("spinbutton", name="minority rows, n₁, as a number", exact=True).fill("5000")
    page.keyboard.press("Tab")
    page.wait_for_selector("[aria-invalid=true]")
    assert theory(page) == before
    assert "minority" in page.inner_text(".message:visible")


def test_stop_leaves_nothing_running_and_run_on_continues(page: Any) -> None:
    settle(page)
    page.click("#stop")
    count = int(STAGE.match(page.inner_text("#progress")).group(1))
    page.click("#run-on")
    settle(page, count)


def test_studies_without_theory_say_why_and_still_simulate(browser: Any, address: str) -> None:
    context = browser.new_context()
    other = context.new_page()
    other.goto(
        f"{address}?study=size_curve_jitter&cell=0&set=monte_carlo.seed%3D1&set=augmentation.multipliers%3D%5B0.0%2C1.0%5D"
    )
    other.wait_for_function("() => document.getElementById('curve-words').textContent.includes('No theory')")
    other.wait_for_selector("#table tbody tr")
    context.close()


def test_another_host_is_refused(address: str) -> None:
    import urllib.request
    from urllib.error import HTTPError

    request = urllib.request.Request(address, headers={"Host": "elsewhere.example"})
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_hinders_anyone(page: Any, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 1000})
    settle(page)
    page.click("summary")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("spinbutton", name="minority rows, n₁, as a number", exact=True).fill("5000")
    page.keyboard.press("Tab")
    page.wait_for_selector("[aria-invalid=true]")
    assert Axe().run(page).violations_count == 0
