"""Who came to a session: the list, the code shown in the room, and what is kept once it is closed."""
