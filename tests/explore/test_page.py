"""The explorer as a person uses it: opening, moving, waiting, reading. No test asserts a time."""

import itertools
import random
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.explore.conftest import Opened, query

SHIFT = "class shift, ‖μ‖"
STEERED = ("angle of its error to gφ, ∠(gψ, gφ)", "size of the generator's error, ‖gψ‖/‖gφ‖")
MINORITY = "minority rows, n₁"
STAGE = re.compile(r"^(\d+) replications")
SETTLED = """least => !document.querySelector("figure[aria-busy=true]") && Number(
    (document.getElementById("progress").textContent.match(/^(\\d+) replications/) || [0, 0])[1]) >= least"""
CELLS = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
CHANGED = "known => !known.includes(document.querySelector('#curve path.theory').getAttribute('d'))"
TOP = "() => document.activeElement.getBoundingClientRect().top + window.scrollY"
WATCH = """() => {
    window.seen = [];
    new MutationObserver(() => {
        const line = document.querySelector("#curve path.theory"), point = document.querySelector("#curve .point");
        const start = line && line.getAttribute("d").match(/^M[\\d.]+,([\\d.]+)/);
        if (start && point) window.seen.push([Number(start[1]), Number(point.getAttribute("cy"))]);
    }).observe(document.querySelector("#curve .drawing"), { childList: true });
}"""
"""Notes, whenever the curve is drawn with points, where theory and simulation of the first arm at γ = 0 are."""

BURST = """async (slider) => {
    const fetched = window.fetch, open = {};
    window.most = {};
    window.fetch = async (url, ...settings) => {
        const path = String(url).split("?")[0];
        open[path] = (open[path] || 0) + 1;
        window.most[path] = Math.max(window.most[path] || 0, open[path]);
        try { return await fetched(url, ...settings); } finally { open[path] -= 1; }
    };
    for (let step = 0; step < 30; step += 1) {
        slider.stepUp();
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((next) => setTimeout(next, 5));
    }
}"""
"""Thirty changes of a slider, timed by the page's own clock; notes how many requests to a path there are at once."""

STAGES = """() => {
    window.stages = [];
    new MutationObserver(() => {
        if (document.getElementById("curve").ariaBusy === "true") window.stages.push(["stale", 0, 0]);
    }).observe(document.getElementById("curve"), { attributes: true });
    new MutationObserver(() => {
        const count = document.getElementById("progress").textContent.match(/^(\\d+) replications/);
        const cells = document.querySelectorAll("#table tbody tr:first-child td");
        if (count && cells.length) window.stages.push(
            ["points", Number(count[1]), Number(cells[7].textContent) - Number(cells[6].textContent)]);
    }).observe(document.getElementById("progress"), { childList: true });
}"""
"""Notes when the curve is greyed, and at every stage the replications and the width of the first row's interval."""


def settle(page: Any, replications: int = 50) -> None:
    """Wait until every view is this setting's and the points rest on so many replications."""
    page.wait_for_function(SETTLED, arg=replications)


def reached(page: Any) -> int:
    """On how many replications the points rest."""
    found = STAGE.match(page.inner_text("#progress"))
    return int(found.group(1)) if found else 0


def numbers(page: Any) -> list[list[str]]:
    """The table's cells."""
    found: list[list[str]] = page.eval_on_selector_all("#table tbody tr", CELLS)
    return found


def theory(page: Any) -> list[str]:
    """The paths of theory's lines."""
    paths: list[str] = page.eval_on_selector_all("#curve path.theory", "all => all.map(one => one.getAttribute('d'))")
    return paths


def slider(page: Any, name: str) -> Any:
    """A slider by its accessible name."""
    return page.get_by_role("slider", name=name, exact=True)


def type_in(page: Any, name: str, value: str) -> None:
    """A value in the number box of a slider."""
    page.get_by_role("spinbutton", name=f"{name}, as a number", exact=True).fill(value)
    page.keyboard.press("Tab")


def test_it_opens_on_the_headline_with_words_figures_and_points(opened: Opened) -> None:
    page = opened()
    settle(page)
    page.wait_for_function("() => document.getElementById('preset').value !== ''")
    page.wait_for_selector("#map svg")
    assert "Locally asymmetric" in page.inner_text("#answer")
    assert page.locator("#curve .point").count() > 20
    assert page.locator("#map svg g rect").count() > 600
    assert page.locator("#geometry svg circle").count() > 200
    assert len(numbers(page)) > 20
    assert page.eval_on_selector("#preset", "e => e.selectedOptions[0].text").endswith("?")
    assert page.eval_on_selector(".drawing", "e => getComputedStyle(e).transitionDuration") == "0s"


def test_every_control_has_one_name_and_moves_by_keys(page: Any) -> None:
    page.click("summary")
    sliders = page.locator("#settings input[type=range]")
    names = [sliders.nth(place).evaluate("e => e.labels[0].textContent") for place in range(sliders.count())]
    assert len(set(names)) == len(names) > 3
    for name in names:
        assert slider(page, name).count() == 1
    rows = slider(page, MINORITY)
    assert rows.get_attribute("aria-valuetext") == "40 rows"
    before = float(rows.input_value())
    rows.focus()
    page.keyboard.press("ArrowRight")
    one = float(rows.input_value()) - before
    page.keyboard.press("PageUp")
    assert float(rows.input_value()) - before == pytest.approx(11 * one, rel=1e-6)
    page.keyboard.press("Home")
    assert float(rows.input_value()) == float(rows.get_attribute("min"))
    page.keyboard.press("End")
    assert float(rows.input_value()) == pytest.approx(float(rows.get_attribute("max")), abs=0.05)


def test_the_order_of_tab_is_the_order_of_the_page(page: Any) -> None:
    settle(page, 500)
    page.focus("#preset")
    places = []
    for _ in range(14):
        page.keyboard.press("Tab")
        places.append(page.evaluate(TOP))
    assert all(later >= earlier - 30 for earlier, later in itertools.pairwise(places))


def test_theory_moves_while_the_mouse_is_held(page: Any) -> None:
    settle(page, 500)
    box = slider(page, SHIFT).bounding_box()
    seen = {theory(page)[0]}
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(5):
        page.mouse.move(box["x"] + (0.25 + 0.08 * step) * box["width"], box["y"] + box["height"] / 2)
        page.wait_for_function(CHANGED, arg=list(seen))
        seen.add(theory(page)[0])
    page.mouse.up()
    assert len(seen) == 6


def test_points_belong_to_the_setting_shown(page: Any) -> None:
    settle(page, 500)
    page.evaluate(WATCH)
    chance = random.Random(3)
    slider(page, SHIFT).focus()
    for press in range(30):
        page.keyboard.press(chance.choice(["ArrowRight", "ArrowLeft", "PageUp", "PageDown"]))
        if press % 10 == 9:
            settle(page)
    settle(page, 500)
    seen = page.evaluate("window.seen")
    assert max(abs(line - point) for line, point in seen) < 25.0  # pixels; a page key moves theory by more
    assert len({round(line) for line, _ in seen}) > 1


def test_a_change_is_stale_then_refined(page: Any) -> None:
    settle(page, 500)
    page.evaluate(STAGES)
    slider(page, SHIFT).focus()
    page.keyboard.press("PageUp")
    page.wait_for_function("() => window.stages.at(-1) && window.stages.at(-1)[1] === 500")
    stages = page.evaluate("window.stages")
    assert stages[0][0] == "stale"
    counts = [count for kind, count, _ in stages if kind == "points"]
    widths = [width for kind, _, width in stages if kind == "points"]
    assert counts == sorted(counts)
    assert {50, 500} <= set(counts)
    assert widths[-1] < widths[counts.index(50)]


def test_a_burst_of_changes_asks_for_the_newest_only(page: Any) -> None:
    settle(page, 500)
    simulations = []
    page.on("request", lambda request: simulations.append(request.url) if "api/simulation" in request.url else None)
    slider(page, SHIFT).evaluate(BURST)
    settle(page, 500)
    most = page.evaluate("window.most")
    assert most["api/page"] == most["api/theory"] == 1
    (asked,) = (parse_qs(urlsplit(url).query)["set"] for url in simulations)
    assert f"population.mean=[{slider(page, SHIFT).input_value()}, 0]" in asked


def test_the_address_is_the_state(page: Any, opened: Opened) -> None:
    slider(page, SHIFT).focus()
    page.keyboard.press("PageUp")
    settle(page, 500)
    shown = numbers(page)
    page.reload()
    settle(page, 500)
    assert numbers(page) == shown
    other = opened(page.url.partition("?")[2])
    settle(other, 500)
    assert numbers(other) == shown


def test_a_nonsense_address_gives_messages_and_text_stays_text(opened: Opened) -> None:
    page = opened(query(sample__minority="-5"))
    page.wait_for_selector("[aria-invalid=true]")
    assert "minority" in page.inner_text(".message:visible")
    page.goto(page.url.partition("?")[0] + "?study=headlin&cell=0")
    page.wait_for_function("() => document.getElementById('problems').textContent.includes('headline')")
    page.goto(page.url.partition("?")[0] + "?" + query(augmentation__generators__0__name='"<script>alert(1)</script>"'))
    settle(page)
    assert "<script>alert(1)</script>" in page.inner_text("#table")


def test_a_refused_setting_keeps_the_figure(page: Any) -> None:
    settle(page, 500)
    before = theory(page)
    type_in(page, MINORITY, "5000")
    page.wait_for_selector("[aria-invalid=true]")
    assert theory(page) == before
    assert "minority" in page.inner_text(".message:visible")


def test_a_click_on_the_map_moves_two_sliders(opened: Opened) -> None:
    page = opened(query(augmentation__generators='[{ kind = "steered-gaussian", angle = 0.0, ratio = 0.2 }]'))
    settle(page, 500)
    page.wait_for_selector("#map svg")
    angle, size = (f"steered-gaussian: {words}" for words in STEERED)
    before = slider(page, angle).input_value(), slider(page, size).input_value()
    box = page.locator("#map svg g[shape-rendering]").bounding_box()
    command = page.inner_text("#command")
    page.mouse.click(box["x"] + 0.4 * box["width"], box["y"] + 0.3 * box["height"])
    page.wait_for_function("before => document.getElementById('command').textContent !== before", arg=command)
    settle(page)
    page.wait_for_selector("#map[aria-busy=false]")
    assert slider(page, angle).input_value() != before[0]
    assert slider(page, size).input_value() != before[1]
    here = page.locator("#map [role=application]").get_attribute("aria-label")
    best = re.search(r"best γ (\d+(?:\.\d+)?)", here)
    words = re.search(r"γ = (\d+(?:\.\d+)?)", page.inner_text("#answer"))
    assert best is not None
    assert words is not None
    assert float(words.group(1)) == pytest.approx(float(best.group(1)), rel=0.01)
    page.locator("#map [role=application]").focus()
    moved = slider(page, angle).input_value()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("known => document.querySelector('#map [role=application]').ariaLabel !== known", arg=here)
    settle(page)
    assert slider(page, angle).input_value() != moved


def test_a_guess_hides_the_curve_until_it_is_made(page: Any) -> None:
    page.check("#guess")
    assert page.locator("#curve path.theory").count() == 0
    handle = page.get_by_role("slider", name="γ shown in the geometry")
    handle.focus()
    page.keyboard.press("PageUp")
    page.get_by_role("button", name="Show what my guess costs").click()
    assert "times the least" in page.inner_text("#guessing")
    assert page.locator("#curve path.theory").count() == 2


@pytest.mark.parametrize(("width", "changes"), [(1280, ["", "stale", "5000"]), (390, ["5000"])])
def test_nothing_hinders_anyone(opened: Opened, width: int, changes: list[str]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(query(), width=width)
    settle(page)
    page.click("summary")
    for change in changes:
        if change == "stale":
            page.evaluate("() => document.getElementById('curve').classList.add('stale')")
        elif change:
            type_in(page, MINORITY, change)
            page.wait_for_selector("[aria-invalid=true]")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
