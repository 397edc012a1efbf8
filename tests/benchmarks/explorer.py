"""Seconds the explorer takes to answer, in a real browser: ``python -m tests.benchmarks.explorer``.

Printed are the median and the largest of several goes, on a warm server: the first start after an install compiles
kernels and is not measured.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from synththeory.explore.simulation import Budget, Runner
from synththeory.explore.state import State
from synththeory.explore.views import first_theory, theory

ROOT = Path(__file__).parents[2]
GOES = 9
DRAWN = "() => document.querySelector('#curve path.theory') && document.querySelector('#curve .point')"
KEYS = """() => new Promise(done => {
    const slider = [...document.querySelectorAll('#settings input[type=range]')].find(one => one.labels[0].textContent.includes('shift'));
    const before = performance.now();
    new MutationObserver((_, watch) => { watch.disconnect(); done((performance.now() - before) / 1000); })
        .observe(document.querySelector('#curve .drawing'), { childList: true });
    slider.value = String(Number(slider.value) + Number(slider.step));
    slider.dispatchEvent(new Event('input'));
})"""  # noqa: E501
"""Seconds from a moved slider to the next drawing of the curve."""


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    before = time.perf_counter()
    action()
    return time.perf_counter() - before


def show(name: str, times: list[float]) -> None:
    """One line of the table."""
    print(f"{name:46s} median {1000 * statistics.median(times):7.0f} ms, largest {1000 * max(times):7.0f} ms")


def measured_in_process() -> None:
    """Theory of settings not seen before, first points, and a stop."""
    states = [State("headline", 1, {"population.mean": [1.0 + 0.01 * go, 0.0]}) for go in range(GOES + 1)]
    for name, question in (("first-order theory", first_theory), ("the best theory known", theory)):
        question(states[0])
        show(f"{name} of the headline's arms", [seconds(lambda s=state, q=question: q(s)) for state in states[1:]])
    runner, firsts, stops = Runner(), [], []
    for state in states:
        summaries = runner.begin(state.design, Budget(10**6)).summaries()
        firsts.append(seconds(lambda s=summaries: next(s)))
        runner.stop()
        stops.append(seconds(lambda s=summaries: list(s)))
    show("first points, least squares", firsts[1:])
    show("stop", stops[1:])


STORY = """() => new MutationObserver((_, watch) => {
    if (!document.querySelector('#curve path.theory') || !document.querySelector('#answer').textContent) return;
    watch.disconnect();
    window.story = Date.now();
}).observe(document, { childList: true, subtree: true, characterData: true })"""
"""Notes when the answer in words and the curves are there."""


def measured_in_browser() -> None:
    """From the command to the first points, and from a key to the new curve."""
    stories: list[float] = []
    opened: list[float] = []
    keys: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for _ in range(3):
            _one_start(browser, stories, opened, keys)
        browser.close()
    show("the command to the story: answer and curves", stories)
    show("the command to first points", opened)
    show("a key to a new curve", keys)


def _one_start(browser: Any, stories: list[float], opened: list[float], keys: list[float]) -> None:
    begun, clock = time.perf_counter(), time.time()
    command = [sys.executable, "-m", "synththeory.explore", "--port", "0", "--no-browser"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            found = re.search(r"http://\S+/", process.stderr.readline())
            assert found is not None
            page = browser.new_page()
            page.add_init_script(f"({STORY})()")
            page.goto(found.group())
            page.wait_for_function(DRAWN)
            opened.append(time.perf_counter() - begun)
            stories.append(page.evaluate("window.story") / 1000.0 - clock)
            page.click("#stop")
            keys.extend(float(page.evaluate(KEYS)) for _ in range(10))
        finally:
            process.terminate()


if __name__ == "__main__":
    measured_in_process()
    measured_in_browser()
