"""Kinds of study: what is compared within a cell, and how it is scored."""
