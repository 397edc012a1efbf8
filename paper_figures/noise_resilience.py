"""Wrong labels in the training rows: generators and free fixes over their rate."""

from pathlib import Path

from synththeory import load_design, simulate
from synththeory.figures import draw

OUTPUT = Path(__file__).parent / "output"


def main() -> None:
    """Run what is missing of the study, then draw it."""
    study = "noise_resilience"
    for path in draw(simulate(load_design(study), out=OUTPUT / "results" / study), OUTPUT / f"{study}.png"):
        print(path)


if __name__ == "__main__":
    main()
