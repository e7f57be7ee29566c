"""Dates in the agenda, and what became of one. Rows: a part of `matrix.py`."""

# fmt: off
OF_DATES = """
agenda.index GET proposed | in 200 200 200 | 200 200 200 | 200 200 200 | 403 403
agenda.export GET proposed | in 200 200 200 | 200 200 200 | 200 200 200 | 403 403
told.tell GET planned | in 403 403 403 | 200 200 404 | 403 403 403 | 403 403
told.tell POST planned | 401 403 403 403 | 302 302 404 | 403 403 403 | 403 403
"""
# fmt: on
