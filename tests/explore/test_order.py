"""Answers may come in any order: what is shown together belongs to one setting, and nothing that came is lost."""

from typing import Any

from tests.explore.conftest import Opened, query
from tests.explore.test_page import SHIFT, numbers, reached, settle, slider, theory

TOLD = """least => Number(
    (document.getElementById("progress").textContent.match(/^(\\d+) replications/) || [0, 0])[1]) >= least"""


def held(page: Any, path: str) -> list[Any]:
    """Requests to a path wait here until they are let go."""
    waiting: list[Any] = []
    page.route(f"**/api/{path}?*", lambda route: waiting.append(route))
    return waiting


def test_what_comes_before_the_best_theory_is_kept(page: Any) -> None:
    settle(page, 500)
    before = theory(page)
    waiting = held(page, "theory")
    slider(page, SHIFT).focus()
    page.keyboard.press("PageUp")
    page.wait_for_function(TOLD, arg=500)
    first = theory(page)
    assert first != before  # the new setting's, to first order
    assert page.get_attribute("#curve", "aria-busy") == "true"
    assert "first order" in page.inner_text("#curve-words")
    points, rows = page.locator("#curve .point").count(), numbers(page)
    assert points > 5
    assert {row[8] for row in rows} == {""}
    for each in waiting:
        each.continue_()
    settle(page, 500)
    assert theory(page) != first
    assert page.locator("#curve .point").count() == points
    assert [row[:8] for row in numbers(page)] == [row[:8] for row in rows]
    assert any(row[8] for row in numbers(page))


def test_a_page_just_opened_keeps_them_too(opened: Opened) -> None:
    page = opened()
    waiting = held(page, "theory")
    page.goto(f"{page.url.partition('?')[0]}?{query()}")
    page.wait_for_function(TOLD, arg=500)
    waiting[-1].continue_()
    settle(page, 500)
    assert len(theory(page)) == 2
    assert reached(page) == 500


def test_an_answer_about_the_setting_before_leaves_the_view_stale(page: Any) -> None:
    settle(page, 500)
    waiting = held(page, "map")
    slider(page, SHIFT).focus()
    page.keyboard.press("PageUp")
    page.wait_for_function(TOLD, arg=500)
    page.keyboard.press("PageUp")
    with page.expect_request("**/api/map?*"):  # of the new setting: the old answer has been read
        waiting[0].continue_()
    assert page.get_attribute("#map", "aria-busy") == "true"
    while len(waiting) < 2:
        page.wait_for_timeout(10)
    waiting[1].continue_()
    settle(page, 500)
