"""Generators that learn a net (extra ``neural``): designs are read and documented without it."""
