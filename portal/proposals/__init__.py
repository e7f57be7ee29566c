"""Dates that a partner proposes for an intervention, of which the pole picks one."""
