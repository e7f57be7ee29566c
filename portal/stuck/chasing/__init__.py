"""Who is reminded of a request that nobody moves."""
