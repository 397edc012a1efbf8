"""Settings of the whole suite: reproducible hypothesis examples and the statistical false-alarm budget."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

from tests.statistical import BUDGET, ledger

settings.register_profile("suite", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("suite")


@pytest.fixture(autouse=True, scope="session")
def _one_blas_thread() -> Iterator[None]:
    """As the engine does: on a busy machine BLAS threads that wait for each other make small products very slow."""
    with threadpool_limits(1):
        yield


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
