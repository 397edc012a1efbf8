"""How well a fit does: exactly, on a test sample, or by a replication's own measure."""
