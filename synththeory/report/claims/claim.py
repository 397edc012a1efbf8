"""A claim, and what becomes of it when a study is held against it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from synththeory.report.readings import Found, Reading
from synththeory.sim.results.summary import Summary

COMBINED = 4.0
"""Combined standard errors within which two estimates agree."""

WIDE = 0.5
"""Share of a published number within which those errors must pin ours, or the comparison says nothing."""

Label = Literal["P", "F", "D", "R", "ours"]
"""Where a claim comes from: the paper, its public code, derived, reconstructed, this project."""
Outcome = Literal["agrees", "differs, explained", "differs, explained in part", "differs", "not resolved"]
"""What becomes of a claim; ``"differs"`` alone has no known reason."""


@dataclass(frozen=True)
class Claim:
    """One thing a paper says, and how ours is read.

    Attributes
    ----------
    words : str
        What is claimed, for people.
    label : str
        ``"P"`` paper, ``"F"`` read in its public code, ``"D"`` derived, ``"R"`` reconstructed, ``"ours"``.
    reading : Reading
        Our number.
    published : float or str
        The published number; or ``"< 0"``, ``"> 0"``, ``"< 1"``, ``"> 1"`` for the side of a bound it is claimed on.
    half_digit : float
        Half the last printed digit, or what a limit theorem leaves at these sizes: a distance the claim itself allows.
    published_replications : int or None
        The published number is a mean of so many replications, with our error at that number; None: exact.
    why : str
        Why it differs, where that is known.
    unexplained : str
        What of the difference `why` does not account for, or was not shown to; empty where nothing is left.
    """

    words: str
    label: Label
    reading: Reading
    published: float | str
    half_digit: float = 0.0
    published_replications: int | None = None
    why: str = ""
    unexplained: str = ""

    def judge(self, summary: Summary) -> Verdict:
        """Read our number and say whether it agrees."""
        return self.verdict(self.reading.read(summary))

    def verdict(self, found: Found) -> Verdict:
        """Say whether a number of ours agrees.

        A number agrees when it is within 4 combined standard errors of the published one, the last half digit allowed,
        and these errors are no more than half of it or that half digit; where they are, it is not resolved. A side
        agrees when the number is beyond the bound by 4 standard errors, differs when it is as far on the other side,
        and is not resolved between.
        """
        return Verdict(self, found, self._outcome(found))

    def error(self, found: Found) -> float:
        """Standard error of the difference of our number and the published one."""
        if self.published_replications is None:
            return found.mcse
        return found.mcse * math.sqrt(1.0 + found.replications / self.published_replications)

    def _outcome(self, found: Found) -> Outcome:
        if not math.isfinite(found.estimate):
            return "not resolved"
        if isinstance(self.published, str):
            side, bound = self.published.split()
            beyond = (found.estimate - float(bound)) * (1.0 if side == ">" else -1.0)
            reach = COMBINED * found.mcse
            return "agrees" if beyond > reach else self._differs if beyond < -reach else "not resolved"
        reach = COMBINED * self.error(found)
        if abs(found.estimate - self.published) - self.half_digit > reach:
            return self._differs
        return "agrees" if reach <= max(self.half_digit, WIDE * abs(self.published)) else "not resolved"

    @property
    def _differs(self) -> Outcome:
        if not self.why:
            return "differs"
        return "differs, explained in part" if self.unexplained else "differs, explained"


@dataclass(frozen=True)
class Verdict:
    """A claim, our number, and whether they agree."""

    claim: Claim
    found: Found
    outcome: Outcome

    @property
    def differs(self) -> bool:
        """Whether our number is not the published one, for whatever reason."""
        return self.outcome.startswith("differs")

    @property
    def settled(self) -> bool:
        """Whether there is no difference, or a reason for it; what the reason leaves open stands beside it."""
        return self.outcome != "differs"

    @property
    def reason(self) -> str:
        """Why it differs, and what that leaves open; empty where it does not differ or nothing is known."""
        if not self.differs:
            return ""
        return "; open: ".join(part for part in (self.claim.why, self.claim.unexplained) if part)
