"""The map: when do synthetic rows beat every free fix? Two studies, predicted and simulated."""

from pathlib import Path

from synththeory import load_design, simulate
from synththeory.figures.gain_map import draw_gain_map

OUTPUT = Path(__file__).parent / "output"


def main() -> None:
    """Run what is missing of both studies, then draw the map."""
    distances, shapes = (
        simulate(load_design(study), out=OUTPUT / "results" / study) for study in ("generator_gain", "phase_diagram")
    )
    name = "when_synthetic_helps"
    for path in draw_gain_map(distances, shapes, OUTPUT / f"{name}.png", f"python paper_figures/{name}.py"):
        print(path)


if __name__ == "__main__":
    main()
