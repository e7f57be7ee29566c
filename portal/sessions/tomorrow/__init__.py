"""Who has a seat is reminded the day before, with how to give it back."""
