"""Every kernel on one small input, compiled or interpreted: run as a script it saves what the interpreter makes."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels import (
    cholesky,
    cosines,
    density_groups,
    draw,
    gram,
    mixture,
    multinomial,
    neighbours,
    newton,
    random,
    resampling,
    scores,
    signed,
    softplus,
    sums,
    symmetry,
)

Outputs = dict[str, NDArray[Any]]
KEY = (np.uint64(2**63 + 11), np.uint64(12))
REPLICATIONS = np.array([0, 5, 2**64 - 1], dtype=np.uint64)
PURPOSE = np.uint64(2**64 - 3)


def streams() -> Outputs:
    """Stream states, uniforms and normals."""
    states = np.empty((3, 4), dtype=np.uint64)
    uniforms, normals = np.empty((3, 50)), np.empty((3, 4000))
    random.stream_states(*KEY, REPLICATIONS, PURPOSE, states)
    random.fill_uniform(*KEY, REPLICATIONS, PURPOSE, uniforms)
    random.fill_normal(*KEY, REPLICATIONS, PURPOSE, normals)
    return {"stream_states": states, "fill_uniform": uniforms, "fill_normal": normals}


def rows() -> Outputs:
    """Everything that shapes rows."""
    rng = np.random.default_rng(1)
    uniforms, normals = rng.random((2, 60)), rng.standard_normal((2, 20, 3))
    cube, signs, sphere, moved = uniforms.copy(), uniforms.copy(), normals.copy(), normals.copy()
    draw.centre_uniforms(cube)
    draw.sign_uniforms(signs)
    draw.project_to_sphere(sphere)
    draw.add_to_rows(moved, normals[:, 0].copy())
    mapped, picked, segments = np.empty((2, 20, 3)), np.empty((2, 60, 3)), np.empty((2, 20, 3))
    draw.affine_rows(normals, normals[:, 0].copy(), rng.standard_normal((2, 3, 3)), mapped)
    draw.pick_rows(normals, uniforms, picked)
    mixed, stretched = normals.copy(), normals.copy()
    full = normals[0, 2:8].reshape(2, 3, 3).copy()
    for noise, factors in ((mixed, full), (stretched, full * np.eye(3))):
        draw.mixture_rows(noise, uniforms[:, :20].copy(), np.array([0.3, 1.0]), normals[0, :2].copy(), factors)
    taken = np.empty((2, 5, 3))
    draw.take_rows(normals, rng.integers(0, 20, (2, 5)), taken)
    outside, inside = np.empty((2, 5), dtype=np.int64), np.empty((2, 4), dtype=np.int64)
    draw.split_places(np.array([[8, 1, 6, 3, 0, 5, 2, 7, 4]] * 2), 2, 6, outside, inside)
    shares, centres, roots = np.empty((2, 2)), np.empty((2, 2, 3)), np.empty((2, 2, 3, 3))
    mixture.fit_mixtures(normals, uniforms[:, :2].copy(), 1e-6, 1e-9, 5, shares, centres, roots)
    near = np.empty((2, 20, 4), dtype=np.int64)
    neighbours.nearest_neighbours(normals, near)
    draw.interpolate_rows(normals, near, uniforms.reshape(2, 20, 3), segments)
    waves = np.empty((20, 7))
    cosines.fourier_features(normals[0].copy(), rng.standard_normal((3, 7)), rng.random(7), waves)
    return {
        "centre_uniforms": cube, "sign_uniforms": signs, "project_to_sphere": sphere, "add_to_rows": moved,
        "affine_rows": mapped, "mixture_rows": mixed, "mixture_rows diagonal": stretched, "pick_rows": picked,
        "take_rows": taken, "split_places": outside, "split_places inside": inside,
        "fit_mixtures": shares, "fit_mixtures means": centres, "fit_mixtures factors": roots,
        "nearest_neighbours": near, "interpolate_rows": segments, "fourier_features": waves,
    }  # fmt: skip


def grouped() -> Outputs:
    """GK-SMOTE's groups, corrected and as published, among rows with twins, and what they make."""
    rng = np.random.default_rng(5)
    minority, majority = rng.standard_normal((2, 15, 3)) + 0.5, rng.standard_normal((2, 40, 3))
    minority[:, 3], minority[:, 5] = minority[:, 4], majority[:, 2]
    densities = np.empty((2, 15))
    density_groups.spread_densities(minority, 4, densities)
    outputs: Outputs = {"spread_densities": densities}
    for faithful in (False, True):
        values, groups, members = np.empty((2, 15)), *(np.zeros((2, 15), dtype=np.int64) for _ in range(2))
        density_groups.density_groups(minority, majority, 4, faithful, values, groups)
        counts, near = np.zeros((2, 2), dtype=np.int64), np.zeros((2, 15, 4), dtype=np.int64)
        density_groups.group_partners(minority, groups, members, counts, near)
        made = np.empty((2, 25, 3))
        density_groups.group_segments(minority, members, counts, near, rng.random((2, 25, 3)), made)
        for name, found in (("density_groups", values), ("density_groups status", groups), ("group_partners", near),
                            ("group_partners counts", counts), ("group_segments", made)):  # fmt: skip
            outputs[f"{name} {faithful}"] = found
    return outputs


def fits() -> Outputs:
    """Gram matrices below and above the tile's width, and fits from them: regular, singular and infinite."""
    rng = np.random.default_rng(2)
    sizes = np.array([[0, 4, 30], [2, 2, 11], [30, 30, 30]])
    outputs: Outputs = {}
    for dimension in (3, 7):
        data, labels, weights = (rng.standard_normal(shape) for shape in ((3, 30, dimension), (3, 30), (3, 30)))
        steps = np.empty((3, 3, dimension + 2, dimension + 2))
        gram.nested_gram(data, labels, np.abs(weights), sizes, steps)
        outputs[f"nested_gram {dimension}"] = steps
        signed = np.empty_like(steps)
        gram.nested_gram(data, labels, weights, sizes, signed)
        outputs[f"nested_gram signed {dimension}"] = signed
        steps[2, 1, 0, 0] = np.inf
        coefficients, status = np.empty((3, 3, dimension + 1)), np.empty((3, 3), dtype=np.uint8)
        cholesky.least_squares_path(np.zeros((3, 1, *steps.shape[2:])), steps, 0.0, coefficients, status)
        outputs[f"least_squares_path {dimension}"] = coefficients
        outputs[f"least_squares_path status {dimension}"] = status
    return outputs


def nested() -> Outputs:
    """Sums of noise of every kind and of SMOTE rows, then moved, mapped and labelled."""
    rng = np.random.default_rng(4)
    sizes = np.array([[0, 5, 70], [1, 1, 9], [64, 65, 65]])
    outputs: Outputs = {}
    for kind, dimension in enumerate((3, 7, 3, 9)):
        made = np.empty((3, 3, dimension + 1, dimension + 1))
        sums.noise_sums(kind, *KEY, REPLICATIONS, PURPOSE, sizes, made)
        outputs[f"noise_sums {kind}"] = made
    seeds, uniforms = rng.standard_normal((3, 12, 9)), rng.random((3, 70, 3))
    near = np.empty((3, 12, 4), dtype=np.int64)
    neighbours.nearest_neighbours(seeds, near)
    segments, moved, mapped = (np.empty((3, 3, 10, 10)) for _ in range(3))
    sums.segment_sums(seeds, near, uniforms, sizes, segments)
    sums.shifted_sums(segments, seeds[:, 0].copy(), moved)
    sums.mapped_sums(segments, rng.standard_normal((3, 9, 9)), mapped)
    labelled = np.empty((3, 3, 11, 11))
    sums.labelled_sums(segments, -1.5, labelled)
    return outputs | {
        "segment_sums": segments, "shifted_sums": moved, "mapped_sums": mapped, "labelled_sums": labelled,
    }  # fmt: skip


def logistic() -> Outputs:
    """Newton fits, one of them separated, and the expected softplus."""
    rng = np.random.default_rng(3)
    data = rng.standard_normal((2, 40, 3))
    labels = (rng.random((2, 40)) < 0.4).astype(np.float64)
    labels[1] = data[1, :, 0] > 0.0
    weights = 0.5 + rng.random((2, 40))
    coefficients, status = np.empty((2, 3, 4)), np.empty((2, 3), dtype=np.uint8)
    sizes = np.array([[0, 3, 40], [0, 20, 40]])
    newton.logistic_path(
        data, labels, weights, data, labels, weights, sizes, np.zeros((2, 3)), True, 1e6, coefficients, status
    )
    minimisers, codes = np.empty((2, 2, 4)), np.empty((2, 2), dtype=np.uint8)
    turned = np.where(np.arange(40) % 3 == 0, -weights, weights)
    signed.signed_logistic_path(
        data, labels, turned, data, labels, weights, sizes[:, 1:].copy(), np.full((2, 2), 2.0), True, 30.0, minimisers,
        codes,
    )  # fmt: skip
    hard, thetas, outcomes = np.tile(np.eye(3)[np.arange(40) % 3], (2, 1, 1)), np.empty((2, 3, 3, 4)), status.copy()
    multinomial.multinomial_path(
        data, hard, weights, data, hard, weights, sizes, np.full((2, 3), 0.5), True, 1e6, thetas, outcomes
    )
    expected = np.empty(4)
    softplus.expected_softplus(np.array([0.0, -3.0, 50.0, np.inf]), np.array([1.0, 0.0, 5.0, 1.0]), expected)
    return {
        "logistic_path": coefficients, "logistic_path status": status, "expected_softplus": expected,
        "multinomial_path": thetas, "multinomial_path status": outcomes,
        "signed_logistic_path": minimisers, "signed_logistic_path status": codes,
    }  # fmt: skip


def tests() -> Outputs:
    """The symmetry test's sums, one data set with dependent columns."""
    rng = np.random.default_rng(4)
    majority, minority = rng.standard_normal((2, 30, 3)), rng.standard_normal((2, 9, 3))
    majority[1, :, 2], minority[1, :, 2] = majority[1, :, 0], minority[1, :, 0]
    g_phi, totals, status = np.zeros((2, 4)), np.zeros((2, 6)), np.empty(2, dtype=np.uint8)
    symmetry.symmetry_sums(majority, minority, np.array([-0.5, 0.5]), g_phi, totals, status)
    found = {"symmetry_sums": totals[:1], "symmetry_sums g_phi": g_phi[:1], "symmetry_sums status": status}
    made, g_drawn, codes = np.zeros((3, 6)), np.zeros((3, 4)), np.empty(3, dtype=np.uint8)
    kinds, counts = np.array([sums.CUBE, sums.GAUSSIAN]), np.array([270, 12])
    centres, scales, purposes = rng.standard_normal((2, 3)), rng.random((2, 3)), np.array([PURPOSE, 1], dtype=np.uint64)
    symmetry.drawn_symmetry_sums(
        *KEY, REPLICATIONS, purposes, kinds, centres, scales, counts, np.array([-0.5, 0.5]), g_drawn, made, codes
    )
    drawn = {"drawn_symmetry_sums": made, "drawn_symmetry_sums g_phi": g_drawn, "drawn_symmetry_sums status": codes}
    rows, slopes, bends = rng.standard_normal((3, 39, 2)), rng.standard_normal((3, 39)), rng.random((3, 39))
    rows[1, :, 1] = rows[1, :, 0]
    again, states = np.zeros((3, 4, 5)), np.empty((3, 4), dtype=np.uint8)
    resampling.resampled_sums(
        *KEY, REPLICATIONS, PURPOSE, rows, slopes, bends, np.array([30, 9]), np.tile(0.1 * np.eye(2), (3, 1, 1)), again,
        states,
    )  # fmt: skip
    return found | drawn | {"resampled_sums": again, "resampled_sums status": states}


def moments() -> Outputs:
    """Score moments of both losses, with an intercept and without, over more than one panel."""
    rng = np.random.default_rng(4)
    outputs: Outputs = {}
    for logistic, size in ((True, 4), (False, 3)):
        total, products, curvature = np.empty((2, size)), np.empty((2, size, size)), np.empty((2, size, size))
        data, theta = rng.standard_normal((2, 530, 3)), rng.standard_normal((2, size))
        scores.score_moments(data, theta, 1.0, logistic, total, products, curvature)
        for name, value in (("", total), (" products", products), (" curvature", curvature)):
            outputs[f"score_moments{name} {size}"] = value
    return outputs


def outputs() -> Outputs:
    """What all kernels make, by kernel name."""
    parts: tuple[Callable[[], Outputs], ...] = (streams, rows, grouped, fits, nested, logistic, tests, moments)
    return {name: value for part in parts for name, value in part().items()}


if __name__ == "__main__":
    with np.errstate(over="ignore", invalid="ignore"):  # words wrap around; hostile input is not a number
        made: dict[str, Any] = outputs()
        np.savez(sys.argv[1], **made)
