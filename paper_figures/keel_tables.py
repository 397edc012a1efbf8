"""`advise` on KEEL tables: is its recommendation ever worse than what it was chosen from?

The tables were fixed before any of them was run: of every family of KEEL's imbalanced tables (its name up to the first
digit, hyphen or underscore) the first by name with a ratio of 5 to 40, 200 to 6000 rows and at least 25 minority
rows. The first ten families, in alphabetical order, are the acceptance; the others are run beside them.
"""

import re

from synththeory.datasets import Entry, listing

RATIOS, ROWS, FEWEST = (5.0, 40.0), (200, 6000), 25
ACCEPTANCE = 10


def chosen() -> tuple[Entry, ...]:
    """The first table of each family that the rule admits, by name."""
    families: dict[str, Entry] = {}
    for entry in sorted(listing(), key=lambda entry: entry.name):
        family = re.split(r"[-_0-9]", entry.name)[0]
        admitted = RATIOS[0] <= entry.ratio <= RATIOS[1] and ROWS[0] <= entry.n <= ROWS[1] and entry.minority >= FEWEST
        if admitted and family != "digits":
            families.setdefault(family, entry)
    return tuple(families.values())


if __name__ == "__main__":
    for one in chosen():
        print(one)
