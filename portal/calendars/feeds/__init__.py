"""What programs read again and again: somebody's dates, by a secret link."""
