"""Mixup, Remix and MAMix with and without deferred weights: what is a margin, and what is a threshold."""

from pathlib import Path

from synththeory import load_design, simulate
from synththeory.figures import draw

OUTPUT = Path(__file__).parent / "output"


def main() -> None:
    """Run what is missing of the study, then draw it."""
    study = "uneven_margins"
    for path in draw(simulate(load_design(study), out=OUTPUT / "results" / study), OUTPUT / f"{study}.png"):
        print(path)


if __name__ == "__main__":
    main()
