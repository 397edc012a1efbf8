"""The parts of a figure: placement, colours, words, layouts."""

import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from scipy.optimize import isotonic_regression

from synththeory import load_design, simulate
from synththeory.figures.curves import draw_curves
from synththeory.figures.parts.axes import log_ticks, multiplier_axis, power_of_ten, scale_y
from synththeory.figures.parts.captions import key_words, swept_words
from synththeory.figures.parts.frame import letter
from synththeory.figures.parts.labels import EndLabel, label_ends, rising, separated, wrapped
from synththeory.figures.parts.style import Name, looks
from synththeory.figures.sizes import PAPERS, Curves, Sweep, shape_of
from synththeory.figures.sweeps import draw_sweep
from synththeory.sim.design.studies import studies
from synththeory.sim.results.summary import Summary

METRICS = ("excess_risk", "parameter_error")


def summary_of(**settings: object) -> Summary:
    """A small study of closed-form arms."""
    generators = [{"kind": kind} for kind in ("oracle", "bootstrap")]
    changes = {
        "monte_carlo.replications": 4,
        "augmentation.generators": generators,
        "augmentation.baselines": [],
        **settings,
    }
    return simulate(load_design("headline", changes))


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12), st.floats(0.001, 0.04))
def test_separated_intervals_do_not_overlap_and_stay_inside(targets: list[float], half: float) -> None:
    wanted, halves = np.array(targets), np.full(len(targets), half)
    placed = separated(wanted, halves)
    ordered = np.sort(placed)
    assert np.all(np.diff(ordered) >= 2.0 * half - 1e-12)
    assert ordered[0] >= half - 1e-12
    assert ordered[-1] <= 1.0 - half + 1e-12
    assert np.array_equal(np.argsort(placed, kind="stable"), np.argsort(wanted, kind="stable"))


def test_separated_leaves_what_already_fits() -> None:
    targets = np.array([0.8, 0.2, 0.5])
    assert separated(targets, np.full(3, 0.1)) == pytest.approx(targets)


def test_separated_is_the_least_squares_answer() -> None:
    placed = separated(np.array([0.5, 0.5, 0.9]), np.array([0.1, 0.2, 0.05]))
    assert placed == pytest.approx([0.35, 0.65, 0.9])


def test_end_labels_do_not_touch() -> None:
    figure = Figure(figsize=(3.0, 2.0))
    axes = figure.add_axes((0.2, 0.2, 0.7, 0.7))
    axes.set_xlim(0.0, 4.0)
    axes.set_ylim(0.0, 1.0)
    label_ends(axes, [EndLabel(f"arm {i}", 4.0, 0.5 + 0.001 * i, "black") for i in range(6)])
    boxes = sorted((text.get_window_extent() for text in axes.texts), key=lambda box: box.y0)
    frame = axes.get_window_extent()
    assert all(low.y1 <= high.y0 + 1e-6 for low, high in itertools.pairwise(boxes))
    assert all(frame.x0 < box.x0 and box.x1 <= frame.x1 for box in boxes)
    ends = axes.transData.transform([(4.0, 0.5)])[0, 0]
    assert all(box.x0 > ends for box in boxes)


@pytest.mark.parametrize("study", studies())
def test_no_two_cells_of_a_study_have_one_title(study: str) -> None:
    cells = load_design(study).cells
    swept = [cell.swept for cell in cells]
    assert len({swept_words(cell, beside=swept) for cell in cells}) == len(cells)


def test_a_title_names_what_differs_between_components_of_one_kind() -> None:
    forest = {"kind": "external", "class": "sklearn.ensemble.RandomForestClassifier"}
    learners = [forest | {"clip": clip, "settings": {"max_depth": depth}} for clip, depth in ((0.001, 3), (0.01, 3))]
    cells = load_design("craft", {"sweep": {"learner": [*learners, {"kind": "logistic"}]}}).cells
    swept = [cell.swept for cell in cells]
    assert [swept_words(cell, beside=swept) for cell in cells] == [
        "RandomForestClassifier, clip = 0.001", "RandomForestClassifier, clip = 0.01", "logistic"
    ]  # fmt: skip
    assert swept_words(cells[0]) == "RandomForestClassifier"


def test_a_mixture_too_long_for_a_title_is_told_by_its_shape() -> None:
    cells = load_design("other_shapes").cells[::3]
    swept = [{"population": cell.swept["population"]} for cell in cells]
    told = [swept_words(cell, own, swept) for cell, own in zip(cells, swept, strict=True)]
    assert all(each.startswith(r"$d=10$, $\delta=3$, ") for each in told)
    assert [each.split("$, ")[-1] for each in told] == [
        "skewness 0.98 each",
        "skewness 0.98 each, spread × 1.25",
        "skewness 0.98 and −0.98",
        "excess kurtosis 3.4 each",
        "excess kurtosis 3.4 each, spread × 1.25",
        "excess kurtosis 0 and 3.4",
    ]


def test_a_number_is_called_by_its_symbol_in_titles_and_on_axes() -> None:
    cell = load_design("mixing_exponent").cells[0]
    assert swept_words(cell, {"sample.minority": 100}) == "$n_1=100$"
    assert swept_words(cell, {"learner.steps": 100}) == "steps = 100"
    assert key_words("learner.omega") == r"exponent of uneven margins, $\omega$"


def test_wrapped_keeps_formulas_whole_and_fits() -> None:
    figure = Figure(figsize=(3.0, 2.0))
    text = wrapped(figure, r"words before $a + b = c + d$ and words after it, quite a few of them", 8.0, 1.2)
    assert "$a + b = c + d$" in text
    assert text.count("\n") >= 2
    probe = figure.text(0.0, 0.0, text, fontsize=8.0)
    assert probe.get_window_extent().width <= 1.25 * figure.dpi


def test_an_arm_has_one_colour_in_every_figure() -> None:
    assert looks([Name("smote")])["smote"] == looks(map(Name, ["oracle", "bootstrap", "smote"]))["smote"]


def test_arms_of_one_figure_have_different_colours() -> None:
    arms = ["smote k=3", "smote k=10", "oracle", "gaussian-fit", "gaussian", "mine", "yours", "theirs"]
    assert len({look.colour for look in looks(map(Name, arms)).values()}) == len(arms)


def test_more_arms_than_colours_still_get_one() -> None:
    assert len(looks(Name(f"arm {i}") for i in range(30))) == 30


def test_letters_go_on_after_z() -> None:
    assert [letter(place) for place in (0, 25, 26, 27, 52)] == ["a", "z", "aa", "ab", "ba"]


@pytest.mark.parametrize(("values", "scale"), [([0.001, 0.1], "log"), ([0.4, 0.5], "linear"), ([-0.1, 5.0], "linear")])
def test_logarithms_only_where_they_help(values: list[float], scale: str) -> None:
    axes = Figure().add_subplot()
    scale_y([axes], values)
    assert axes.get_yscale() == scale
    low, high = axes.get_ylim()
    assert low <= min(values)
    assert high >= max(values)


@pytest.mark.parametrize("values", [[0.9903, 0.9923], [0.0, 0.001], [0.5, 0.501], [0.9, 1.0]])
def test_a_scale_of_shares_does_not_make_much_of_nothing(values: list[float]) -> None:
    axes = Figure().add_subplot()
    scale_y([axes], values, share=True)
    low, high = axes.get_ylim()
    assert low <= min(values) < max(values) <= high
    assert high - low > 0.02
    assert 0.0 - 0.002 < low < high < 1.0 + 0.1 * (high - low)


def test_log_ticks_are_plain_numbers_or_all_powers() -> None:
    axes = Figure().add_subplot()
    axes.set_yscale("log")
    log_ticks(axes.yaxis, 1e-3, 1e-1)
    assert axes.yaxis.get_major_formatter()(0.002, 0) == "0.002"
    log_ticks(axes.yaxis, 1e-6, 1e-1)
    assert axes.yaxis.get_major_formatter()(0.01, 0) == "$10^{-2}$"
    assert power_of_ten(2e-5) == r"$2\times 10^{-5}$"


@pytest.mark.parametrize("last", [0.2, 1.0, 2.0, 4.0, 37.0])
def test_balance_is_marked_where_it_is_in_sight(last: float) -> None:
    axes = Figure().add_subplot()
    multiplier_axis(axes, last)
    assert [text.get_text() for text in axes.texts] == (["balance"] if last >= 1.0 else [])
    assert 3 <= len(axes.get_xticks()) <= 8


def test_arms_without_multiplier_are_horizontal_lines() -> None:
    summary = summary_of(**{"augmentation.baselines": ["reweighted"]})
    drawing = draw_curves(summary, ["excess_risk"], False, "")
    drawn = [point for point in drawing.points if point.arm == "reweighted" and point.layer == "simulation"]
    rows = summary.select(arm="reweighted", metric="excess_risk")
    assert [point.y for point in drawn] == [row.estimate for row in rows]
    assert all(np.isnan(point.x) for point in drawn)
    level = drawn[0].y
    lines = [list(line.get_ydata()) for line in drawing.figure.axes[0].lines]  # type: ignore[arg-type]
    assert [level, level] in lines


def test_failed_points_leave_gaps_and_are_counted() -> None:
    summary = summary_of()
    nothing = {"estimate": np.nan, "mcse": np.nan, "lower": np.nan, "upper": np.nan, "failed": 4}
    rows = tuple(replace(row, **nothing) if row.multiplier == 1.0 else row for row in summary.rows)  # type: ignore[arg-type]
    failures = tuple(replace(entry, failed=4) for entry in summary.failures)
    figure = draw_curves(replace(summary, rows=rows, failures=failures), ["excess_risk"], False, "").figure
    assert any("16 failed fits left out" in text.get_text().replace("\n", " ") for text in figure.texts)


def test_floor_of_the_biased_generator_is_the_exact_bias() -> None:
    design = load_design("alignment_biased", {"monte_carlo.replications": 2})
    points = draw_sweep(simulate(design), "sample.minority", METRICS, "").points
    floors = {point.metric: point for point in points if point.layer == "floor"}
    assert floors["excess_risk"].multiplier == 1.0
    assert floors["excess_risk"].y == pytest.approx(0.016169, abs=1e-6)
    assert floors["parameter_error"].y == pytest.approx(np.sqrt(0.016169 / 1.5), rel=1e-4)  # R(θ) − R(θ*) = 1.5 gap²


def test_guide_has_the_theorem_slope() -> None:
    design = load_design("alignment_biased", {"monte_carlo.replications": 4})
    points = draw_sweep(simulate(design), "sample.minority", METRICS, "").points
    for metric, exponent in (("excess_risk", -1.0), ("parameter_error", -0.5)):
        first, last = (point for point in points if point.layer == "guide" and point.metric == metric)
        assert np.log(last.y / first.y) / np.log(last.x / first.x) == pytest.approx(exponent)


SWEPT = [
    ({}, Curves(METRICS, shared=True)),
    ({"population.noise": ["cube", "sphere"]}, Curves(("excess_risk",), shared=True)),
    ({"population.dimension": [2, 3]}, Curves(("excess_risk",))),
    ({"sample.minority": [10, 20, 30]}, Sweep(METRICS, "sample.minority")),
    ({"sample.minority": [10, 20, 30], "population.shift": [0.5, 1.0]}, Sweep(("excess_risk",), "sample.minority")),
]


@pytest.mark.parametrize(("sweep", "layout"), SWEPT)
def test_shape_follows_the_sweep(sweep: dict[str, list[object]], layout: Curves | Sweep) -> None:
    design = load_design(
        {
            "study": "shape",
            "population": {"kind": "mean-shift", "dimension": 2},
            "sample": {"majority": 200, "minority": 10},
            "augmentation": {"multipliers": [0.0, 1.0], "generators": [{"kind": "oracle"}]},
            "learner": {"kind": "least-squares"},
            "sweep": sweep,
        }
    )
    assert shape_of(design, METRICS) == layout


def test_paper_layouts_name_studies_that_exist() -> None:
    assert set(PAPERS) <= set(studies())


def test_a_figure_of_no_study_is_refused_in_one_line() -> None:
    script = Path(__file__).parents[2] / "paper_figures" / "draw.py"
    ran = subprocess.run([sys.executable, str(script), "headlin"], capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: ")
    assert "headline" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


@given(st.lists(st.floats(-10.0, 10.0), max_size=9))
def test_the_nearest_rising_sequence_is_isotonic_regression(values: list[float]) -> None:
    """SciPy's, which takes as long to load as a figure takes to draw."""
    expected = isotonic_regression(np.array(values)).x if values else []
    np.testing.assert_allclose(rising(np.array(values)), expected, atol=1e-12)
