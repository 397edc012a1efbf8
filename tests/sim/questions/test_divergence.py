"""KL and floors by enumeration: sums that Monte Carlo, quadrature and finite differences find again."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from synththeory import DesignError, load_design, simulate
from synththeory.arrays import Array
from synththeory.figures import draw
from synththeory.generators import ChainFit, InContextTransformer
from synththeory.losses import LogisticLoss
from synththeory.populations import DirichletRows, MarkovRows, exact_risk
from synththeory.sample import GivenBlock, Stratum
from synththeory.sim.questions.divergence import Diverging, divergences
from synththeory.sim.results.two_terms import terms_of
from synththeory.streams import Streams
from synththeory.theory.floors import Floor
from tests.statistical import assert_agrees, must_reject

SMALL = MarkovRows(columns=3, levels=3)
NET = {"kind": "row-transformer", "width": 8, "prompt": False, "permute": False, "interpolate": 0.0, "steps": 60,
       "categories": [0, 1, 2]}  # fmt: skip
CHAIN = {"kind": "chain-fit", "order": 2, "categories": [0, 1, 2]}
LOGISTIC = LogisticLoss(intercept=True)


def study(generators: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "study": "divergence",
        "population": {"kind": "markov-rows", "columns": 3, "levels": 3},
        "sample": {"groups": [60, 60]},
        "divergence": {"generators": generators, "floor": True},
        "monte_carlo": {"replications": 6},
        **more,
    }


def log_laws(generator: ChainFit, count: int) -> Array:
    streams = Streams.named(1, "law", 0, 1)
    blocks = SMALL.sample(streams, (count, count))
    found = [generator.imitator(streams, block, None).log_law(SMALL.support) for block in blocks]
    return np.concatenate([each for each in found if each is not None])


def test_the_law_is_a_chain_of_second_order_over_all_rows() -> None:
    population = MarkovRows(columns=5, levels=3)
    for law in population.laws:
        table = law.probabilities.reshape((3,) * 5)
        assert table.sum() == pytest.approx(1.0)
        assert table.min() > 0.0
        last = table.sum(axis=0)  # columns 2 to 5
        given = last / last.sum(axis=-1, keepdims=True)
        np.testing.assert_allclose(given, np.broadcast_to(given[:1], given.shape), rtol=1e-12)  # column 2 says nothing
        again = table.sum(axis=(0, 1))
        assert not np.allclose(again / again.sum(axis=-1, keepdims=True), again[:1] / again[:1].sum(axis=-1)[..., None])
    assert not np.allclose(population.laws[0].probabilities, population.laws[1].probabilities)


def test_risk_of_finitely_many_rows_is_a_sum() -> None:
    exact, theta = exact_risk(SMALL, LOGISTIC), np.array([0.3, -0.7, 0.2, 0.1])
    scores = SMALL.support @ theta[:3] + theta[3]
    laws = [law.probabilities for law in SMALL.laws]
    plain = 0.5 * (laws[0] @ np.log1p(np.exp(scores)) + laws[1] @ np.log1p(np.exp(-scores)))
    assert exact.risk(theta) == pytest.approx(plain, rel=1e-12)
    assert exact.error(theta) == pytest.approx(0.5 * (laws[0] @ (scores > 0) + laws[1] @ (scores <= 0)), rel=1e-12)
    steps = 1e-5 * np.eye(4)
    slopes = [(exact.risks(theta + step) - exact.risks(theta - step)) / 2e-5 for step in steps]
    found = [exact.at(stratum, law, theta) for stratum, law in zip(SMALL.strata, SMALL.laws, strict=True)]
    np.testing.assert_allclose(np.stack([each.gradient for each in found], axis=1), slopes, atol=1e-9)
    np.testing.assert_allclose(sum(each.gradient for each in exact.moments), 0.0, atol=1e-12)


def test_divergence_by_enumeration_is_that_of_monte_carlo() -> None:
    """Null: Σ p log(p/q) is the mean of log p/q over rows drawn from p; not that of the other class's q."""
    laws = log_laws(ChainFit(order=1, categories=(0, 1, 2)), 80)
    drawn = SMALL.laws[1].draw(Streams.named(2, "drawn", 0, 1), "rows", 4000)[0]
    places = ((drawn + 1.0) @ [9, 3, 1]).astype(int)
    exact = divergences(SMALL.laws[1].probabilities, laws[1])
    ratios = (np.log(SMALL.laws[1].probabilities) - laws[1])[places]
    error = ratios.std(ddof=1) / np.sqrt(4000)
    assert_agrees(ratios.mean(), exact, error, "KL by enumeration is that of Monte Carlo", cases=2)
    assert abs(ratios.mean() - exact) < 3.0 * error  # as the issue has it; a fixed seed
    with must_reject():
        assert_agrees(ratios.mean(), divergences(SMALL.laws[1].probabilities, laws[0]), error, "planted", cases=2)


def test_a_chain_draws_the_law_that_is_summed() -> None:
    """Null: rows of a chain are made as often as its law says; names stay names, numbers fill their bins."""
    streams = Streams.named(1, "law", 0, 2)
    imitator = ChainFit(order=1, categories=(0, 1, 2)).imitator(streams, SMALL.sample(streams, (50, 50))[1], None)
    law, made = imitator.log_law(SMALL.support), imitator.rows(4000)
    assert law is not None
    np.testing.assert_allclose(np.exp(law).sum(axis=1), 1.0)
    shares = np.stack([np.bincount(((own + 1.0) @ [9, 3, 1]).astype(int), minlength=27) / 4000 for own in made])
    assert_agrees(shares, np.exp(law), np.sqrt(np.exp(law) * (1 - np.exp(law)) / 4000), "as often as said", cases=2)
    np.testing.assert_array_equal(made[:, :7], imitator.rows(7))
    seeds = GivenBlock(np.random.default_rng(0).normal(size=(1, 40, 20)), Stratum("minority", 1, 1.0))
    numbers = ChainFit(order=2).imitator(Streams.named(1, "numbers", 0, 1), seeds, None).rows(100)
    assert (seeds.rows.min(axis=1) <= numbers.min(axis=1)).all()
    assert (numbers.max(axis=1) <= seeds.rows.max(axis=1)).all()


def test_a_net_is_kept_and_one_cut_short_is_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import jax

    from synththeory.neural import in_context

    prior, asked, follow = in_context.Prior(16, 0.3, 64, 8, 60, 32, 0.01), [], in_context._follow
    monkeypatch.setattr(in_context, "user_folder", lambda *names: tmp_path)
    monkeypatch.setattr(in_context, "_follow", lambda *given: asked.append(1) or follow(*given))
    train = in_context.trained.__wrapped__  # type: ignore[attr-defined]
    first, again = train(prior), train(prior)
    assert len(asked) == 1
    (path,) = tmp_path.glob("*.npy")
    path.write_bytes(path.read_bytes()[:100])
    with jax.enable_x64(True):  # a user's switch to double precision changes no bit
        third = train(prior)
    assert len(asked) == 2
    for one, other, last in zip(first, again, third, strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(one, last)


def test_no_divergence_and_no_floor_from_the_law_itself() -> None:
    laws = np.stack([law.probabilities for law in SMALL.laws])
    np.testing.assert_allclose(divergences(laws, np.log(laws)), 0.0, atol=1e-15)
    floor = Floor.of(SMALL, LOGISTIC, SMALL.support, laws)
    assert abs(floor.excess) < 1e-13
    assert floor.mismatch < 1e-20


def test_first_order_is_the_floor_near_the_law_and_pinsker_is_above_it() -> None:
    laws = np.stack([law.probabilities for law in SMALL.laws])
    other = 0.98 * laws + 0.02 * laws[::-1, ::-1]
    floor = Floor.of(SMALL, LOGISTIC, SMALL.support, other)
    assert floor.mismatch == pytest.approx(floor.excess, rel=0.05)
    assert floor.pinsker_bound(divergences(laws, np.log(other))) > floor.excess > 0.0


def test_counts_give_bayes_predictive() -> None:
    """One flag: ∫ p · p^k (1 − p)^(n−k) p^(c−1) (1 − p)^(c−1) dp over the same without the first p."""
    population, rows = DirichletRows(columns=1), np.array([[1.0]] * 3 + [[0.0]] * 2)

    def integral(further: int) -> float:
        return quad(lambda t: 2.0 * t ** (2 * (3 + 0.3 + further) - 1) * (1 - t * t) ** (2 + 0.3 - 1), 0.0, 1.0)[0]

    found = population.best_guess(1, rows[None])[0]
    assert found[1] == pytest.approx(integral(1) / integral(0), rel=1e-9)
    assert found[1] == pytest.approx(3.3 / 5.6)
    assert found[1] != pytest.approx(4 / 7, rel=1e-3)  # add-one
    wide = DirichletRows().best_guess(0, np.zeros((1, 9, 4)))[0]
    assert wide[0] == pytest.approx(9.3 / 13.8)
    assert wide.sum() == pytest.approx(1.0)


def test_the_floor_is_what_many_rows_leave() -> None:
    """The same nets: with 30,000 rows a class the excess risk is the floor to a fifth."""
    generators = [NET, CHAIN]
    floors = simulate(study(generators), threads=1)
    grown = {key: value for key, value in study([]).items() if key != "divergence"} | {
        "augmentation": {"rows": [0, 30_000], "weight": "pooled", "generators": generators},
        "learner": {"kind": "logistic", "intercept": True},
    }
    curves = simulate(grown, threads=1)
    for arm in ("row-transformer", "chain-fit"):
        last = [row for row in curves.rows if row.arm == arm and row.metric == "excess_risk"][-1].estimate
        (floor,) = (row.estimate for row in floors.rows if row.arm == arm and row.metric == "floor")
        (bound,) = (row.estimate for row in floors.rows if row.arm == arm and row.metric == "pinsker")
        assert last == pytest.approx(floor, rel=0.2)
        assert bound > 10.0 * floor  # true, and of no use


def test_numbers_do_not_depend_on_blocks() -> None:
    few = study([NET, CHAIN], monte_carlo={"replications": 4})
    found = [simulate(few, block=block, threads=threads) for block, threads in ((1, 1), (4, 2))]
    assert found[0].rows == found[1].rows


def test_a_net_that_reads_rows_draws_what_it_says() -> None:
    population, generator = DirichletRows(), InContextTransformer(width=8, steps=60, rate=0.01)
    streams = Streams.named(3, "read", 0, 40)
    block = population.sample(streams, (12, 12))[1]
    imitator = generator.imitator(streams, block, None)
    said = imitator.log_law(population.support)
    assert said is not None
    np.testing.assert_allclose(np.exp(said).sum(axis=1), 1.0, atol=1e-6)
    guess = population.best_guess(1, block.rows)
    assert divergences(guess, said).mean() < 0.7 * divergences(guess, np.full(guess.shape, np.log(1 / 16))).mean()
    made = imitator.rows(2000)
    shares = np.array([(own[:, None] == population.support[None]).all(axis=2).mean(axis=0) for own in made])
    np.testing.assert_allclose(shares, np.exp(said), atol=0.06)
    np.testing.assert_array_equal(made[:, :5], imitator.rows(5))
    one = generator.imitator(
        Streams.named(3, "read", 7, 1), population.sample(Streams.named(3, "read", 7, 1), (12, 12))[1], None
    )
    np.testing.assert_array_equal(one.rows(9)[0], made[7, :9])


def test_the_figure_shows_both_axes_and_says_both_terms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chains stand for nets here: the figure asks an arm for its width alone."""
    monkeypatch.setattr(Diverging, "width", property(lambda arm: 4 * (arm.generator.order + 1)))
    sizes = {"sample.groups": [[30, 30], [60, 60], [120, 120]]}
    generators = [{**CHAIN, "order": 0, "name": "narrow"}, {**CHAIN, "name": "wide"}]
    summary = simulate(study(generators, sweep=sizes, divergence={"generators": generators}), threads=1)
    terms = terms_of(summary)
    assert terms is not None
    assert terms.capacity.lower < terms.capacity.value < terms.capacity.upper
    draw(summary, tmp_path / "kl.png")
    text = (tmp_path / "kl.csv").read_text()
    assert all(word in text for word in ("narrow", "wide", "$n=30$", "$n=120$", "guide"))
    (row,) = (row for row in summary.rows if row.arm == "wide" and row.cell == {"sample.groups": [30, 30]})
    assert f"{row.estimate!r}" in text


def test_floors_of_one_cell_are_drawn_as_lines(tmp_path: Path) -> None:
    summary = simulate(study([CHAIN, {**CHAIN, "order": 0, "name": "independent"}]), threads=1)
    draw(summary, tmp_path / "floors.png")
    text = (tmp_path / "floors.csv").read_text()
    for metric in ("kl", "floor", "mismatch"):
        assert all(f"{row.estimate!r}" in text for row in summary.select(metric=metric))


@pytest.mark.parametrize(
    ("design", "message"),
    [
        (study([CHAIN], population={"kind": "ring"}), "such as those of markov-rows, not ring"),
        (study([{"kind": "row-transformer", "categories": [7]}]), r"divergence.generators \(row-transformer\)"),
        (study([{"kind": "scaled-majority"}]), r"\(scaled-majority\): no law is known of what it makes"),
        (study([CHAIN], population={"kind": "dirichlet-rows"}), "divergence.floor: needs laws that are known"),
        (study([CHAIN], population={"kind": "markov-rows", "levels": 9}), r"expected at most 65536 rows, got 9\^6"),
        (
            study([{"kind": "in-context-transformer"}], population={"kind": "dirichlet-rows"},
                  sample={"groups": [64, 64]}, divergence={"generators": [{"kind": "in-context-transformer"}]}),
            "reads at most 63 rows, got 64",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_summed_up_is_refused(design: dict[str, Any], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        load_design(design)
