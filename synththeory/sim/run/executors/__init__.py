"""What computes the pieces of a plan, one way a file."""
