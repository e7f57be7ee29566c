"""Who comes to a session: seats, a waiting list, seats offered for a time."""
