"""Which cell is reminded of an application that waits for it."""
