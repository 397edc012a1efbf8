"""Studies: a design is checked, run in blocks over threads, stored, summarised beside its theory, and reported."""
