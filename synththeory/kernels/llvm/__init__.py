"""Inner loops written in LLVM's vector types, each beside the Python that says what it computes.

LLVM does not keep many running sums in registers when they are written as loops. Here every sum runs in a fixed order
with one rounding a step, so that results are the same to the bit whatever the width of the machine's registers.
"""
