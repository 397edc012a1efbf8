"""Is the recommendation right where the right one is known? ``python -m tests.benchmarks.advice [0-9] [NAME …]``.

One table a seed (0-9 where none are named) of each law, default settings of `advise`; every method, fitted to the whole
table, is judged on 10 000 test rows of each class. Printed is the table of `docs/advise.md`; an hour of a core. Tables
are told on stderr as they are done; Ctrl-C ends a law with those that are.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from tests.advise.laws import LAWS, Law, Trial, trial

_HEAD = (
    "| law | rows | right | answers | harmful | as is | best free fix | best with rows | recommended |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def line(law: Law, trials: Sequence[Trial]) -> str:
    """One row of the table: losses are means over the tables."""
    right = sum(law.is_right(each.method) for each in trials)
    answers = Counter(each.advice.recommendation.answer for each in trials)
    synthetic = {method.name for each in trials for method in each.advice.comparison.synthetic}
    shared = set.intersection(*(set(each.losses) for each in trials))
    means = {name: float(np.mean([each.losses[name] for each in trials])) for name in shared}
    own = float(np.mean([each.losses[each.method.name] for each in trials]))
    told = ", ".join(f"{answer} {count}" for answer, count in answers.most_common())
    harmful = sum(each.harmful for each in trials)
    free, rows = (_best(means, [name for name in shared if (name in synthetic) is added]) for added in (False, True))
    n0, n1 = law.counts
    return (
        f"| {law.name} | {n0} : {n1} | {right} of {len(trials)} | {told} | {harmful} | {means['as is']:.3f} | {free} | "
        f"{rows} | {own:.3f} |"
    )


def _best(means: dict[str, float], names: Iterable[str]) -> str:
    name = min(names, key=means.__getitem__)
    return f"{name} {means[name]:.3f}"


def report(seeds: Sequence[int], names: Sequence[str]) -> None:
    """Print a row as it is done."""
    print(_HEAD, flush=True)
    for law in LAWS:
        if not names or any(name in law.name for name in names):
            trials = list(_trials(law, seeds))
            if trials:
                print(line(law, trials), flush=True)


def _trials(law: Law, seeds: Sequence[int]) -> Iterator[Trial]:
    """As many as are waited for."""
    for seed in seeds:
        try:
            found = trial(law, seed)
        except KeyboardInterrupt:
            return
        if found.advice.comparison.done < found.advice.comparison.asked:  # stopped between its folds
            return
        right, loss = law.is_right(found.method), found.losses[found.method.name]
        told = f"{law.name}, seed {seed}: {found.advice.recommendation.answer}, {found.method.name}"
        print(
            f"{told}, {'right' if right else 'WRONG'}, {loss:.4f}, over the best free fix {found.excess:+.4f} ± "
            f"{found.error:.4f}",
            file=sys.stderr, flush=True,
        )  # fmt: skip
        yield found


if __name__ == "__main__":
    first, last = map(int, (sys.argv[1] if len(sys.argv) > 1 else "0-9").split("-"))
    report(range(first, last + 1), sys.argv[2:])
