"""What each pole received at a session that was closed: it confirms or contests it, and the cell settles."""
