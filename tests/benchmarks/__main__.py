"""Print the speed tables, or those of some studies: ``python -m tests.benchmarks F3 F4``."""

import sys

from tests.benchmarks.speed import report

if __name__ == "__main__":
    report(sys.argv[1:])
