"""What every number of a design is called, and over which range a person would move it.

One table for the explorer's controls and the axes of figures. A quantity is named by the design's table and its key,
such as ``population.dimension``; ``population.ring.spread`` where a kind gives a common word another meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scale = Literal["linear", "log"]


@dataclass(frozen=True)
class Quantity:
    """A number of a design.

    Attributes
    ----------
    label : str
        In words, such as ``"class ratio"``.
    symbol : str
        The paper's, as plain text with Unicode letters; empty where it has none.
    low, high : float
        The range of a slider; a number box takes what the design takes.
    step : float
        One key press: added on a linear scale; on a logarithmic one the factor is 10 to this power.
    scale : {"linear", "log"}
        How the range is laid out.
    whole : bool
        Whether it is an integer.
    unit : str
        Said after the value; empty for a pure number.
    tex : str
        The symbol as figures print it, in TeX; empty where they print none.
    """

    label: str
    symbol: str
    low: float
    high: float
    step: float
    scale: Scale = "linear"
    whole: bool = False
    unit: str = ""
    tex: str = ""

    @property
    def words(self) -> str:
        """Label and symbol, such as ``class ratio, n₀/n₁``."""
        return f"{self.label}, {self.symbol}" if self.symbol else self.label


def _count(label: str, symbol: str, low: int, high: int, unit: str = "") -> Quantity:
    """A number of rows or folds on a linear scale."""
    return Quantity(label, symbol, low, high, 1.0, whole=True, unit=unit)


def _rows(label: str, symbol: str, low: int, high: int, tex: str = "") -> Quantity:
    """A number of rows on a logarithmic scale."""
    return Quantity(label, symbol, low, high, 0.05, "log", whole=True, unit="rows", tex=tex)


def _penalty(label: str, symbol: str, low: float = 1e-8, high: float = 1e2) -> Quantity:
    return Quantity(label, symbol, low, high, 0.1, "log")


QUANTITIES: dict[str, Quantity] = {
    "sample.minority": _rows("minority rows", "n₁", 10, 2_000, "n_1"),
    "sample.majority": _rows("majority rows", "n₀", 20, 40_000, "n_0"),
    "sample.ratio": Quantity("class ratio", "n₀/n₁", 1.5, 200.0, 0.05, "log", tex="n_0/n_1"),
    "sample.total": _rows("rows drawn jointly", "n", 100, 40_000),
    "sample.groups": _rows("rows of a group", "n_g", 2, 2_000),
    "sample.largest": _rows("rows of the largest class", "n_max", 10, 40_000),
    "population.dimension": Quantity("dimension", "d", 1, 50, 1.0, whole=True, tex="d"),
    "population.classes": _count("classes", "K", 2, 20),
    "population.shift": Quantity("class shift", "‖μ‖", 0.0, 5.0, 0.05, tex=r"\Vert\mu\Vert"),
    "population.mean": Quantity("class shift", "‖μ‖", 0.0, 5.0, 0.05),
    "population.rate": Quantity("rate of wrong labels", "ρ", 0.0, 0.5, 0.01, tex=r"\rho"),
    "population.location": Quantity("place of the minority", "b", -1.0, 5.0, 0.01),
    "population.signal": Quantity("local signal", "h", -6.0, 6.0, 0.1),
    "population.share": Quantity("share of the shifted part", "π", 0.01, 0.99, 0.01),
    "population.offset": Quantity("offset of the shifted part", "", -5.0, 5.0, 0.05),
    "population.correlation": Quantity("correlation of the first two coordinates", "", -0.95, 0.95, 0.05),
    "population.centre": Quantity("centre of the ring", "", -10.0, 10.0, 0.1),
    "population.radius": Quantity("radius of the ring", "", 0.0, 6.0, 0.05),
    "population.width": Quantity("width of the ring", "", 0.0, 1.0, 0.01),
    "population.spread": Quantity("spread", "σ", 0.0, 3.0, 0.05),
    "population.ring.spread": Quantity("noise of the other coordinates", "", 0.0, 1.0, 0.01),
    "population.negative": Quantity("place of class −1", "a", 0.1, 10.0, 0.1),
    "population.positive": Quantity("place of class +1", "b", 0.1, 10.0, 0.1),
    "population.slope": Quantity("slope of the link", "c", 0.1, 5.0, 0.05),
    "population.mixture_mean": Quantity("mean of the mixture", "", -5.0, 5.0, 0.1),
    "population.tasks": _count("tasks", "", 2, 20),
    "population.slopes": Quantity("size of the slopes", "‖β‖", 0.0, 5.0, 0.05),
    "population.place": Quantity("spread of the tasks' places", "", 0.0, 5.0, 0.1),
    "population.linear-tasks.spread": Quantity("difference of the tasks", "h", 0.0, 3.0, 0.05),
    "population.noise": Quantity("noise of the response", "σ", 0.1, 5.0, 0.1),
    "population.treatment.share": Quantity("treated share", "", 0.01, 0.49, 0.01),
    "population.outcome": Quantity("size of the outcome's slopes", "", 0.0, 5.0, 0.05),
    "population.effect": Quantity("treatment effect", "τ", -3.0, 3.0, 0.1),
    "population.modifier": Quantity("size of the effect's slopes", "", 0.0, 3.0, 0.05),
    "population.degrees": Quantity("degrees of freedom of the heavy tails", "ν", 2.1, 30.0, 0.1),
    "population.outliers": Quantity("share of outliers", "", 0.0, 0.5, 0.01),
    "population.reach": Quantity("spread of the outliers", "", 0.1, 20.0, 0.1),
    "population.mixed-marginals.spread": Quantity("spread of the logarithms", "", 0.0, 3.0, 0.05),
    "population.columns": _count("columns", "d", 1, 50),
    "population.levels": _count("levels of a column", "L", 2, 10),
    "population.concentration": Quantity("concentration of the Dirichlet law", "c", 0.05, 5.0, 0.05, "log"),
    "population.tables": _count("seed of the tables", "", 0, 9_999),
    "population.components": _count("principal components", "d", 1, 50),
    "population.held_out": _count("test rows a digit", "", 2, 200, "rows"),
    "generators.gamma": Quantity("weight of mixed neighbourhoods", "γ", 0.0, 10.0, 0.1),
    "generators.beta": Quantity("weight of the divergence", "β", 0.0, 20.0, 0.1),
    "generators.floor": Quantity("floor of the divergence", "κ", 0.0, 2.0, 0.05),
    "generators.hidden": _count("hidden units", "h", 2, 256),
    "generators.latent": _count("latent coordinates", "z", 1, 64),
    "generators.epochs": _count("epochs", "", 1, 1_000),
    "generators.patience": _count("patience", "", 1, 100, "epochs"),
    "generators.quantile": Quantity("quantile of safe majority rows", "", 0.0, 0.99, 0.01),
    "generators.triplet": Quantity("weight of the triplet term", "λ", 0.0, 2.0, 0.01),
    "generators.steps": _count("steps", "", 1, 5_000),
    "generators.rate": _penalty("learning rate", "η", 1e-5, 1e-1),
    "generators.batch": _count("rows a step", "", 2, 1_024),
    "generators.noise": Quantity("noise of mapped rows", "", 0.0, 1.0, 0.01),
    "generators.interpolate": Quantity("interpolated rows for each seed", "", 0.0, 10.0, 0.1),
    "generators.temperature": Quantity("temperature", "T", 0.1, 3.0, 0.05),
    "generators.width": Quantity("width of the net", "w", 4, 128, 4.0, whole=True, unit="channels", tex="w"),
    "generators.order": _count("columns looked back at", "", 0, 4),
    "generators.smoothing": Quantity("added to every count", "", 0.01, 10.0, 0.05, "log"),
    "generators.concentration": Quantity("concentration of the prior", "c", 0.05, 5.0, 0.05, "log"),
    "generators.passes": _count("passes through the rows", "", 1, 500),
    "generators.bins": _count("bins of a column", "", 2, 64),
    "generators.categories": _count("columns that are categories", "", 0, 50),
    "generators.further": _rows("further rows that the generator saw", "", 10, 20_000),
    "generators.neighbors": _count("neighbours", "k", 1, 25),
    "generators.scale": Quantity("scale", "", 0.0, 3.0, 0.05),
    "generators.jitter.scale": Quantity("standard deviation of the jitter", "", 0.0, 3.0, 0.05),
    "generators.offset": Quantity("offset of every coordinate", "", -2.0, 2.0, 0.05),
    "generators.components": _count("components", "", 1, 10),
    "generators.jitter": _penalty("added variance", "", 1e-8, 1.0),
    "generators.majority": Quantity("share of majority rows", "", 0.0, 1.0, 0.05),
    "generators.shrinkage": Quantity("shrinkage of the covariance", "", 0.0, 1.0, 0.05),
    "generators.mean": Quantity("size of the generator's mean", "", 0.0, 5.0, 0.05),
    "generators.shift": Quantity("shift of the generator", "", 0.0, 3.0, 0.05),
    "generators.direction": Quantity("size of the direction", "", 0.0, 5.0, 0.05),
    "generators.angle": Quantity("angle of its error to g_φ", "∠(g_ψ, g_φ)", 0.0, 180.0, 1.0, unit="degrees"),
    "generators.ratio": Quantity("size of the generator's error", "‖g_ψ‖/‖g_φ‖", 0.0, 0.6, 0.01),
    "learner.ridge": _penalty("ridge on the mean loss", "λ"),
    "learner.C": _penalty("inverse penalty on the summed loss", "C", 1e-3, 1e8),
    "learner.clip": _penalty("smallest probability", "", 1e-12, 1e-2),
    "learner.bound": _penalty("bound on a coefficient", "", 1.0, 1e6),
    "learner.ratio": Quantity("margin ratio", "τ", 0.1, 20.0, 0.05, "log"),
    "learner.neighbors": _count("neighbours", "n", 1, 25),
    "learner.power": _count("power of the distance", "", 1, 2),
    "learner.centres": _rows("most kernels", "", 10, 5_000),
    "learner.features": _count("random features", "", 1, 400),
    "learner.bandwidth": _penalty("bandwidth of the kernel", "", 1e-3, 1e2),
    "learner.hidden": _count("hidden units", "h", 2, 256),
    "learner.epochs": _count("epochs", "", 1, 1_000),
    "learner.rate": _penalty("learning rate", "η", 1e-5, 1e-1),
    "learner.decay": _penalty("weight decay", "", 1e-6, 1.0),
    "learner.batch_size": _count("rows a step", "", 1, 1_024),
    "learner.steps": _count("steps", "", 1, 10_000),
    "learner.momentum": Quantity("momentum", "", 0.0, 0.99, 0.01),
    "learner.omega": Quantity("exponent of uneven margins", "ω", 0.0, 4.0, 0.05, tex=r"\omega"),
    "learner.beta": Quantity("strength of the class weights", "β", 0.0, 0.9999, 0.0001, tex=r"\beta"),
    "learner.defer": Quantity("share of steps before class weights", "", 0.0, 0.99, 0.01),
    "learner.smoothing": Quantity("label smoothing", "", 0.0, 0.99, 0.01),
    "learner.noise": Quantity("noise of every drawn row", "σ", 0.0, 3.0, 0.05),
    "learner.margin": Quantity("largest margin", "m", 0.0, 0.99, 0.01),
    "learner.rho": Quantity("radius of the climb", "ρ", 0.0, 2.0, 0.01),
    "baselines.folds": _count("folds", "", 2, 10),
    "baselines.epochs": _count("epochs", "", 1, 1_000),
    "baselines.ratios": Quantity("cost ratios", "", 0.1, 100.0, 0.05, "log"),
    "baselines.ratio": Quantity("cost ratio", "", 0.1, 100.0, 0.05, "log"),
    "baselines.shrinkage": Quantity("shrinkage of the pooled covariance", "", 0.0, 1.0, 0.05),
    "correction.blocks": _count("majority blocks", "", 1, 50),
    "correction.strengths": Quantity("strengths of the correction", "λ", 0.0, 1.0, 0.05),
    "correction.folds": _count("folds", "", 2, 10),
    "correction.margin": Quantity("standard errors to beat no correction by", "", 0.0, 3.0, 0.1),
    "selection.fraction": Quantity("held-out share", "", 0.05, 0.5, 0.05),
    "selection.folds": _count("folds", "", 2, 10),
    "selection.gqs_folds": _count("folds of GQS", "", 2, 10),
    "selection.tau": Quantity("threshold of GQS", "τ", 1.0, 100.0, 0.05, "log"),
    "selection.alpha": Quantity("level of the test", "α", 0.01, 0.5, 0.01),
    "selection.farthest": Quantity("farthest multiplier", "", 1.0, 50.0, 1.0),
    "monte_carlo.replications": Quantity("replications", "n", 10, 100_000, 0.1, "log", whole=True),
    "monte_carlo.seed": _count("seed", "", 0, 9_999),
    "augmentation.sets": _count("synthetic sets averaged", "m", 1, 32),
    "augmentation.multipliers": Quantity(
        "synthetic multiplier", "γ = ñ/(n₀ − n₁)", 0.0, 8.0, 0.05, tex=r"\gamma=\tilde n/(n_0-n_1)"
    ),
}
"""Every number of a design by table and key."""


def quantity(key: str, kind: str = "") -> Quantity | None:
    """The quantity behind a dotted key of a design; None where it is not a number that has a name.

    Parameters
    ----------
    key : str
        Such as ``"population.shift"`` or ``"augmentation.generators.0.neighbors"``.
    kind : str
        Kind of the component it belongs to, for words that mean something else there.
    """
    parts = [part for part in key.removeprefix("augmentation.").split(".") if not part.isdecimal()]
    room, word = (parts[0], parts[-1]) if len(parts) > 1 else ("augmentation", parts[0])
    return QUANTITIES.get(f"{room}.{kind}.{word}") or QUANTITIES.get(f"{room}.{word}")
