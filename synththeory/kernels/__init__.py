"""The compiled inner loops; the only numba in the package, importing nothing else of it."""
