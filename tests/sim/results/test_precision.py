"""When a study is precise enough: the smoothed error, the looks, what they cover, and that nobody's speed matters."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from scipy.stats import binom

from synththeory import DesignError
from synththeory.sim.results.measures import Moments, share_interval
from synththeory.sim.results.precision import FEWEST, Precision, Target, _variances, precision
from synththeory.sim.results.tally import ArmTally
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.session import Session
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.memory import MemoryStore
from synththeory.sim.until import needed, run_until

RATE = "rejection_rate"


@pytest.fixture
def light(design):
    """Two arms whose theory needs no pilot, in two cells."""
    generators = [{"kind": "oracle"}, {"kind": "jitter", "scale": 0.5}]
    return design({"augmentation.generators": generators}, sweep={"sample.minority": [4, 8]})


def shares(trials):
    """The tally of a proportion at which every number of successes is a point."""
    share = np.arange(trials + 1.0)[None, :, None] / trials
    count = np.full((1, trials + 1), trials)
    moments = Moments(count, share, np.zeros((*count.shape, 1, 1)))
    return ArmTally(trials, 0, np.zeros(trials + 1, dtype=np.int64), Counter(), moments)


def smoothed(trials, target):
    variance, counts = _variances(RATE, shares(trials), 0)
    return variance / counts, counts


def naive(trials, target):
    share = np.arange(trials + 1.0) / trials
    return share * (1.0 - share) / trials, np.full(trials + 1, float(trials))


def looked(trials, square, target, most):
    found = Precision(target, trials, math.sqrt(square), math.ceil(trials * square / target.mcse**2), None, None, 0)
    return trials if found.reached else found.next_look(most)


def coverage(p, mcse, rule, fewest, interval, most=30_000):
    """P(the interval at the stop covers p), exactly: the law of the successes is carried from look to look."""
    target, covered, waiting = Target(RATE, mcse), 0.0, {fewest: binom.pmf(np.arange(fewest + 1), fewest, p)}
    while waiting:
        trials = min(waiting)
        law = waiting.pop(trials)
        onwards = defaultdict(lambda size=trials + 1: np.zeros(size))
        squares = rule(trials, target)[0]
        for successes in np.flatnonzero(law > 1e-12):
            later = looked(trials, squares[successes], target, most)
            if later == trials or trials >= most:
                lower, upper = interval(int(successes), trials, squares[successes])
                covered += law[successes] * (lower <= p <= upper)
            else:
                onwards[later][successes] = law[successes]
        for later, part in onwards.items():
            more = np.convolve(part, binom.pmf(np.arange(later - trials + 1), later - trials, p))
            waiting[later] = waiting.get(later, 0.0) + more
    return covered


def wilson(successes, trials, square):
    return share_interval(successes, trials)


def wald(successes, trials, square):
    share, reach = successes / trials, 1.96 * math.sqrt(square)
    return share - reach, share + reach


@pytest.mark.parametrize(("p", "mcse"), [(0.5, 0.02), (0.5, 0.015), (0.95, 0.02), (0.95, 0.01),
                                         (0.995, 0.02), (0.995, 0.01), (0.995, 0.005), (0.995, 0.003)])  # fmt: skip
def test_the_interval_at_the_stop_covers(p, mcse):
    assert coverage(p, mcse, smoothed, FEWEST, wilson) >= 0.93


def test_the_naive_rule_would_not():
    """The variance seen, from 50 replications on: at .995 it is mostly zero, and the run stops at once."""
    assert coverage(0.995, 0.003, naive, 50, wald) < 0.3


def test_a_proportion_is_smoothed_and_a_mean_is_not(light):
    session = Session(light, executor=Threads(1))
    session.run()
    found = precision(light, session.store, Target("excess_risk", 1e-3))
    errors = {}
    for cell in light.cells:
        for arm in cell.arms:
            (window,) = session.store.windows(cell, arm, 30)
            for point, error in enumerate(window.values[0].std(axis=0, ddof=1) / math.sqrt(30)):
                errors[error] = (cell.label, arm.label, point)
    assert found.mcse == pytest.approx(max(errors), rel=1e-12)
    assert (found.cell.label, found.arm.label, found.point) == errors[max(errors)]
    assert found.needed == math.ceil(30 * found.mcse**2 / 1e-6)
    variance, counts = _variances(RATE, shares(10), 0)
    assert variance[0] == pytest.approx(2.0 / 14.0 * 12.0 / 14.0)
    assert counts[0] == 14.0


@pytest.mark.parametrize(("workers", "block", "ahead"), [(1, 7, 0), (2, None, 0), (2, 100, 3000)])
def test_the_number_of_replications_is_nobodys_doing(light, tmp_path, workers, block, ahead):
    """Not of threads and blocks, and not of what the folder has beyond."""
    target = Target("excess_risk", 0.0035)
    if ahead:
        Session(light.replicated(ahead), FileStore.create(tmp_path, light.replicated(ahead))).run()
    stopped = run_until(light, target, lambda staged: FileStore.create(tmp_path, staged), Threads(workers), block)
    expected = run_until(light, target, lambda staged: MemoryStore(), Threads(1))
    assert FEWEST < expected.precision.replications < 10_000
    assert stopped.precision.replications == expected.precision.replications
    assert stopped.precision.mcse == expected.precision.mcse <= target.mcse
    assert FileStore.existing(tmp_path).lock.design.monte_carlo.replications == stopped.precision.replications


def test_a_run_ends_at_the_most_and_says_that_the_target_is_not_reached(light):
    stopped = run_until(light, Target("excess_risk", 1e-9), lambda staged: MemoryStore(), Threads(1), most=90)
    assert not stopped.precision.reached
    assert stopped.precision.replications == 90
    assert stopped.precision.needed > 90


def test_a_pilot_says_how_many_are_needed(light):
    found = needed(light, Target("excess_risk", 0.0035), Threads(1))
    stopped = run_until(light, Target("excess_risk", 0.0035), lambda staged: MemoryStore(), Threads(1))
    assert found.replications < found.upper < 4 * found.replications
    assert 0.5 < found.replications / stopped.precision.replications < 2.0
    with pytest.raises(DesignError, match="a pilot of 1 replications"):
        needed(light, Target("excess_risk", 0.01), Threads(1), pilot=1)


@pytest.mark.parametrize("text", ["excess_risk", "excess_risk=0", "excess_risk=-1", "excess_risk=nan", "=", "a=b"])
def test_a_target_that_is_none_is_refused(text):
    with pytest.raises(DesignError, match=r"expected (above 0|metric=value)"):
        Target.named(text)


def test_a_metric_that_nobody_has_is_refused(light):
    with pytest.raises(DesignError, match="no metric 'exces_risk'; did you mean 'excess_risk'"):
        run_until(light, Target("exces_risk", 0.1), lambda staged: MemoryStore())
