"""The page in a real browser: one server and one headless Chromium for all tests."""

import itertools
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = ["--no-sandbox", "--process-per-site", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
LIGHT = {
    "sample.majority": "400",
    "sample.minority": "40",
    "augmentation.multipliers": "[0.0, 1.0, 2.0]",
    "augmentation.generators": '[{ kind = "oracle" }, { kind = "gaussian-fit", shrinkage = 0.1 }]',
}
"""Changes that make the headline quick."""

Opened = Callable[..., Any]


def query(study: str = "headline", cell: int = 1, replications: int = 500, **changes: str) -> str:
    """The query of a page: the headline's second cell made light, or another study; dots are written ``__``."""
    light = LIGHT if study == "headline" else {}
    settings = light | {key.replace("__", "."): value for key, value in changes.items()}
    pairs = [("set", f"{key}={value}") for key, value in settings.items()]
    return urlencode([("study", study), ("cell", str(cell)), *pairs, ("replications", str(replications))])


@pytest.fixture(scope="session")
def server() -> Iterator[tuple[str, int]]:
    """Address and process of a server as a user starts it; it ends with the tests.

    It has simulated once, so that no test waits for kernels to be compiled.
    """
    command = [sys.executable, "-m", "synththeory.explore", "--port", "0", "--no-browser"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            found = next(filter(None, (re.search(r"http://[\d.]+:\d+/", line) for line in process.stderr)))
            threading.Thread(target=process.stderr.read, daemon=True).start()  # what it says must not fill the pipe
            for changes in ({}, {"learner": '{ kind = "logistic", ridge = 1e-4 }'}):
                simulated = f"{found.group()}api/simulation?{query(replications=10, **changes)}"
                with urlopen(simulated, timeout=600) as answer:
                    assert "event: summary" in answer.read().decode()
            yield found.group(), process.pid
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium under Playwright; a machine without it skips these tests, CI does not."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield found
        found.close()


@dataclass
class Tabs:
    """The tab of a test's first page and those of further ones: all tests have the first, a new one takes a second."""

    context: Any
    open: list[Any] = field(default_factory=list)

    def another(self, number: int) -> Any:
        """The tab of a test's so manieth page."""
        if number == len(self.open):
            self.open.append(self.context.new_page())
        return self.open[number]

    def leave(self) -> None:
        """End what the test's pages are at; pages keep nothing."""
        for tab in self.open[1:]:
            tab.close()
        self.open = [tab for tab in self.open[:1] if not tab.is_closed()]
        for tab in self.open:
            tab.unroute_all()
            tab.goto("about:blank")
        assert self.context.storage_state() == {"cookies": [], "origins": []}


@pytest.fixture(scope="session")
def tabs(browser: Any) -> Tabs:
    """Those of all tests."""
    return Tabs(browser.new_context(reduced_motion="reduce"))


@pytest.fixture
def opened(tabs: Tabs, server: tuple[str, int]) -> Iterator[Opened]:
    """Opens pages by their query.

    When the test ends, none of them may have asked another machine for anything, or complained on the console.
    """
    address, _ = server
    numbers, elsewhere, complaints = itertools.count(), [], []

    def open_page(where: str = "", width: int = 1280) -> Any:
        page = tabs.another(next(numbers))
        page.set_viewport_size({"width": width, "height": 1400})
        known = (address, "data:", "blob:", "about:")
        page.on("request", lambda request: None if request.url.startswith(known) else elsewhere.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_default_timeout(60_000)
        page.goto(f"{address}?{where}" if where else address)
        return page

    yield open_page
    tabs.leave()
    assert elsewhere == []
    assert complaints == []


def _is_complaint(message: Any) -> bool:
    """A browser notes every refused setting, which the page shows as a message."""
    return message.type == "error" and "status of 422" not in message.text


@pytest.fixture
def page(opened: Opened) -> Any:
    """A page with theory drawn."""
    found = opened(query())
    found.wait_for_selector("#curve svg path.theory")
    return found
