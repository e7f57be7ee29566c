"""Who is reminded of a date that comes, or of a report that is missing."""
