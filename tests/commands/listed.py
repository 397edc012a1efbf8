"""Every shell command that README and docs name, reduced to what takes seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"^ {4}((?:python|synththeory)[ -].*)$|`(python (?:-m|paper_figures/)[^`]*)`", re.MULTILINE)
PROSE = re.compile(r"\s+#.*$|\s{3,}\S.*$|\s+\([^)]*\)$")
"""What follows a command on its line in words."""
NOT_RUN = {
    "names a place holder": re.compile(r"\b(STUDY|FILE|OUT|NAME|K)\b|[…|·]|\[-"),
    "names the module only": re.compile(r"^python -m synththeory\.(advise|explore|datasets|report|benchmark)$"),
    "the set-up, which .ci/run does": re.compile(r"pip install|-m pytest|sphinx"),
    "a release": re.compile(r"-m build"),
    "a page that stays open: tests/explore": re.compile(r"-m synththeory\.explore"),
    "measures time or takes hours; asserts nothing": re.compile(r"-m tests\.benchmarks"),
    "full size; the figure of every study is drawn from its reduced run": re.compile(r"paper_figures/"),
    "needs a scheduler elsewhere: tests/sim/run": re.compile(r"tcp://"),
}
REDUCED = (
    (re.compile(r" --replications \d+"), ""),
    (re.compile(r"^(python -m synththeory\.sim (?:run|plan) \S+)"), r"\1 --replications 2"),
    (re.compile(r"^(python -m synththeory\.sim)$"), r"\1 run headline --replications 2"),
    (re.compile(r"local:\d"), "local:2"),
    (re.compile(r"--shard 1/\d"), "--shard 1/1"),
    (re.compile(r"^(python -m synththeory\.report reproduce).*?(?= --site|$)"), r"\1 --quick --only F3"),
    (re.compile(r"^(python -m synththeory\.benchmark .*)"), r"\1 --method smote --folds 2 --repeats 1"),
)
"""What is put in place of what, one after the other."""


@dataclass(frozen=True)
class Command:
    """A command as a page has it.

    Attributes
    ----------
    page : str
        From the project's root.
    text : str
        What stands there, without the words after it.
    """

    page: str
    text: str

    @property
    def why_not(self) -> str | None:
        """Why it is not run, or None."""
        return next((reason for reason, pattern in NOT_RUN.items() if pattern.search(self.text)), None)

    @property
    def reduced(self) -> str:
        """The same at two replications, one experiment, two folds."""
        text = self.text
        for pattern, replacement in REDUCED:
            text = pattern.sub(replacement, text)
        return text

    @property
    def study(self) -> str | None:
        """The shipped study that it runs as it is, or None."""
        found = re.fullmatch(r"python -m synththeory\.sim run (\w+)", self.text)
        return None if found is None else found.group(1)


def commands() -> list[Command]:
    """All of them, page by page, in order; joined commands one by one."""
    pages = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    found = []
    for page in pages:
        for match in NAMED.finditer(page.read_text(encoding="utf-8")):
            whole = PROSE.sub("", match.group(1) or match.group(2)).strip()
            found += [Command(page.relative_to(ROOT).as_posix(), part.strip()) for part in whole.split(" && ")]
    return found
