"""The only JAX of the package: what neural learners and learned generators compute with (extra ``neural``).

Only ``extra`` and ``work`` may be imported without the extra; the other modules are imported inside methods, so that
designs are read, validated and documented without it.
"""
