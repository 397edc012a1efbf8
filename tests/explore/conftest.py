"""The page in a real browser: one server and one headless Chromium for all tests."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """A server of its own process, as a user starts it; it ends with the tests."""
    command = [sys.executable, "-m", "synththeory.explore", "--port", "0", "--no-browser"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"http://[\d.]+:\d+/", process.stderr.readline())
        assert found is not None
        yield found.group()
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


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """A fresh page on the headline; it must have asked nobody else and complained of nothing when the test ends."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 1400}, reduced_motion="reduce", accept_downloads=True
    )
    opened = context.new_page()
    elsewhere: list[str] = []
    complaints: list[str] = []
    known = (address, "data:", "blob:")
    opened.on("request", lambda request: None if request.url.startswith(known) else elsewhere.append(request.url))
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.set_default_timeout(60_000)
    opened.goto(address)
    opened.wait_for_selector("#curve svg path.theory")
    yield opened
    context.close()
    assert elsewhere == []
    assert complaints == []
