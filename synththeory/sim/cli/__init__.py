"""The command line of the studies, a module a group of commands."""

from synththeory.sim.cli import folders, shared, studies
from synththeory.sim.cli.words import app

__all__ = ["app", "folders", "shared", "studies"]
