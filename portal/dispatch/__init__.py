"""The e-mails of the portal as the national cell follows them: what became of each, and what it decides."""
