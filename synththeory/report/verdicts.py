"""The table a reproduction ends with: experiment, claim, published, ours, theory, verdict and why."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from synththeory.report import pages
from synththeory.report.claims import PAPERS, Experiment, Verdict
from synththeory.report.reproduced import Reproduced

HEADINGS = ("experiment", "claim", "label", "published", "ours ± MCSE", "theory", "verdict")
LABELS = (
    "Labels: [P] the paper's statement, [F] a number of its public code, [D] derived, [R] reconstructed or a pilot's, "
    "[ours] this project. A number agrees within four combined standard errors, the last printed half digit allowed, "
    "and is not resolved where they exceed half of it; a side (< 0) agrees beyond four standard errors."
)


def line(chosen: Experiment, verdict: Verdict) -> tuple[str, ...]:
    """The cells of one claim."""
    claim, found = verdict.claim, verdict.found
    published = claim.published if isinstance(claim.published, str) else pages.number(claim.published, 4)
    ours = f"{pages.number(found.estimate, 4)} ± {pages.number(found.mcse, 2)}"
    theory = "" if found.theory is None else pages.number(found.theory, 4)
    reason = f": {verdict.reason}" if verdict.reason else ""
    return (chosen.key, claim.words, claim.label, published, ours, theory, f"{verdict.outcome}{reason}")


def markdown(done: Sequence[Reproduced], out: Path, command: str) -> str:
    """The report of a reproduction.

    Parameters
    ----------
    done : sequence of Reproduced
        What was reproduced.
    out : Path
        The folder of the report and the figures.
    command : str
        What redoes it.
    """
    judged = [(each.experiment, verdict) for each in done for verdict in each.verdicts]
    parts = [
        "# Reproduction",
        f"    {command}",
        counted([verdict for _, verdict in judged]),
        LABELS,
        "## Claims",
        pages.table(HEADINGS, (line(*each) for each in judged)),
    ]
    for paper in PAPERS:
        mine = [each for each in done if each.experiment.paper == paper.key]
        if mine:
            parts += [f"## {paper.authors}: {paper.title} ({paper.reference})", *(_section(each, out) for each in mine)]
    return "\n\n".join(parts) + "\n"


def counted(judged: Sequence[Verdict]) -> str:
    """How many claims agree, differ with and without a reason, and are not resolved, in one sentence."""
    count = Counter(verdict.outcome for verdict in judged)
    states = {
        "explained": count["differs, explained"],
        "explained in part": count["differs, explained in part"],
        "without a known reason": count["differs"],
    }
    reasons = ", ".join(f"{number} {state}" for state, number in states.items() if number)
    return (
        f"{len(judged)} claims: {count['agrees']} agree, {sum(states.values())} differ{reasons and f' ({reasons})'}, "
        f"{count['not resolved']} are not resolved at this number of replications."
    )


def csv_text(done: Sequence[Reproduced]) -> str:
    """Every verdict with full precision."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("experiment", "study", "claim", "label", "published", "half_digit", "estimate", "mcse", "theory",
                     "replications", "verdict", "why"))  # fmt: skip
    for each in done:
        for verdict in each.verdicts:
            claim, found = verdict.claim, verdict.found
            writer.writerow((each.experiment.key, each.experiment.study, claim.words, claim.label, claim.published,
                             claim.half_digit, repr(found.estimate), repr(found.mcse),
                             "" if found.theory is None else repr(found.theory), found.replications, verdict.outcome,
                             verdict.reason))  # fmt: skip
    return file.getvalue()


def _section(each: Reproduced, out: Path) -> str:
    design = each.design
    facts = (
        f"`python -m synththeory.sim run {each.experiment.study}` · seed {design.monte_carlo.seed} · "
        f"{design.monte_carlo.replications} replications · {each.seconds:.1f} s"
    )
    title = f"### {each.experiment.key}: {design.title or design.study}"
    parts = [title, facts, pages.image(each.figure, design.title or design.study, out), _theory(each)]
    return "\n\n".join(part for part in parts if part)


def _theory(each: Reproduced) -> str:
    compared = [agreement for agreement in each.agreements if agreement.metric in ("excess_risk", "balanced_loss")]
    if not compared:
        return ""
    inside = sum(agreement.p_value > 0.01 for agreement in compared)
    margins = sorted(agreement.margin for agreement in compared)
    return (
        f"Theory: {inside} of {len(compared)} curves are not distinguishable from it (family-wise p > .01); shown "
        f"within {100 * margins[len(margins) // 2]:.2g} % at the median curve, {100 * margins[-1]:.2g} % at the worst."
    )
