"""Who is reminded of a guest who has not come, or of a team that was not gone through."""
