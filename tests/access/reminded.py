"""Who reads what people are reminded of, and sets the days: a part of `matrix.py`."""

# fmt: off
REMINDED = """
reminders.mine GET none | in 200 200 200 | 200 200 200 | 200 200 200 | 200 200
reminders.region GET waiting | in 403 403 403 | 403 403 403 | 200 200 200 | 403 403
reminder_days.index GET none | in 403 403 403 | 403 403 403 | 302 302 200 | 403 403
reminder_days.show GET days | in 403 403 403 | 403 403 403 | 200 404 200 | 403 403
reminder_days.show POST days | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
reminder_days.back_to_usual POST days | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
reminders.held GET none | in 403 403 403 | 403 403 403 | 403 403 200 | 403 403
reminders.release POST none | 401 403 403 403 | 403 403 403 | 403 403 302 | 403 403
reminders.drop POST none | 401 403 403 403 | 403 403 403 | 403 403 302 | 403 403
"""
# fmt: on
