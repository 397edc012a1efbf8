"""Drawing: a summary's tables in, figures and their numbers out. Nothing here simulates."""

from synththeory.figures.draw import draw
from synththeory.figures.sequence import SequenceStudy, draw_sequence

__all__ = ["SequenceStudy", "draw", "draw_sequence"]
