"""The two measures of time, support received and time spent: one act, both, never mixed."""
