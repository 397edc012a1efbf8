"""Ma & Zhang, F4: local symmetry in logistic regression. Data-driven rows hurt, an oracle's help."""

from pathlib import Path

from synththeory import load_design, simulate
from synththeory.figures import draw

OUTPUT = Path(__file__).parent / "output"


def main() -> None:
    """Run what is missing of the study, then draw it."""
    study = "local_symmetry_logistic"
    for path in draw(simulate(load_design(study), out=OUTPUT / "results" / study), OUTPUT / f"{study}.png"):
        print(path)


if __name__ == "__main__":
    main()
