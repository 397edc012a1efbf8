"""Imported by the process from which others are forked to be killed: they find the kernels loaded."""

from tests.sim.matrix import DESIGN, straight

straight(DESIGN.replicated(2))
