"""The nonparametric scaling law in the Gaussian sequence model: exact, no data drawn."""

from pathlib import Path

from synththeory.figures import SequenceStudy, draw_sequence

OUTPUT = Path(__file__).parent / "output"


def main() -> None:
    """Draw the law at the package's own settings."""
    name = "scaling_sequence"
    for path in draw_sequence(SequenceStudy(), OUTPUT / f"{name}.png", f"python paper_figures/{name}.py"):
        print(path)


if __name__ == "__main__":
    main()
