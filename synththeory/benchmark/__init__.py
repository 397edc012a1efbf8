"""Samplers against what costs nothing, on KEEL's tables: ``python -m synththeory.benchmark``."""
