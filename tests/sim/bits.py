"""What "the same to the bit" means of the results of an arm."""

from synththeory.sim.store.blocks import Results


def same_bits(one: Results, other: Results) -> bool:
    """Whether every value and status is equal to the bit."""
    return one.values.tobytes() == other.values.tobytes() and one.status.tobytes() == other.status.tobytes()
