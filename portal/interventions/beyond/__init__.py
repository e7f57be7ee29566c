"""Done work that goes beyond what a pole has or a partner gives in a year: it is logged, and flagged."""
