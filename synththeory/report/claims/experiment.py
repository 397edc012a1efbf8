"""An experiment of a paper: the study that repeats it and the claims it is held against."""

from __future__ import annotations

from dataclasses import dataclass

from synththeory.report.claims.claim import Claim


@dataclass(frozen=True)
class Experiment:
    """One figure of a paper, or of this project.

    Attributes
    ----------
    key : str
        Its short name, such as ``"F1"``.
    study : str
        The shipped study that repeats it.
    paper : str
        Key of the paper, as in `PAPERS`.
    claims : tuple of Claim
        What it is held against; may be empty, then only its theory is.
    simulation : float
        Processor seconds of all replications at full size, compiled: for the time told before a run.
    theory : float
        Processor seconds of theory and figure, whatever the number of replications.
    extra : str
        The optional dependency it needs, or empty.
    """

    key: str
    study: str
    paper: str
    claims: tuple[Claim, ...] = ()
    simulation: float = 10.0
    theory: float = 2.0
    extra: str = ""

    def alone(self, share: float = 1.0) -> float:
        """About how many seconds it takes by itself on two idle cores, with a share of its replications."""
        return self.simulation * share / 2.0 + self.theory


@dataclass(frozen=True)
class Paper:
    """A source.

    Attributes
    ----------
    key : str
        Short name.
    authors, title : str
        Who and what.
    reference : str
        Where, such as an arXiv number.
    """

    key: str
    authors: str
    title: str
    reference: str
