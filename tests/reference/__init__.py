"""Plain NumPy and scikit-learn implementations, independent of the package: its oracles and its baseline."""
