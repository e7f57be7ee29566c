"""Interventions by their dates: a list with its totals, a week, a month."""
