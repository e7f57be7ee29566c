"""A list of requests as a file for a spreadsheet."""
