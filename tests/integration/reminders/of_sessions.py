"""What e-mails about sessions ask for of which nobody is reminded, and why."""

NOT_REMINDED = {
    "sessions/attach_session_pole": "a pole is free to come: the session says until when people register",
    "sessions/attach_session_other_pole": "the same",
    "sessions/wanted_partner": "publishing one is theirs to decide",
    "sessions/close_pole": "it stands on its home, and silence confirms what was delivered",
    "sessions/rectify_pole": "the same",
    "sessions/contest_partner": "the cell decides otherwise",
    "sessions/contest_cell": "it stands on its home until it is decided",
}
