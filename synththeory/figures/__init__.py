"""Drawing: a summary's tables in, figures and their numbers out. Nothing here simulates."""

import synththeory.figures.anatomy  # each of these modules registers the figure of its question
import synththeory.figures.classes
import synththeory.figures.effects
import synththeory.figures.groups
import synththeory.figures.sizes
import synththeory.figures.symmetry_test
import synththeory.figures.tasks  # noqa: F401
from synththeory.figures.draw import draw
from synththeory.figures.registry import draws
from synththeory.figures.sequence import SequenceStudy, draw_sequence

__all__ = ["SequenceStudy", "draw", "draw_sequence", "draws"]
