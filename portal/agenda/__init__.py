"""Interventions, sessions and work for the network by their dates: a list with its totals, a week, a month."""
