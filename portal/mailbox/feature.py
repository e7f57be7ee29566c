"""What comes to the portal by e-mail."""

from portal.feature import Feature

FEATURE = Feature("mailbox")
