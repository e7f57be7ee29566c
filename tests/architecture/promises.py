"""What the portal says of itself, and what proves it: see `test_promises.py`.

Each sentence is named by its first words. Its proof is a constant of the code whose value it says ("module:NAME"), a
test ("tests/….py::test_…"), or a word of REASONS, where it promises nothing.
"""

from tests.architecture.promises_of_the_bundle import BUNDLE

REASONS = {
    "a form": "what the law or a register asks of a number, or an example of what to type",
    "an address": "a step of somebody, not a limit of ours",
    "a count": "counts what is there, when it is shown",
    "a name": "the name of a thing, not a sentence about it",
    "advice": "tells people what to do",
    "an example": "of the guide of style",
    "put in": "the number is put in from the constant that holds",
    "the operator": "what an operator does outside the portal, written for them in docs/operations.md",
}

_GIVEN_UP = (
    "tests/integration/dispatch/test_pauses.py::"
    "test_a_list_is_given_up_once_confirmed_but_for_what_always_leaves"
)
_LADDER = "tests/integration/reminders/test_ladder.py::"
_W = "portal.requests.steps:"
_APPLICATIONS = "portal.applications.rules:"
_TOLD = "tests/integration/requests/test_told.py::test_those_it_concerns_are_told_and_nobody_else"
_ENTERED = (
    "tests/integration/interventions/test_interventions.py::"
    "test_what_is_wrong_is_said_on_its_field_and_the_rest_is_kept"
)
_LAST_DAYS = (
    "tests/integration/operations/test_last_days.py::test_everything_is_kept_until_its_last_day_is_over"
)
_RETENTION = (
    "tests/integration/personal_data/test_retention.py::"
    "test_what_is_too_old_is_counted_then_ended_and_the_rest_stays"
)
_READ_BY = (
    "tests/integration/conversation/test_messages.py::test_a_message_is_read_by_those_it_says_and_nobody_else"
)
_NOTES = (
    "tests/integration/conversation/test_notes.py::TestRandomThreads::"
    "test_each_gets_what_was_said_to_them_and_no_more"
)
_GUESTS = "tests/integration/conversation/test_guests.py::"
_KEPT_ALONE = (
    "tests/integration/conversation/test_drafts.py::"
    "test_what_is_typed_waits_for_its_author_and_nobody_else_sees_it"
)
_DRAFT = _APPLICATIONS + "DRAFT_KEPT"
_VIEWING = "portal.people.rules:LONGEST"
_RESET = "tests/integration/accounts/test_reset.py::test_a_link_is_dead_after_two_hours"
_INVITED = "portal.accounts.rules:INVITATION_LASTS"
_REVIEW = "tests/unit/teams/test_rules.py::test_members_are_reviewed_every_three_months"
_JOURNAL = "portal.journal.rules:KEPT"
_INSPECTED = (
    "tests/integration/requests/test_pole_box.py::test_what_is_seen_by_few_stands_on_no_page_of_everybody"
)

_CHOSEN = "tests/integration/news/test_preferences.py::test_each_rhythm_decides_when_an_e_mail_leaves"

PROOFS: dict[str, str] = {
    "Your answer is too long for the portal.": "advice",
    "Many answers came on this request": (
        "tests/integration/mailbox/test_answers.py::test_limits_hold_for_one_request_and_hour"
    ),
    "Nobody is told before two minutes": "portal.acts:TIME",
    "In one e-mail a day": _CHOSEN,
    "In one e-mail a week": _CHOSEN,
    "Never by e-mail": _CHOSEN,
    "Change what comes at once, together or never": "advice",
    "It comes only to who chose it": "tests/integration/news/test_digests.py::test_a_digest_is_never_empty",
    "What always comes": "tests/integration/news/test_preferences.py::test_what_somebody_must_do_always_comes_at_once",
    "You belong to no organisation here: only e-mails about your account come": (
        "tests/integration/news/test_preferences.py::test_who_belongs_nowhere_has_nothing_to_choose"
    ),
    # How long
    "%(name)s, who helps to run the portal, opened it as you see it": _VIEWING,
    "Looking as somebody else has ended: it lasts thirty minutes": _VIEWING,
    "To help you, somebody of the national cell may look at the portal": _VIEWING,
    "It was completed more than thirty days ago": _W + "DAYS_TO_REOPEN",
    "Read the review; if something is missing, reopen the request within": _W + "DAYS_TO_REOPEN",
    "The support goes on, within thirty days": _W + "DAYS_TO_REOPEN",
    "A message is on its way to %(email)s. Open its link within": "portal.safety.rules:CONFIRM_WITHIN",
    "You asked to use this address on the PTCE support portal.": "portal.safety.rules:CONFIRM_WITHIN",
    "If it was not you, open the link of our earlier message": "portal.safety.rules:STOP_WITHIN",
    "If it was you, there is nothing to do. If not, this link": "portal.safety.rules:STOP_WITHIN",
    "If %(email)s has an account here, a link to choose": _RESET,
    "You asked for a link to choose a new password": _RESET,
    "Choose your new password within two hours": _RESET,
    "Confirm your new address within 24 hours": "portal.safety.rules:CONFIRM_WITHIN",
    "Check that it was you who asked for another address": "portal.safety.rules:STOP_WITHIN",
    "Open your application by this link, for 90 days": _APPLICATIONS + "LINK_LASTS",
    "Too many links were asked for. Wait an hour": "tests/integration/safety/test_address.py::test_nobody_is_flooded",
    "Not routed for three working days": _W + "WORKING_DAYS_BEFORE_A_REMINDER",
    "A word may help, once three": _W + "WORKING_DAYS_BEFORE_A_REMINDER",
    "What nobody would move without you. Nobody is chased": _W + "WORKING_DAYS_BEFORE_A_REMINDER",
    "Question unanswered for five": "portal.stuck.rules:WORKING_DAYS_ON_HOLD",
    "Accepted, and nothing for thirty": "portal.stuck.rules:DAYS_WITHOUT_NEWS",
    "%(num)d request accepted, and nothing for thirty": "portal.stuck.rules:DAYS_WITHOUT_NEWS",
    "Something happened within thirty days on all": "portal.stuck.rules:DAYS_WITHOUT_NEWS",
    "Due within two working days": "portal.stuck.rules:WORKING_DAYS_BEFORE_DUE",
    "Choose a day from tomorrow on": "portal.stuck.rules:LONGEST_SNOOZE",
    "A year at most. For longer, hand the work over": "portal.organisations.rules:LONGEST_ABSENCE",
    "This is more than a year: check the year, or make": "portal.organisations.rules:LONGEST_ABSENCE",
    "This day is more than two years away": "portal.interventions.rules:FURTHEST",
    "The page says who invites you": _INVITED,
    "They get an e-mail with a link that works once, for seven": _INVITED,
    "Open the account of the pole as its first coordinator": _INVITED,
    "You receive this message because somebody typed your name": "portal.teams.rules:INVITATIONS_KEPT",
    "Every three months, so that only": "portal.teams.rules:REVIEWED_EVERY",
    "Every three months, somebody who answers": "portal.teams.rules:REVIEWED_EVERY",
    "Thank you: the members are confirmed for three months": "portal.teams.rules:REVIEWED_EVERY",
    "Go on: your draft will be deleted in two weeks": _APPLICATIONS + "WARNED_BEFORE",
    "The application begun with your address has not been changed": "tests/integration/applications/"
    "test_retention.py::test_a_draft_is_warned_then_deleted_with_its_documents",
    "after they were last written in; their author is warned": _APPLICATIONS + "WARNED_BEFORE",
    "It opens your application, and nothing else": _APPLICATIONS + "LINK_LASTS",
    "This link opens the application begun with your address": _APPLICATIONS + "LINK_LASTS",
    "Save any part of your draft": _DRAFT,
    "This draft is kept until": _DRAFT,
    "Your address serves this application alone": _DRAFT,
    "The regional cell gives its opinion within": "portal.applications.steps:WORKING_DAYS_FOR_OPINION",
    "Waiting for more than ten minutes": "portal.notifications.queries:LATE",
    "Every e-mail leaves within minutes": "tests/integration/notifications/test_supervision.py::"
    "test_late_e_mails_are_shown_apart",
    "The portal forgets the text of an e-mail after a month": "portal.notifications.rules:BODIES_KEPT",
    "30 days for their text, 12 months for the record": "portal.notifications.rules:BODIES_KEPT",
    "after they are sent; one day for a secret link": "portal.notifications.rules:SECRETS_KEPT",
    "After how many days each reminder leaves": (
        "tests/integration/reminders/test_days.py::test_what_is_out_of_bounds_is_refused"
    ),
    "No reminder has left for weeks": (
        "tests/integration/reminders/test_brake.py::test_the_page_says_what_is_usual_also_where_nothing_left_yet"
    ),
    "Up to %(num)s e-mail": (
        "tests/integration/reminders/test_brake.py::test_the_page_says_what_is_usual_also_where_nothing_left_yet"
    ),
    "What is paused waits here": (
        "tests/integration/dispatch/test_pauses.py::test_a_pause_of_all_keeps_no_sign_in"
    ),
    "PDF, office documents or images": "put in",
    "The documents you sent are kept for a day": "portal.documents.rules:KEPT",
    "%(count)d documents at most can be there": "put in",
    "%(count)d documents at most can be sent at once": "put in",
    "A document you had sent is no longer kept": "advice",
    "The files you sent to be imported within a day": "portal.transfers.rules:KEPT",
    "Failed attempts to sign in with your address, kept a day": _LAST_DAYS,
    "Failed attempts to sign in, under a code": _LAST_DAYS,
    "Logs that protect the portal, for 12 months": _JOURNAL,
    "As long as they are of use, 12 months": _JOURNAL,
    "12 months": _JOURNAL,
    "This person receives it by e-mail, and it stays in the journal": _JOURNAL,
    "Who changed what about people, rights and organisations": _JOURNAL,
    "If you still need support, send a new request": "portal.personal_data.rules:NOTICE",
    "The portal closed this request, since nothing had happened": "portal.personal_data.rules:NOTICE",
    "Nothing had happened on this request for three years": _RETENTION,
    "What you wrote for your organisations: requests": _RETENTION,
    "What you wrote is read by the regional and national cells": _RETENTION,
    "Three years after the last step": _RETENTION,
    "The account of %(name)s was closed after two years": "portal.accounts.rules:IDLE_WARNED_AFTER",
    "You have not used your account on the PTCE support portal": "portal.accounts.rules:IDLE_WARNED_AFTER",
    "Sign in once to keep it. Otherwise it is closed": _RETENTION,
    "The portal itself does what this table says, every day": _RETENTION,
    "The technical logs of the server are kept for 12 months": "the operator",
    "For the rest, write to %(contact_email)s. We answer within": "the operator",
    "The account of %(name)s, unused for two years": "portal.accounts.rules:IDLE_WARNED_AFTER",
    "Many links were asked for from your network": "tests/integration/accounts/test_reset.py::"
    "test_one_network_cannot_write_to_everybody_and_is_told",
    "Wait a quarter of an hour, then try again": "advice",
    "The same was asked of the portal too often": "tests/integration/web/test_errors.py::"
    "test_what_was_asked_too_often_says_from_when_and_speaks_of_nothing_else",
    "Too many attempts from your network": "tests/integration/accounts/test_attempts.py::"
    "test_a_network_that_tries_many_accounts_is_held_and_told_so",
    "An inactive organisation leaves the register": "tests/integration/organisations/test_endings.py::"
    "test_nothing_waits_for_who_is_gone_and_everyone_is_told",
    "The organisation is inactive; everyone concerned": "tests/integration/organisations/test_endings.py::"
    "test_nothing_waits_for_who_is_gone_and_everyone_is_told",
    # How much
    "In quarter hours: 1 h 30, 1,5 or 90 min are the same; 7 hours": "portal.clock:MINUTES_PER_DAY",
    "Days done and confirmed, in days of seven hours": "portal.clock:MINUTES_PER_DAY",
    "Type a year between 2009 and": "tests/integration/organisations/test_history.py::"
    "test_a_cell_adds_a_recognition_with_its_proof_and_takes_a_wrong_one_away",
    "Six digits, which change every half minute": "tests/integration/safety/test_factors.py::test_a_code_works_once",
    "The six digits shown by your application": "tests/integration/safety/test_factors.py::test_a_code_works_once",
    # Who reads, who is told, what cannot be undone
    "A request is seen by the pole that files it": "tests/access/test_matrix.py::"
    "test_each_persona_reads_what_the_table_says",
    "Seen by the cells and partners only": _INSPECTED,
    "Your name, address and role are seen by your organisation": _INSPECTED,
    "Funders see figures only": "tests/integration/usage/test_page.py::"
    "test_an_observer_reads_figures_and_no_names_of_people_or_poles",
    "Nobody but you; the operator of the portal": "tests/integration/journal/test_page.py::"
    "test_it_is_kept_for_twelve_months",
    "Until then nobody but you reads your application": "tests/access/test_matrix.py::"
    "test_each_persona_reads_what_the_table_says",
    "What is marked “Public” appears in the register only": "tests/integration/applications/test_journey.py::"
    "test_without_agreement_the_pole_stays_out_of_the_public_register",
    "Your data are used for nothing else": "the operator",
    "This portal uses one cookie only": "tests/integration/accounts/test_sign_in.py::"
    "test_no_cookie_remembers_anybody",
    # Told
    **dict.fromkeys(
        (
            "Everyone who had it is told",
            "Nothing more will be done; the pole and the partners are told",
            "The intervention is cancelled. The pole is told",
            "It is written down. The pole is told",
            "The partner is told and its time",
            "The partner is told that nothing more",
            "The pole and the new referent are told",
            "The pole is told",
            "The request is dropped; everyone concerned",
            "You have accepted. The pole is told",
            "You have declined. The pole and its cell",
        ),
        _TOLD,
    ),
    **dict.fromkeys(
        (
            "The applicant is told, with your reason",
            "The cell is told",
            "The national cell decides, in view of this opinion",
            "You are told of each step",
        ),
        "tests/integration/applications/test_journey.py::test_nobody_is_told_of_their_own_act",
    ),
    "If it is not yours, this person is told": "tests/integration/applications/test_journey.py::"
    "test_another_contact_is_told_once_and_oneself_is_not",
    "An application to the support bundle for PTCE names you": "tests/integration/applications/test_journey.py::"
    "test_another_contact_is_told_once_and_oneself_is_not",
    "If this link was an invitation, the person who sent it": "tests/integration/teams/test_invitations.py::"
    "test_a_new_link_is_asked_for_once_a_day",
    "While your cell is absent, the national cell": "tests/integration/requests/test_who_answers.py::"
    "test_while_a_cell_is_absent_the_national_one_is_told_and_sees_the_request",
    "Your colleague is told": "tests/integration/requests/test_batch.py::test_a_team_is_given_what_is_to_do",
    "It was asked too short a time ago: nobody is chased": f"{_W}WORKING_DAYS_BEFORE_A_REMINDER",
    "This person is told by e-mail, and the journal": "tests/integration/people/test_viewing.py::"
    "test_the_person_is_told",
    # Other promises
    "90 days from today at most": "portal.conversation.guests.rules:LONGEST_STAY",
    "Choose a day within the next 90": "portal.conversation.guests.rules:LONGEST_STAY",
    "They read and write in this conversation alone": _GUESTS
    + "test_a_guest_reads_what_is_written_from_then_on_and_writes",
    "You receive this message because somebody typed your address to invite": _GUESTS
    + "test_the_address_is_forgotten_a_month_after_the_end",
    "Internal note: %(name)s only": _NOTES,
    "Internal note: the cells only": _NOTES,
    "Nobody else ever reads it: on no page": _NOTES,
    "Read the note on the page of the request: what it says is never": _NOTES,
    "Only you see it until you send it": _KEPT_ALONE,
    "Your draft is kept: only you see it": _KEPT_ALONE,
    "Read by the pole, the cells and": _READ_BY,
    "Read by: %(names)s": _READ_BY,
    "Seen by the team of %(name)s on": "tests/integration/conversation/test_reading.py::"
    "test_the_author_sees_which_teams_saw_it_first_and_when",
    "Active records only. An export": "tests/integration/transfers/test_export.py::"
    "test_an_export_keeps_to_a_region_and_to_what_is_active",
    "Exported only: each person keeps": "tests/integration/transfers/test_people.py::"
    "test_who_has_no_account_is_invited_once",
    "In %(organisation)s only; what they do": "tests/integration/teams/test_members.py::"
    "test_who_is_made_to_leave_is_told",
    "It can be read by people and by programs": "tests/integration/personal_data/test_my_data.py::"
    "test_the_copy_holds_what_i_wrote_and_nobody_elses",
    "It only takes what a form of the portal sends": "tests/integration/web/test_errors.py::"
    "test_a_wrong_method_is_refused",
    "Nothing is lost: what both have is kept once": "tests/integration/organisations/test_merge.py::"
    "test_what_both_have_is_kept_once_with_all_that_is_known",
    "Print or copy these codes now": "tests/integration/safety/test_factors.py::"
    "test_the_wizard_shows_a_picture_a_key_and_then_ten_codes_once",
    "Support requests sent in the period": "tests/integration/usage/test_figures.py::test_by_month",
    "The portal forgot it as soon as it left": "tests/integration/notifications/test_outbox.py::"
    "test_a_secret_is_blank_once_sent",
    "Their own, not one that several people read": "tests/integration/teams/test_invitations.py::"
    "test_a_link_works_once",
    "These days are over: only days to come": "tests/integration/teams/test_absences.py::"
    "test_a_substitute_can_do_the_work_and_is_of_the_team",
    "These two are not of the same kind": "tests/integration/organisations/test_merge.py::"
    "test_what_cannot_be_merged_is_refused_in_words",
    "Write a day that is not in the future": _ENTERED,
    "You see the portal as %(name)s, read-only": "tests/integration/people/test_viewing.py::"
    "test_the_database_takes_nothing_from_a_page_nobody_thought_of",
    "Set up on %(day)s. A code is asked": "tests/integration/safety/test_factors.py::test_a_code_works_once",
    **dict.fromkeys(
        (
            "A virus was found in a document",
            "Send another file: ",
        ),
        "tests/integration/files/test_scan.py::test_nobody_gets_a_document_before_it_was_looked_at",
    ),
    "Your application is set up: a code": "tests/integration/safety/test_factors.py::test_a_code_works_once",
    "It takes two minutes. Afterwards, a code": "tests/integration/safety/test_factors.py::test_a_code_works_once",
    "Drafts of requests that were never sent": _RETENTION,
    "This is the only reminder that the pole can send": "tests/integration/requests/"
    "test_following.py::test_a_request_is_reminded_once_and_never_before_it_is_late",
    **dict.fromkeys(
        (
            "I confirm: after two minutes",
            "It was done more than two minutes ago",
            "What you do here can be undone for two minutes",
        ),
        "portal.acts:TIME",
    ),
    "Only who did it, for the organisation": "tests/integration/requests/test_undo.py::"
    "test_for_another_organisation_it_is_not_theirs",
    "This cannot be undone": "tests/architecture/test_undone.py::test_what_stays_says_so_where_it_is_done",
    "They are cancelled, and whoever was to come is told": "tests/integration/interventions/test_dates_ahead.py::"
    "test_completing_holds_the_dates_ahead_or_calls_them_off",
    "I understand that this cannot be undone": "tests/integration/personal_data/test_close.py::"
    "test_where_nobody_could_take_it_one_may_go",
    "Read what happens first: it cannot be undone": "tests/integration/personal_data/test_close.py::"
    "test_where_nobody_could_take_it_one_may_go",
    # No promise
    **dict.fromkeys(
        (
            "%(megabytes)s MB at most",
            "Choose %(count)d months at most",
            "Shorten this text: it has %(count)d characters",
            "Needed. %(count)d",
            "Shown to all in the register. %(count)d",
            "Statutes, presentation, letters of the members",
            "This file is too large: %(size)d MB",
            "This text is too long: %(max)d",
            "This text is too long: %(most)d",
            "Use at most %(count)d characters",
            "You will see the pages that this person sees",
        ),
        "put in",
    ),
    **dict.fromkeys(
        (
            "14 digits",
            "Check this number: a",
            "For an association without SIRET",
            "Of the lead organisation: ",
            "This is not a SIRET",
            "This is not an RNA number",
            "Write a day as 31/12/2026",
            "The address of a page, or the name of a document",
            "Send a PDF, a document",
        ),
        "a form",
    ),
    **dict.fromkeys(
        (
            "A code application was set up",
            "Add a document",
            "In the last 24 hours",
            "Late only",
            "Never checked until now",
            "Never used yet",
            "New requests in a month",
            "New requests it can take in a month",
            "New requests you can take in a month",
            "Requests of the last twelve months",
            "Set up a code application",
            "What has not been tested",
            "You are only looking",
            "It only tells something",
            "never",
        ),
        "a name",
    ),
    **dict.fromkeys(
        (
            "Easy to guess: add",
            "Many people use this password",
            "This is easy to guess",
            "This passkey was not recognised",
            "Day of the present stage",
            "So that a request never waits",
            "The program that sends them has never been started",
            "It takes a minute: keep who is still there",
            "If this address can be written to, a message",
        ),
        "advice",
    ),
    **dict.fromkeys(
        ("the cell is told", "the manager is reminded, and the pole told"),
        _LADDER + "test_each_rung_comes_on_its_day_in_the_morning_after_the_day_is_over",
    ),
    **dict.fromkeys(
        ("If nothing moves, these e-mails come to you", "If nothing moves, these leave"),
        "tests/integration/reminders/test_pages.py::test_what_is_shown_is_what_leaves",
    ),
    "the national cell is told": "tests/integration/reminders/test_kinds.py::test_each_comes_on_its_day_once",
    "If the date no longer holds, change it": _TOLD,
    "Check who belongs to %(organisation)s: it takes a minute": "advice",
    "Check by %(day)s who belongs to %(organisation)s: it takes a minute": "advice",
    "%(num)s e-mail of this list would never leave": _GIVEN_UP,
    "What lets somebody in, protects an account or goes to somebody without one always leaves, and is not": _GIVEN_UP,
    "Let them leave, or drop them": "portal.reminders.rules:HELD_FOR",
    **dict.fromkeys(("One day", "Two days"), "an example"),
    **BUNDLE,
}
