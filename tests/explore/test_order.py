"""Answers may come in any order: what is shown together belongs to one setting, and nothing that came is lost."""

from typing import Any

from tests.explore.test_page import SHIFT, numbers, reached, settle, slider, theory

TOLD = """least => Number(
    (document.getElementById("progress").textContent.match(/^(\\d+) replications/) || [0, 0])[1]) >= least"""


class Held:
    """Requests to a path wait here until they are let go; when they are made, only the page knows."""

    def __init__(self, page: Any, path: str) -> None:
        self._page, self._waiting = page, list[Any]()
        page.route(f"**/api/{path}?*", lambda route: self._waiting.append(route))

    def wait(self, count: int) -> None:
        """Until that many have been made; a minute."""
        for _ in range(6000):
            if len(self._waiting) >= count:
                return
            self._page.wait_for_timeout(10)
        raise AssertionError(f"{count} requests were waited for, {len(self._waiting)} came")

    def let_go(self, place: int = 0) -> None:
        """The so manieth, once it is made."""
        self.wait(place + 1)
        self._waiting[place].continue_()


def test_what_comes_before_the_best_theory_is_kept(page: Any) -> None:
    settle(page, 500)
    before = theory(page)
    waiting = Held(page, "theory")
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
    waiting.let_go()
    settle(page, 500)
    assert theory(page) != first
    assert page.locator("#curve .point").count() == points
    assert [row[:8] for row in numbers(page)] == [row[:8] for row in rows]
    assert any(row[8] for row in numbers(page))


def test_a_page_just_opened_keeps_them_too(page: Any) -> None:
    settle(page, 500)  # the page left asks for nothing more
    waiting = Held(page, "theory")
    page.goto(page.url)
    page.wait_for_function(TOLD, arg=500)
    waiting.let_go()
    settle(page, 500)
    assert len(theory(page)) == 2
    assert reached(page) == 500


def test_an_answer_about_the_setting_before_leaves_the_view_stale(page: Any) -> None:
    settle(page, 500)
    waiting = Held(page, "map")
    slider(page, SHIFT).focus()
    page.keyboard.press("PageUp")
    waiting.wait(1)
    page.wait_for_function(TOLD, arg=500)
    page.keyboard.press("PageUp")
    waiting.let_go(0)
    waiting.wait(2)  # the new setting's is asked for when it has rested: the old answer has been read
    assert page.get_attribute("#map", "aria-busy") == "true"
    waiting.let_go(1)
    settle(page, 500)
