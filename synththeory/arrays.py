"""Names for the array types that cross module borders."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Integers = NDArray[np.int64]
Codes = NDArray[np.uint8]
Words = NDArray[np.uint64]
