"""Learners that need the extra ``neural``."""
