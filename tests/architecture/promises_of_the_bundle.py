"""What sentences about the catalogue and the way to partners promise, and what proves it: see `promises`."""

_ANSWERS = "tests/integration/requests/test_answers.py::"
_PAIRS = "tests/integration/requests/test_pairs.py::"
_LIMITS = "tests/integration/requests/test_limits.py::"
_GIVEN = "tests/integration/requests/test_given.py::"
_PROPOSING = "tests/integration/proposals/test_proposing.py::"
_OTHER_DATES = _PROPOSING + "test_a_pole_asks_for_others_and_the_partner_has_it_to_do"
_JOINING = "tests/integration/joint/test_joining.py::"
_JOURNAL = "portal.journal.rules:KEPT"
_DRAFTED = (
    "tests/integration/catalogue/test_sheets.py::test_a_partner_drafts_asks_and_the_national_cell_publishes"
)

_DRAFT_ENDS = (
    "tests/integration/requests/test_drafts_end.py::test_the_pole_is_warned_once_then_the_draft_is_deleted"
)
_REGISTERED = "tests/integration/sessions/test_registrations.py::"
_CORRECTED = "tests/integration/interventions/test_corrections.py::"
_BEYOND = "tests/integration/interventions/test_beyond.py::"
_CONFIRMED = "tests/integration/interventions/test_confirmation.py::"
_CALENDARS = "tests/integration/calendars/"
_NEEDS = "tests/integration/sessions/test_needs.py::"
_HELD_CORRECTED = "tests/integration/sessions/test_corrected.py::"
_EACH_POLE_IS_TOLD = _NEEDS + "test_each_pole_is_told_once_and_reads_it_on_the_page_of_its_request"
_RECEIVED = "tests/integration/sessions/test_received.py::"
BUNDLE = {
    "Confirm what your pole received, or say what is not right, within": "put in",
    "This is confirmed, since your pole was told and said nothing.": (
        "tests/integration/sessions/test_received_silence.py::"
        "test_silence_confirms_for_each_pole_after_seven_working_days"
    ),
    "Two minutes are over": _RECEIVED
    + "test_a_pole_confirms_from_its_home_and_takes_it_back_for_two_minutes",
    "It is corrected, and so is what is counted. Its partner": (
        _HELD_CORRECTED + "test_its_partner_is_told_and_reads_what_it_was_by_whom_and_why"
    ),
    "You could correct it for 30 days": "portal.interventions.rules:CORRECTED_WITHIN",
    "Its partner corrects": _HELD_CORRECTED + "test_before_that_its_partner_corrects_it_and_both_are_kept",
    "One session for several poles. Each is told": _EACH_POLE_IS_TOLD,
    "The session is proposed. Each pole is told": _EACH_POLE_IS_TOLD,
    "The session is proposed no more. The pole is told": (
        _NEEDS + "test_a_cell_proposes_it_no_more_and_seats_stay"
    ),
    "Copy this link now: it is shown only once": (
        _CALENDARS + "test_feeds.py::test_the_link_is_shown_once_as_https_and_as_webcal"
    ),
    "Programs read such a link every few hours": (
        _CALENDARS + "test_feeds.py::test_it_says_no_word_about_people"
    ),
    "agree with the partner on another date: it is told": (
        _CALENDARS + "test_answers.py::test_declining_is_told_to_who_comes_and_shown_with_what_to_do"
    ),
    "Type a length from 15 minutes to": "portal.interventions.steps:STEP_MINUTES",
    "We worked on a document together.": "a form",
    "It counts as it is written, and is only adjusted": (
        _CONFIRMED + "test_what_is_confirmed_is_locked_and_the_partner_is_told_the_way"
    ),
    "beyond what the pole has in a year": (
        _BEYOND + "test_the_act_that_goes_beyond_the_limit_of_the_pole_is_flagged_and_none_before"
    ),
    "beyond what the partner gives in a year": (
        _BEYOND + "test_what_a_partner_gives_is_flagged_for_its_service_or_in_all"
    ),
    "It is corrected. The pole and the partner are told.": (
        _CORRECTED + "test_later_the_cell_corrects_it_and_both_are_told"
    ),
    "The pole is asked anew whether it agrees, and": (
        _CORRECTED + "test_later_the_cell_corrects_it_and_both_are_told"
    ),
    "It is adjusted. The pole and the partner are told.": (
        _CONFIRMED + "test_a_partner_proposes_an_adjustment_and_the_cell_makes_it"
    ),
    "Only where it is another, such as": _CONFIRMED + "test_the_cell_settles_it",
    "Only where the length is not right": (
        _CONFIRMED + "test_the_pole_contests_and_the_cell_has_both_versions"
    ),
    "The adjustment is refused. The partner is told.": (
        _CONFIRMED + "test_a_refused_adjustment_changes_nothing"
    ),
    "The partner is told, and your cell decides": (
        _CONFIRMED + "test_the_pole_contests_and_the_cell_has_both_versions"
    ),
    "The partner and your cell are told. Your cell": (
        _CONFIRMED + "test_the_pole_contests_and_the_cell_has_both_versions"
    ),
    "The partner is told too, and may correct it": (
        _CONFIRMED + "test_what_is_not_confirmed_is_corrected_and_asked_anew"
    ),
    "Without a word from your pole by": (
        "tests/integration/interventions/test_silence.py::"
        "test_silence_confirms_what_was_delivered_after_seven_working_days"
    ),
    "It is decided. The pole and the partner are told.": _CONFIRMED + "test_the_cell_settles_it",
    "A request of %(pole)s was begun and has not been changed": _DRAFT_ENDS,
    "Go on: your request will be deleted in two weeks": _DRAFT_ENDS,
    "Send your request by %(day)s, or save any step": _DRAFT_ENDS,
    "after they were last written in; the pole is warned two weeks before": _DRAFT_ENDS,
    **dict.fromkeys(
        (
            "The pole and the partners who work together are told",
            "The pole and the partners are told who leads",
        ),
        _PAIRS + "test_when_the_lead_is_gone_the_cell_names_another",
    ),
    "usually answers": _PAIRS + "test_a_partner_is_shown_with_the_days_it_lately_takes",
    "A word for one partner is too long": "portal.web.choices:LONGEST_NOTE",
    "A pole counts once in a year": (
        "tests/integration/requests/test_blocked.py::"
        "test_a_pole_counts_once_however_often_and_however_it_tries"
    ),
    "Choose a day from today, within a year.": _LIMITS + "test_what_cannot_be_granted_is_said_and_kept",
    "Counted: the interventions": _LIMITS + "test_days_are_those_held",
    "Requests of a pole in a year": "a name",
    "Support days of a pole in a year": "a name",
    "What a pole may ask for in a year": "a name",
    "What each pole may ask for in a year": _LIMITS + "test_the_year_turns_with_the_clocks_of_the_pole",
    # Questions of services
    "A choice has at most": "portal.catalogue.questions.rules:LONGEST_CHOICE",
    "A service asks at most": "portal.catalogue.questions.rules:MOST_QUESTIONS",
    "For one choice or several": "portal.catalogue.questions.rules:MOST_CHOICES",
    "Write at least %(least)d choices": "portal.catalogue.questions.rules:FEWEST_CHOICES",
    "Write at most %(most)d choices": "portal.catalogue.questions.rules:MOST_CHOICES",
    "Nothing is sent without an answer": (
        _ANSWERS + "test_what_is_needed_is_asked_when_it_is_sent_and_what_was_typed_is_kept"
    ),
    "A draft already written is asked again": (
        _ANSWERS + "test_a_draft_whose_question_changed_says_what_was_answered_and_asks_again"
    ),
    "What was answered stays on each draft": _ANSWERS + "test_what_is_answered_and_asked_no_more_is_kept",
    # Several poles
    "A request is of %(count)d other poles at most": "portal.joint.rules:MOST_POLES",
    "Its coordinators answer within ten working days": "portal.joint.rules:WORKING_DAYS_TO_JOIN",
    **dict.fromkeys(
        (
            "Only the pole that asks reads it.",
            "Only this pole reads it.",
            "Read by the pole that asks",
        ),
        "tests/integration/joint/test_secrets.py::test_what_poles_say_to_each_other_is_for_those_two",
    ),
    "The pole that asks is told": _JOINING + "test_refusing_is_between_the_two_poles",
    "Choose a year at most": "portal.agenda.rules:LONGEST",
    "Only the first %(count)s are shown and counted": (
        "tests/integration/agenda/test_agenda.py::test_where_there_are_too_many_it_says_so"
    ),
    # Dates proposed
    "the partner is told that nobody has answered": (
        "tests/integration/reminders/test_kinds.py::test_each_comes_on_its_day_once"
    ),
    "Up to three: the pole picks one": "portal.proposals.rules:MOST_DATES",
    **dict.fromkeys(
        (
            "It is planned at once: the partner is told",
            "The date is planned: the partner is told",
            "The date that you choose is planned at once",
            "The intervention of %(day)s is planned; the other dates are free again",
            "%(name)s picked this date among those proposed: the others are free again",
            "Those who come have been told",
        ),
        _PROPOSING + "test_who_is_told_what",
    ),
    "The dates are taken back. The pole is told": _PROPOSING + "test_a_partner_takes_its_dates_back",
    "The dates that you had proposed are free again": _OTHER_DATES,
    "The partner is told, and proposes other dates": _OTHER_DATES,
    "You get a message as soon as one of them is planned": _PROPOSING + "test_who_is_told_what",
    # Sheets of services
    "The national cell is told": _DRAFTED,
    "Everybody reads the sheet and poles can ask. The managers": _DRAFTED,
    "Draft: only those who keep this sheet": _DRAFTED,
    "Archived: only those who keep this sheet": "tests/integration/catalogue/test_sheets.py::test_nobody_else_keeps_it",
    "Until then only those who keep it": _DRAFTED,
    "They are kept, and their authors are told on the form": (
        "tests/integration/catalogue/test_sheets.py::"
        "test_a_draft_of_a_suspended_service_is_kept_and_sent_once_it_reopens"
    ),
    "This day is over: the notice": (
        "tests/integration/catalogue/test_sheets.py::test_a_notice_disappears_after_its_last_day"
    ),
    "Choose a day after today, within two years": "portal.catalogue.sheets.rules:LONGEST",
    "Choose a day.": "advice",
    "Suspend until a day": "a name",
    "Offered only in": "a name",
    "Only where it is offered in fewer places": "advice",
    "Each change of the last twelve months": _JOURNAL,
    "Places in a year": "a name",
    # What partners give
    "Counted since 1 January: the requests that a partner": _GIVEN
    + "test_requests_are_counted_by_what_the_partner_does",
    "How many at most": "advice",
    "Most requests that the partner gives": "a name",
    "Most support days that the partner gives": "a name",
    "Requests in a year": "a name",
    "Support days in a year": "a name",
    "What its partner gives in a year": "a name",
    "What partners give in a year": "a name",
    "You receive this message because you answer for a partner that delivers": (
        "tests/integration/requests/test_room.py::"
        "test_partners_hear_that_poles_wait_once_a_week_at_most_and_open_more"
    ),
    # Sessions
    "A change of day, hour, place": _REGISTERED
    + "test_a_change_tells_everybody_what_it_was_before_and_how_to_give_up",
    **dict.fromkeys(
        ("The session is cancelled. Those registered", "Those registered and those waiting are told why"),
        _REGISTERED + "test_cancelling_tells_those_registered_and_waiting_by_whom_and_why",
    ),
    **dict.fromkeys(
        ("Whom poles registered to sessions", "You receive this message because a PTCE registered you"),
        "portal.sessions.registrations.rules:ADDRESS_KEPT",
    ),
    **dict.fromkeys(
        ("It is shown while the session is held", "It works until an hour after the session"),
        "portal.sessions.presence.rules:CODE_AFTER",
    ),
    "This session was closed more than 30 days ago": "portal.interventions.rules:CORRECTED_WITHIN",
    "Whom you register here is seen by": _REGISTERED + "test_nobody_sees_whom_others_registered",
    "You have nothing else to do": "advice",
    # Requests that resemble each other
    "Requests are compared within the hour": (
        "tests/integration/alike/test_alike.py::test_what_was_sent_is_compared_once_with_what_is_open_near_it"
    ),
    "How many requests you can take in a year": (
        "tests/integration/requests/test_room.py::test_a_full_service_closes_and_opens_again"
    ),
    "Support that poles received: length": "portal.clock:MINUTES_PER_DAY",
    "Time that partners spent on these": "portal.clock:MINUTES_PER_DAY",
    "Here is what you had typed, as of": "tests/integration/interventions/test_drafts.py::"
    "test_what_is_typed_waits_for_its_author_and_nobody_else_sees_it",
    "It was noted more than 30 days ago": "portal.interventions.rules:CORRECTED_WITHIN",
    "Type the day on which it took place": "portal.interventions.rules:FURTHEST",
    "Noted by %(partner)s, with whom you": "tests/integration/interventions/test_together.py::"
    "test_the_other_says_its_own_part_and_nothing_else",
    "What it was about. Only your": "tests/integration/interventions/test_network.py::test_others_read_nothing_of_it",
    "What you note here is read by your": "tests/integration/interventions/test_network.py::"
    "test_others_read_nothing_of_it",
}
