"""Explore regimes: one page on this machine, with theory that follows a slider and a simulation that catches up.

``python -m synththeory.explore`` opens it; ``page()`` shows it in a notebook. Needs the extra ``explore``.
"""

from synththeory.explore.notebook import page

__all__ = ["page"]
