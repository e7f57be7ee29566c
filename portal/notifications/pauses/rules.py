"""Which e-mails a pause keeps. Pure."""

from portal.notifications.preferences.rules import Topic

ALL = "*"
"""Stands for every kind that may be paused."""


def may_be_paused(topic: Topic | None) -> bool:
    """What comes at any hour is never kept: it lets somebody in, protects an account, or goes to who has none."""
    return topic is None or not topic.at_any_hour
