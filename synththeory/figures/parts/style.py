"""House style: fonts, sizes, colours. Applied inside a context, so that nobody else's figures change.

Names and colours of arms are wanted by the explorer too: matplotlib is imported where it is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, cast

Colour = tuple[float, float, float]
INK = "#1a1a1a"
QUIET = "#6b6b6b"
RULE = "#b8b8b8"
RESOLUTION = 240
"""Dots an inch of the PNG."""

_PALETTE = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "black": "#000000",
    "wine": "#882255",
    "olive": "#999933",
    "grey": "#7f7f7f",
}
"""Okabe & Ito's colour-blind-safe palette without its yellow, too light for lines; then two of Tol's and a grey."""

_FIXED = {
    "oracle": "blue",
    "smote": "vermillion",
    "gaussian-fit": "green",
    "semi-oracle": "purple",
    "bootstrap": "orange",
    "jitter": "sky",
    "gaussian": "wine",
    "consistent-gaussian": "olive",
    "reweighted": "black",
    "re-priored": "grey",
    "chi2": "vermillion",
    "small-sample": "blue",
    "tg-vtss": "blue",
    "aipw": "blue",
    "ipw": "vermillion",
    "vtss": "purple",
}
_MARKS = dict(zip(_PALETTE, "os^DvPXhp<", strict=True))
_PRINTED = {
    "smote": "SMOTE",
    "gaussian": "fixed Gaussian",
    "gaussian-fit": "Gaussian fit",
    "consistent-gaussian": "consistent Gaussian",
    "chi2": r"$\chi^2$",
    "small-sample": "small-sample F",
    "tg-vtss": "TG-VTSS",
    "vtss": "VTSS",
}

_SETTINGS: dict[str, object] = {
    "font.family": "STIXGeneral",
    "font.size": 8.5,
    "mathtext.fontset": "stix",
    "axes.titlesize": 9.0,
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.6,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#ececec",
    "grid.linewidth": 0.5,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "ytick.minor.width": 0.4,
    "ytick.minor.size": 1.6,
    "xtick.minor.size": 0.0,
    "lines.linewidth": 1.2,
    "lines.solid_capstyle": "round",
    "pdf.fonttype": 42,
    "savefig.dpi": RESOLUTION,
    "figure.dpi": RESOLUTION,
}


@dataclass(frozen=True)
class Look:
    """How one arm is drawn: colour and marker both tell it apart, so the figure survives a grey copier; and a name."""

    colour: str
    mark: str
    name: str = ""


@contextmanager
def house_style() -> Iterator[None]:
    """The house style, from matplotlib's own defaults and not from the user's; the user's come back afterwards."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        cast(Any, mpl.rcParams).update(_SETTINGS)
        yield


class Named(Protocol):
    """Anything that has names, such as an arm."""

    @property
    def names(self) -> tuple[str, ...]:
        """The outermost choice first."""

    @property
    def label(self) -> str:
        """The names as one."""


@dataclass(frozen=True)
class Name:
    """A name that is no arm's, such as a value of the sweep."""

    label: str

    @property
    def names(self) -> tuple[str, ...]:
        """The one name."""
        return (self.label,)


def looks(arms: Iterable[Named]) -> dict[str, Look]:
    """Colour, marker and printed name of every arm of a figure, by its label.

    An arm whose outermost name is a kind has one colour in every figure, any other the one its digest points at; where
    two arms of a figure would share a colour, the later one takes the next that is free.

    Parameters
    ----------
    arms : iterable of Named
        In the order of the design.
    """
    palette, every = list(_PALETTE), {arm.label: arm for arm in arms}
    chosen: dict[str, str] = {}
    for arm in sorted(every.values(), key=lambda arm: (arm.names[0] not in _FIXED, len(arm.names) > 1)):
        kind = arm.names[0]
        first = palette.index(_FIXED[kind]) if kind in _FIXED else _digest(arm.label) % len(palette)
        turned = palette[first:] + palette[:first]
        chosen[arm.label] = next((colour for colour in turned if colour not in chosen.values()), turned[0])
    return {
        label: Look(_PALETTE[chosen[label]], _MARKS[chosen[label]], printed(*arm.names)) for label, arm in every.items()
    }


def printed(*names: str) -> str:
    """Names as they are printed; one its author chose is left as it is."""
    return ", ".join(_PRINTED.get(name, name) for name in names)


def lightened(colour: str, share: float) -> Colour:
    """A colour mixed with white; share 0 leaves it, share 1 is white."""
    from matplotlib.colors import to_rgb

    red, green, blue = (value + (1.0 - value) * share for value in to_rgb(colour))
    return red, green, blue


def _digest(arm: str) -> int:
    return hashlib.blake2b(arm.encode(), digest_size=1).digest()[0]
