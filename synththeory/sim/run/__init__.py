"""Computing what a design lacks."""
