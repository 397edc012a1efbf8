"""Print the speed tables."""

from tests.benchmarks.speed import report

if __name__ == "__main__":
    report()
