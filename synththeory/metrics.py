"""What is measured of a fit, a test or an estimate: one home for what each number is and how it is spoken of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One number a replication gives at every point of an arm; rows of a summary and files name it by its name.

    Attributes
    ----------
    name : str
        In tables and files, such as ``"excess_risk"``.
    axis : str
        Words and symbol for the axis of a figure; the name in plain words where it is empty.
    unit : str
        What it is counted in, such as ``"loss"`` or ``"share"``; empty where it has the unit of the data.
    proportion : bool
        Whether it is 0 or 1 in every replication, so that the interval of its mean is Wilson's.
    adds_minimum : bool
        Whether it is the excess risk plus R(θ*): theory of the excess is then theory of it too.
    exponent : float or None
        The power of the number of rows that it falls with for a consistent fit; None where no theorem says.
    """

    name: str
    axis: str = ""
    unit: str = ""
    proportion: bool = False
    adds_minimum: bool = False
    exponent: float | None = None

    @property
    def label(self) -> str:
        """For an axis."""
        return self.axis or self.name.replace("_", " ")

    @property
    def heading(self) -> str:
        """For the heading of a panel."""
        return self.name.replace("_", " ").capitalize()


_KNOWN: dict[str, Metric] = {}


def registered(known: Metric) -> Metric:
    """Make a metric known by its name, and return it."""
    _KNOWN[known.name] = known
    return known


def metric_of(name: str) -> Metric:
    """The metric of a name; one that nobody has registered is a plain mean."""
    return _KNOWN.get(name, Metric(name))


EXCESS_RISK = registered(
    Metric("excess_risk", r"excess balanced risk, $R(\hat\theta)-R(\theta^{*}\!)$", "loss", exponent=-1.0)
)
PARAMETER_ERROR = registered(
    Metric("parameter_error", r"parameter error, $\Vert\hat\theta-\theta^{*}\!\Vert$", exponent=-0.5)
)
BALANCED_LOSS = registered(Metric("balanced_loss", r"balanced risk, $R(\hat\theta)$", "loss", adds_minimum=True))
BALANCED_ERROR = registered(Metric("balanced_error", "balanced 0–1 error", "share"))
TEST_SAMPLE_ERROR = registered(Metric("test_sample_error", "standard error of the test sample", "loss"))
WORST_GROUP_RISK = registered(Metric("worst_group_risk", r"worst group's risk, $\max_g R^{(g)}(\hat\theta)$", "loss"))
LARGE_GROUP_RISK = registered(Metric("majority_group_risk", "mean risk of the large groups", "loss"))
SMALL_GROUP_RISK = registered(Metric("minority_group_risk", "mean risk of the small groups", "loss"))
BIAS_ERROR = registered(
    Metric(
        "bias_error",
        r"error of the bias estimate, $\Vert\nabla\hat B_0(\theta^{*}\!)-\delta_1\Vert_{H^{-1}}$",
        exponent=-0.5,
    )
)
SPREAD = registered(Metric("spread", r"$\mathrm{tr}\,\mathrm{Cov}$ of synthetic rows over the minority’s", "ratio"))
STRENGTH = registered(Metric("strength", r"strength of the correction, $\hat\lambda$", "share"))
REJECTION_RATE = registered(Metric("rejection_rate", unit="share", proportion=True))
COVERED = registered(Metric("covered", unit="share", proportion=True))
for _name, _axis, _unit in (
    ("auroc", "area under the ROC curve", "share"),
    ("auprc", "area under the precision–recall curve", "share"),
    ("brier", "Brier score", "loss"),
    ("log_loss", "log loss", "loss"),
    ("minority_loss", "log loss of the minority’s rows", "loss"),
    ("calibration_slope", "calibration slope", ""),
    ("calibration_intercept", "calibration intercept", "log-odds"),
    ("recall", "recall", "share"),
    ("specificity", "specificity", "share"),
    ("g_mean", "G-mean", "share"),
    ("margin_majority", "mean margin of the majority", ""),
    ("margin_minority", "mean margin of the minority", ""),
    ("margin_ratio", "minority’s mean margin over the majority’s", "ratio"),
    ("boundary_share", "share of the way to the minority that is the majority’s", "share"),
):
    registered(Metric(_name, _axis, _unit))
