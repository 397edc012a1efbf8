"""Laws of rows: what is drawn, and its exact moments."""
