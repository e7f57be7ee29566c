"""What was logged is corrected for 30 days by its partner, then by the cell; each correction is kept."""
