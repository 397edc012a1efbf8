"""Drawing: a summary's tables in, figures and their numbers out. Nothing here simulates."""

from synththeory.figures.draw import draw

__all__ = ["draw"]
