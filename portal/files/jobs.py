"""What goes by itself: contents that no row names."""

from portal.feature import Job
from portal.files import service

JOBS = (Job("remove orphaned files", service.orphans, service.remove, at_once=50, first="", locks=False),)
