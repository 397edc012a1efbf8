"""One step of mini-batch descent: who is drawn, what the label is, where the gradient is taken."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from scipy.special import log_softmax

from synththeory.learners import SGDMLP
from synththeory.neural import minibatch
from synththeory.neural.batches import schedule, switches, tabled
from synththeory.neural.minibatch import Batch, base_share, descended
from synththeory.neural.nets import as_layers

COUNTS = (40, 10)
CLASSES = np.repeat([0, 1], COUNTS)
ROWS = np.random.default_rng(0).normal(size=(50, 3)) + 3.0 * CLASSES[:, None]
KEY = jnp.asarray([1, 2], jnp.uint32)
drawn = jax.jit(minibatch.drawn, static_argnames="size")
slope = jax.jit(minibatch.slope)
climbed = jax.jit(minibatch.climbed)
batch_loss = jax.jit(minibatch.batch_loss)


def batch(learner: SGDMLP, seed: int = 0, weights: tuple[float, ...] = (1.0, 1.0)) -> Batch:
    data = tabled(learner, ROWS, CLASSES, np.ones(50), 2)
    switched = switches(learner, np.array(COUNTS))
    return drawn(jax.random.key(seed), data, switched, jnp.asarray(weights, jnp.float32), size=learner.batch_size)


def layers() -> tuple:
    drawn_ = np.random.default_rng(1)
    return as_layers([(drawn_.normal(size=(a, b)), drawn_.normal(size=b)) for a, b in ((3, 4), (4, 2))])


def test_plain_batches_hold_rows_of_the_sample_with_their_labels() -> None:
    found = batch(SGDMLP(batch_size=128))
    nearest = np.abs(np.asarray(found.rows)[:, None] - ROWS[None]).max(axis=2)
    assert nearest.min(axis=1).max() < 1e-6
    np.testing.assert_array_equal(CLASSES[nearest.argmin(axis=1)], found.classes)
    np.testing.assert_array_equal(np.asarray(found.targets).argmax(axis=1), found.classes)


def test_smote_lies_between_two_rows_of_one_class_and_classes_are_drawn_alike() -> None:
    found = batch(SGDMLP(batch_size=128, sampler="balanced", partner="same", shares="row"))
    share = np.asarray(found.classes).mean()
    assert 0.3 < share < 0.7  # of 128, whatever the key: a fifth if rows were drawn alike
    for row, own in zip(np.asarray(found.rows), np.asarray(found.classes), strict=True):
        mine = ROWS[own == CLASSES]
        ends = mine[:, None] - row, mine[None] - row
        gaps = np.linalg.norm(ends[0], axis=2) + np.linalg.norm(ends[1], axis=2)
        lengths = np.linalg.norm(mine[:, None] - mine[None], axis=2)
        assert (gaps - lengths).min() < 1e-5
    np.testing.assert_allclose(np.asarray(found.targets).sum(axis=1), 1.0, rtol=1e-6)


def test_mixup_shares_the_label_as_it_shares_the_row() -> None:
    """One share a batch: with rows that are their class's indicator, row and label are the same mixture."""
    learner = SGDMLP(batch_size=64, partner="random", label="soft")
    data = tabled(learner, np.eye(2)[CLASSES], CLASSES, np.ones(50), 2)
    found = drawn(jax.random.key(3), data, switches(learner, np.array(COUNTS)), jnp.ones(2), size=64)
    np.testing.assert_allclose(found.targets, found.rows, atol=1e-6)
    assert len(np.unique(np.round(np.asarray(found.rows)[:, 0], 5))) <= 4


def test_class_weights_and_smoothing_act_on_the_targets() -> None:
    plain, weighted = batch(SGDMLP()), batch(SGDMLP(), weights=(0.5, 3.0))
    factor = np.where(np.asarray(plain.classes) == 1, 3.0, 0.5)[:, None]
    np.testing.assert_allclose(weighted.targets, factor * np.asarray(plain.targets), rtol=1e-6)
    smooth = batch(SGDMLP(smoothing=(0.2, 0.0)))
    expected = np.where(np.asarray(plain.classes)[:, None] == 0, [[0.9, 0.1]], [[0.0, 1.0]])
    np.testing.assert_allclose(smooth.targets, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("rule", "share", "own", "other", "expected"),
    [
        (0, 0.7, 40.0, 10.0, 1.0),
        (1, 0.7, 40.0, 10.0, 0.3),
        (2, 0.7, 40.0, 10.0, 0.0),  # the mixture takes the rarer label outright
        (2, 0.4, 40.0, 10.0, 0.6),
        (2, 0.4, 10.0, 40.0, 1.0),
        (2, 0.7, 20.0, 10.0, 0.3),  # twice as many is not three times
        (3, 0.0, 100.0, 1.0, 1.0),
        (3, 1.0, 100.0, 1.0, 0.0),
        (3, 100.0**-0.25 / (100.0**-0.25 + 1.0), 100.0, 1.0, 0.5),
        (3, 0.3, 10.0, 10.0, 0.7),
    ],
)
def test_rules_of_the_label(rule: int, share: float, own: float, other: float, expected: float) -> None:
    one = (jnp.asarray([value], jnp.float32) for value in (share, own, other))
    assert float(base_share(jnp.asarray(rule), *one, jnp.asarray(0.25))[0]) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("ratio", [10.0, 100.0])
def test_mamix_gives_the_tail_three_quarters_less_half_its_midpoint(ratio: float) -> None:
    """Mean tail label over s ~ U(0, 1): ¾ − m/2, m = r^(−¼)/(1 + r^(−¼))."""
    shares = (jnp.arange(4000) + 0.5) / 4000
    head = base_share(jnp.asarray(3), shares, jnp.full(4000, ratio), jnp.ones(4000), jnp.asarray(0.25))
    middle = ratio**-0.25 / (1.0 + ratio**-0.25)
    assert float(1.0 - head.mean()) == pytest.approx(0.75 - 0.5 * middle, abs=1e-4)


@pytest.mark.parametrize("margins", [None, (0.1, 0.4)])
def test_the_gradient_is_that_of_finite_differences(margins: tuple[float, float] | None) -> None:
    found = batch(SGDMLP(partner="all", label="soft"))
    with jax.enable_x64(True):
        flat, back = ravel_pytree(jax.tree.map(lambda leaf: jnp.asarray(np.asarray(leaf), jnp.float64), layers()))
        wide = Batch(*(jnp.asarray(np.asarray(part)) for part in found))
        even, taken = jnp.full(64, 1.0 / 64), None if margins is None else jnp.asarray(margins)
        losses = [
            jax.jit(jax.vmap(lambda step: minibatch.batch_loss(back(flat + step), wide, even, taken)))(steps)
            for steps in (1e-6 * jnp.eye(flat.size), -1e-6 * jnp.eye(flat.size))
        ]
        numbers = (losses[0] - losses[1]) / 2e-6
        np.testing.assert_allclose(ravel_pytree(slope(back(flat), wide, even, taken))[0], numbers, rtol=1e-5, atol=2e-7)


def test_ldam_lowers_the_cosine_of_a_rows_own_class() -> None:
    """CIFAR-10 at 100 to 1: margins .158 … .5 (methods of Cheng et al.); the loss by hand, a weighted mean."""
    counts = np.array([5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50])
    margins = switches(SGDMLP(head="cosine", margin=0.5, outputs="classes"), counts).margins
    expected = [0.158, 0.180, 0.204, 0.232, 0.264, 0.300, 0.341, 0.387, 0.440, 0.500]
    np.testing.assert_allclose(margins, expected, atol=5e-4)
    found, taken = batch(SGDMLP(), weights=(0.5, 3.0)), np.array([0.1, 0.4])
    (w, b), (last, _) = ([np.asarray(part, np.float64) for part in pair] for pair in layers())
    hidden = np.maximum(np.asarray(found.rows, np.float64) @ w + b, 0.0)
    length = np.linalg.norm(hidden, axis=1, keepdims=True)
    logits = 30.0 * (hidden / np.where(length > 0.0, length, 1.0)) @ (last / np.linalg.norm(last, axis=0))
    own = np.eye(2)[np.asarray(found.classes)]
    weights = np.asarray(found.targets).sum(axis=1)
    by_hand = np.average(-(own * log_softmax(logits - 30.0 * own * taken, axis=1)).sum(axis=1), weights=weights)
    shares = minibatch.shares(found, jnp.asarray(taken))
    loss = batch_loss(layers(), found, shares, jnp.asarray(taken, jnp.float32))
    assert float(loss) == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize(("kind", "length"), [("plain", 0.5), ("weighted", 0.5), ("radius", None)])
def test_sharpness_climbs_as_far_as_it_says(kind: str, length: float | None) -> None:
    learner = SGDMLP(sharpness=kind, rho=0.5)
    found, switched = batch(learner), switches(learner, np.array(COUNTS))
    start = layers()
    step = ravel_pytree(climbed(start, found, switched))[0] - ravel_pytree(start)[0]
    if length is not None:
        assert float(jnp.linalg.norm(step)) == pytest.approx(length, rel=1e-5)
        weights = np.where(np.asarray(found.classes) == 1, 4.0 if kind == "weighted" else 1.0, 1.0)
        way = ravel_pytree(slope(start, found, jnp.asarray(weights / weights.sum(), jnp.float32)))[0]
        np.testing.assert_allclose(step, 0.5 * way / jnp.linalg.norm(way), atol=1e-5)
        return
    ways = []
    for each, radius in ((0, 0.5), (1, 0.5 * 2.0)):  # √(40/10)
        mask = (np.asarray(found.classes) == each).astype(np.float32)
        way = ravel_pytree(slope(start, found, jnp.asarray(mask / mask.sum())))[0]
        ways.append(radius * way / jnp.linalg.norm(way))
    np.testing.assert_allclose(step, sum(ways), atol=1e-5)


def test_five_steps_are_momentum_descent_on_the_same_batches() -> None:
    learner = SGDMLP(steps=40, batch_size=32, partner="random", label="mamix", beta=0.9, defer=0.05)
    data, switched = tabled(learner, ROWS, CLASSES, np.ones(50), 2), switches(learner, np.array(COUNTS))
    plan = schedule(learner)
    assert [int(plan.warm), int(plan.switch), int(plan.first), int(plan.second)] == [1, 2, 32, 36]
    found = descended(layers(), KEY, data, switched, plan._replace(steps=jnp.asarray(5)), size=32)
    flat, back = ravel_pytree(layers())
    speed, even = np.zeros(flat.size), jnp.full(32, 1.0 / 32)
    named = jax.random.wrap_key_data(KEY, impl="threefry2x32")
    for step in range(5):
        weights = switched.early if step < 2 else switched.late
        own = drawn(jax.random.fold_in(named, step), data, switched, weights, size=32)
        speed = 0.9 * speed + np.asarray(ravel_pytree(slope(back(flat), own, even))[0]) + 2e-4 * np.asarray(flat)
        flat = flat - 0.05 * jnp.asarray(speed, jnp.float32)
    np.testing.assert_allclose(ravel_pytree(found)[0], flat, atol=1e-6)


def descent_of(learner: SGDMLP, further: int = 0) -> tuple:
    """Layers after all steps; so many further rows of padding."""
    data = tabled(learner, ROWS, CLASSES, np.ones(50), 2)
    padded = {
        name: jnp.pad(getattr(data, name), [(0, further)] + [(0, 0)] * (getattr(data, name).ndim - 1))
        for name in ("rows", "classes", "weights", "order", "near")
    }
    switched = switches(learner, np.array(COUNTS))
    return descended(layers(), KEY, data._replace(**padded), switched, schedule(learner), size=learner.batch_size)


def test_padding_changes_no_bit() -> None:
    learner = SGDMLP(steps=20, sampler="balanced", partner="same")
    for one, other in zip(
        jax.tree.leaves(descent_of(learner)), jax.tree.leaves(descent_of(learner, 1024)), strict=True
    ):
        np.testing.assert_array_equal(one, other)
