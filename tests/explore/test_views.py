"""What the page is told of a state: curves, words, the map, the geometry, a comparison."""

import numpy as np
import pytest

from synththeory.errors import DesignError
from synththeory.explore.contrasts import contrast
from synththeory.explore.disabled import disabled
from synththeory.explore.forecasts import best_forecast
from synththeory.explore.geometry import geometry
from synththeory.explore.maps import shown_map
from synththeory.explore.presets import QUESTIONS, presets
from synththeory.explore.simulation import Runner
from synththeory.explore.state import State
from synththeory.explore.views import page, theory
from synththeory.sim.design.studies import load_design, studies
from synththeory.sim.results.summary import predicted
from synththeory.theory import predict

LIGHT = {
    "sample.majority": 400,
    "sample.minority": 40,
    "augmentation.multipliers": [0.0, 1.0, 2.0],
    "augmentation.generators": [{"kind": "oracle"}, {"kind": "gaussian-fit", "shrinkage": 0.1}],
}


def light(**changes: object) -> State:
    """The headline's second cell, made quick."""
    return State("headline", 1, LIGHT | {key.replace("__", "."): value for key, value in changes.items()})


def test_a_line_goes_through_the_tables_theory() -> None:
    state = light()
    view = theory(state)
    (cell,) = state.design.cells
    for line in view.lines:
        (arm,) = (arm for arm in cell.arms if arm.label == line.arm)
        forecast = arm.prediction(cell.population, cell.counts)
        assert forecast is not None
        at, values = np.array(line.points).T
        told = forecast.curve(view.metric_key)
        assert told is not None
        for (multiplier, _), value in zip(arm.points, told, strict=True):
            assert values[np.abs(at - multiplier).argmin()] == pytest.approx(value, rel=1e-12)
        assert line.best is None or line.best[1] <= values.min()


def test_the_answer_has_three_sentences_with_numbers() -> None:
    sentences = theory(light()).answer
    assert len(sentences) == 3
    assert "n₀ = 400, n₁ = 40" in sentences[0]
    symmetric = State("headline", 0, {**LIGHT, "population.dimension": 4, "sample.majority": 4000})
    assert theory(symmetric).answer[1].startswith("Adding rows does not help")
    assert "times adding nothing" in theory(symmetric).answer[2]


@pytest.mark.parametrize(
    ("study", "reason"), [("craft", "exact risk"), ("digits", "exact risk"), ("size_curve_jitter", "No theory")]
)
def test_where_theory_is_silent_it_says_why(study: str, reason: str) -> None:
    view = theory(State(study, 0))
    assert view.lines == ()
    assert reason in view.caption


@pytest.mark.parametrize(("angle", "mirrored"), [(30.0, 150.0), (150.0, 30.0)])
def test_the_maps_values_are_those_of_every_size_tried(angle: float, mirrored: float) -> None:
    """Against theory at every whole size, without an optimiser; a map read at the mirrored angle would not pass."""
    state = light(augmentation__generators=[{"kind": "steered-gaussian", "angle": angle, "ratio": 0.225}])
    found, (cell,) = shown_map(state).map, state.design.cells
    gap = cell.counts[0] - cell.counts[1]
    risks = predict(cell.population, cell.arms[0].generator, cell.learner, *cell.counts, np.arange(8 * gap)).total
    wanted = [risks.argmin() / gap, risks[gap] / risks.min()]
    at_page = [found.surfaces[0].value, found.surfaces[2].value]
    assert at_page == pytest.approx(wanted, rel=5e-3)
    assert found.here == (angle, 0.225)
    row = int(np.abs(found.y.values - 0.225).argmin())
    for place, agrees in ((angle, True), (mirrored, False)):
        column = int(np.abs(found.x.values - place).argmin())
        drawn = [found.surfaces[each].values[row, column] for each in (0, 2)]
        assert (drawn == pytest.approx(wanted, rel=0.02)) is agrees
    (line,) = theory(state).lines
    assert line.best is not None
    assert line.best[0] == pytest.approx(at_page[0], rel=1e-9)


def test_a_move_on_the_map_changes_the_drawn_generator() -> None:
    found = shown_map(light(augmentation__generators=[{"kind": "steered-gaussian", "angle": 30.0, "ratio": 0.2}])).map
    assert [change.key for axis in (found.x, found.y) for change in axis.changes] == [
        "augmentation.generators.0.angle",
        "augmentation.generators.0.ratio",
    ]
    assert shown_map(State("multitask", 0)).map.surfaces == shown_map(State("multitask", 0)).names == ()


def test_two_gaussian_classes_have_the_map_of_gains() -> None:
    state = State("phase_diagram", 3, {"population.minority.0.scale": 0.8, "sample.minority": 100})
    found, (cell,) = shown_map(state).map, state.design.cells
    (gain,) = found.surfaces
    assert found.here == (0.8, 100.0)
    known = [predicted(best_forecast(cell, arm), "excess_risk", cell) for arm in cell.arms]
    levels = [float(values[0]) for values in known if values is not None]
    assert len(levels) == 5
    synthetic, free = min(levels[:2]), min(levels[2:])
    assert gain.value == pytest.approx(synthetic / free, rel=0.02)  # the study has a penalty, the map none
    column, row = found.x.values.tolist().index(0.8), found.y.values.tolist().index(100)
    assert gain.values[row, column] == pytest.approx(gain.value, rel=1e-9)
    assert gain.values[row, column + 2] > 1.1 * gain.value  # nearer to one shape there is less to gain


def test_least_squares_of_two_gaussian_classes_has_both_maps() -> None:
    state = light()
    both = shown_map(state).names
    found = shown_map(state, both[1]).map
    assert (shown_map(state).map.name, found.name) == both == ("error of a generator", "gain of synthetic rows")
    assert found.here == (1.0, 40.0)
    for axis, place in ((found.x, 0.8), (found.y, 100)):
        for change in axis.changes:
            state = state.changed(change.key, place if change.written is None else change.written)
    (cell,) = state.design.cells
    assert cell.counts == (1000, 100)  # the ratio stays
    moved = shown_map(state, both[1]).map
    assert (moved.here, moved.surfaces[0].value) == (
        (0.8, 100.0),
        pytest.approx(found.surfaces[0].values[2, 3], rel=1e-9),
    )
    assert {change.key for axis in (moved.x, moved.y) for change in axis.changes} == {
        "population.minority.0.scale",
        "sample.minority",
    }


def test_what_would_be_refused_is_disabled_with_the_designs_own_reason() -> None:
    (fix,) = (each for each in disabled(light()) if each.name == "free fix: re-priored")
    assert "needs the logistic learner" in fix.reason
    assert disabled(light(learner__kind="logistic")) == ()
    silent = disabled(State("symmetry_test", 0))
    assert {each.reason.partition(":")[0] for each in silent} == {"a study with [test] has no use for [augmentation]"}
    with pytest.raises(DesignError):
        disabled(light(sample__minority=-5))


def test_a_map_without_a_steered_generator_adds_one() -> None:
    first, *_ = shown_map(light()).map.x.changes
    assert first.key == "augmentation.generators"
    assert [each["kind"] for each in first.written][-1] == "steered-gaussian"


def test_the_geometry_holds_the_rows_of_replication_0() -> None:
    found = geometry(light())
    assert [len(cloud.points) for cloud in found.clouds] == [400, 360, 40]
    assert [arrow.words for arrow in found.arrows] == ["g_φ", "g_ψ"]
    assert len(found.lines) == 2
    assert geometry(State("multitask", 0)).clouds == ()


def test_a_difference_is_paired_where_the_draws_are_the_same() -> None:
    runner, one = Runner(), light()
    same = contrast(one, light(learner__ridge=1e-2), runner)
    other = contrast(one, light(population__mean=[1.2, 0.0]), runner)
    assert (same.paired, other.paired) == (True, False)
    assert "paired" in same.words
    assert "independent" in other.words
    assert all(difference.mcse > 0.0 for difference in (*same.differences, *other.differences))
    assert all(difference.estimate == 0.0 for difference in contrast(one, one, runner).differences)
    with pytest.raises(DesignError, match="A is measured by"):
        contrast(one, State("symmetry_test", 0), runner)


def test_presets_are_questions_and_every_cell() -> None:
    listed = presets()
    assert listed[: len(QUESTIONS)] == QUESTIONS
    cells = {(each.state.study, each.state.cell) for each in listed[len(QUESTIONS) :]}
    assert {study for study, _ in cells} == set(studies())
    assert len([study for study, _ in cells if study == "headline"]) == len(load_design("headline").cells)
    for question in QUESTIONS:
        assert page(question.state).problems == ()
        assert page(question.state).notice == question.notice
