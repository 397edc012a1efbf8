"""Ma & Zhang, F5: the symmetry test's size and power. Two studies, so two figures: their sweeps are no common grid."""

from pathlib import Path

from synththeory import load_design, simulate
from synththeory.figures import draw

OUTPUT = Path(__file__).parent / "output"


def main() -> None:
    """Run what is missing of both studies, then draw them."""
    for study in ("symmetry_test", "symmetry_test_power"):
        for path in draw(simulate(load_design(study), out=OUTPUT / "results" / study), OUTPUT / f"{study}.png"):
            print(path)


if __name__ == "__main__":
    main()
