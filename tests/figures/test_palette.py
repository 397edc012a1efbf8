"""Figures in grey and to the colour-blind: colours stay apart under simulated vision, marks tell apart what is left."""

import itertools

import numpy as np
import pytest

from synththeory.arrays import Array, Vector
from synththeory.figures.parts.style import Name, looks

VISION = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "normal": np.eye(3).tolist(),
}
"""Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB."""
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = XYZ.sum(axis=1)
USUAL = ("oracle", "smote", "gaussian-fit", "semi-oracle", "bootstrap", "jitter", "reweighted")
"""Arms that are often drawn together."""
APART = 10.0
"""CIE 1976 distance that is told apart at a glance: about four just noticeable ones."""


def linear(colour: str) -> Vector:
    """Linear RGB of #rrggbb."""
    values = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255.0
    return np.asarray(np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4))


def lab(rgb: Vector) -> Vector:
    """CIE L*a*b* of linear RGB."""
    ratio = XYZ @ np.clip(rgb, 0.0, 1.0) / WHITE
    bent = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * bent[1] - 16, 500 * (bent[0] - bent[1]), 200 * (bent[1] - bent[2])])


def nearest(colours: list[str], vision: Array) -> float:
    """Smallest distance of two of the colours."""
    seen = [lab(vision @ linear(colour)) for colour in colours]
    return min(float(np.linalg.norm(one - other)) for one, other in itertools.combinations(seen, 2))


@pytest.mark.parametrize("vision", VISION)
def test_usual_arms_stay_apart(vision: str) -> None:
    found = looks(Name(kind) for kind in USUAL)
    assert nearest([look.colour for look in found.values()], np.array(VISION[vision])) > APART


def test_a_red_and_a_green_of_one_brightness_would_not() -> None:
    planted = ["#b35b5b", "#7d7d4f"]
    assert nearest(planted, np.array(VISION["deuteranopia"])) < APART < nearest(planted, np.array(VISION["normal"]))


def test_in_grey_every_arm_of_a_figure_has_a_mark_of_its_own() -> None:
    found = looks(Name(f"arm {place}") for place in range(10))
    assert len({look.mark for look in found.values()}) == len({look.colour for look in found.values()}) == 10
