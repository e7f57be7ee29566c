"""The pole confirms or contests what was logged; what is confirmed is locked, and only adjusted since."""
