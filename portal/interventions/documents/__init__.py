"""Documents on what was done, for whoever reads of it."""
