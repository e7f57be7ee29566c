"""Who gives a session, of the team of its partner: named, told, replaced."""
