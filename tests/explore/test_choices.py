"""What a setting offers and what it does not: the second map, and switches that are disabled with the reason."""

from typing import Any

from tests.explore.test_page import settle

DESCRIBED = (
    "e => e.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent).join('')"
)


def test_the_gain_map_is_the_second_choice_and_moves_there(page: Any) -> None:
    page.wait_for_selector("#map svg")
    page.select_option("#map-kind", "gain of synthetic rows")
    page.wait_for_function("() => document.getElementById('map-words').textContent.includes('logistic')")
    page.locator("#map [role=application]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => document.getElementById('command').textContent.includes('scale=0.9')")
    settle(page)
    assert page.get_by_role("combobox", name="learner", exact=True).evaluate("e => e.value") == "logistic"
    assert "s 0.9" in page.locator("#map [role=application]").get_attribute("aria-label")


def test_a_disabled_switch_says_its_reason(page: Any) -> None:
    page.click("summary")
    fix = page.get_by_role("checkbox", name="free fix: re-priored", exact=True)
    page.wait_for_selector("input:disabled")
    assert fix.is_disabled()
    assert "logistic learner" in fix.evaluate(DESCRIBED)
    page.get_by_role("combobox", name="learner", exact=True).select_option("logistic")
    page.wait_for_function("e => !e.disabled", arg=fix.element_handle())
    assert fix.evaluate(DESCRIBED) == ""
