"""Every kind of e-mail, in one readable list: what it is about, whom it tells, and whether one may do without it."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.access.roles import CELL_ROLES, HEAD_ROLES, PARTNER_ROLES, POLE_ROLES, Role
from portal.notifications.preferences import queries as preferences
from portal.notifications.preferences.rules import DIGESTS, Topic

_EVERYBODY = frozenset(Role)
_OF_REQUESTS = POLE_ROLES | PARTNER_ROLES | CELL_ROLES

TOPICS = (
    Topic(
        "to_do",
        _l("What waits for you"),
        _l(
            "A request to route, to accept or to answer, a question, an intervention to confirm, work handed over to"
            " you."
        ),
        _OF_REQUESTS,
        (
            *("requests/submit_cell", "requests/decline_cell", "requests/hand_back_cell"),
            *("requests/cancel_cell", "requests/expire_cell"),
            *("requests/route_partner", "requests/assign_partner", "requests/answer_partner"),
            *("requests/chase_partner", "requests/remind_partner", "requests/ask_news_partner"),
            *("requests/change_referent_partner", "requests/reopen_partner"),
            *("requests/ask_pole", "requests/chase_answer_pole", "joint/invite_other_pole"),
            *("proposals/propose_dates_pole", "proposals/ask_other_dates_partner"),
            *("applications/submit_cell", "applications/answer_cell", "applications/advise_cell"),
            *("teams/work_handed_over", "teams/work_left", "teams/open_work_taken_over"),
            *("teams/standing_in", "teams/review_due", "teams/nobody_left", "teams/invitation_wanted"),
            *("documents/infected", "catalogue/ask_cell", "catalogue/room_pole", "catalogue/waiting_partner"),
            *("interventions/log_pole", "interventions/contest_partner", "interventions/contest_cell"),
            *("interventions/correct_later_pole", "interventions/propose_adjustment_cell"),
            *("sessions/attach_session_pole", "sessions/attach_session_other_pole"),
            *("sessions/wanted_partner", "sessions/close_pole", "sessions/rectify_pole"),
            *("sessions/contest_partner", "sessions/contest_cell"),
        ),
        required=_l("Somebody waits for what you do next."),
    ),
    Topic(
        "reminders",
        _l("Reminders"),
        _l("What still waits for you after some days, or for your cell to see to it."),
        _OF_REQUESTS,
        (
            *("stuck/unanswered_team", "stuck/unanswered_manager", "stuck/unanswered_cell"),
            *("stuck/question_pole", "stuck/question_cell", "stuck/silent_partner", "stuck/silent_cell"),
            *("interventions/report_practitioner", "interventions/report_manager"),
            "interventions/evening_practitioner",
            "interventions/confirm_pole",
            *("applications/late_cell", "applications/late_national", "teams/review_late"),
            *("reminders/summary", "reminders/held", "catalogue/check_due", "joint/reminder_other_pole"),
            *("proposals/reminder_pole", "proposals/unanswered_partner"),
        ),
        required=_l("Somebody still waits, and each comes once."),
    ),
    Topic(
        "drafts",
        _l("Requests you have begun"),
        _l("A draft waits to be sent."),
        POLE_ROLES,
        ("stuck/draft_pole", "requests/draft_ends"),
    ),
    Topic(
        "dates",
        _l("Dates of interventions"),
        _l("A date is proposed, picked, planned, moved, cancelled, or tomorrow."),
        POLE_ROLES | PARTNER_ROLES,
        (
            *("interventions/plan_pole", "interventions/correct_pole", "interventions/call_off_pole"),
            *("interventions/plan_practitioner", "interventions/correct_practitioner"),
            "interventions/call_off_practitioner",
            *("interventions/tomorrow_practitioner", "interventions/tomorrow_pole"),
            *("joint/changed_other_pole", "joint/tomorrow_other_pole"),
            *("proposals/propose_dates_practitioner", "proposals/ask_other_dates_practitioner"),
            *("proposals/take_dates_back_practitioner", "proposals/take_dates_back_pole"),
            "proposals/pick_date_partner",
            *("sessions/change_pole", "sessions/cancel_pole", "sessions/offer_pole"),
            "sessions/tomorrow_pole",
            *("sessions/name_practitioner", "sessions/change_practitioner", "sessions/free_practitioner"),
            *(
                "calendars/invited",
                "calendars/taken_out",
                "calendars/declined_practitioner",
                "calendars/after_all_practitioner",
            ),
        ),
        required=_l("Somebody might travel for nothing."),
    ),
    Topic(
        "progress",
        _l("What becomes of requests"),
        _l("A request is sent, accepted, declined, completed or closed, or something is added to it."),
        _OF_REQUESTS,
        (
            *("requests/submit_pole", "requests/route_pole", "requests/answer_pole"),
            *(
                "requests/accept_pole",
                "requests/decline_pole",
                "requests/expire_pole",
                "requests/cancel_pole",
            ),
            *("requests/change_referent_pole", "requests/hand_back_pole", "requests/complete_pole"),
            *("requests/reopen_pole", "requests/withdraw_pole", "requests/drop_pole", "requests/move_pole"),
            *("requests/add_information_pole", "requests/add_information_partner"),
            "stuck/unanswered_pole",
            *("requests/add_information_cell", "requests/accept_partner", "requests/expire_partner"),
            *("requests/cancel_partner", "requests/withdraw_partner", "requests/drop_partner"),
            *("requests/move_partner", "requests/thank_partner", "requests/go_on_cell"),
            *("requests/lead_pole", "requests/lead_partner"),
            *("joint/join_pole", "joint/join_partner", "joint/leave_pole", "joint/leave_partner"),
            *("joint/refuse_pole", "joint/lapse_pole", "joint/shut_out_other_pole"),
            *("requests/complete_cell", "requests/reopen_cell", "requests/withdraw_cell"),
            *("requests/drop_cell", "requests/move_cell"),
            *("interventions/log_practitioner", "interventions/miss_pole"),
            *("interventions/settle_pole", "interventions/settle_partner", "interventions/adjust_pole"),
            *("interventions/adjust_partner", "interventions/refuse_adjustment_partner"),
            "interventions/correct_later_partner",
            *("catalogue/publish_partner", "catalogue/suspend_partner", "catalogue/archive_partner"),
            "catalogue/left_list_pole",
            *("sessions/detach_session_pole", "sessions/lost_pole"),
            *("sessions/rectify_later_partner", "sessions/settle_pole", "sessions/settle_partner"),
        ),
    ),
    Topic(
        "messages",
        _l("Messages on requests"),
        _l("What a pole, a partner or a cell writes in the conversation of a request."),
        _OF_REQUESTS,
        ("conversation/message",),
    ),
    Topic(
        "notes",
        _l("Notes of your organisation"),
        _l("What your colleagues write among yourselves; their words are in no e-mail."),
        PARTNER_ROLES | CELL_ROLES,
        ("conversation/note",),
    ),
    Topic(
        "mentions",
        _l("You are named"),
        _l("Somebody names you in a message or a note."),
        _OF_REQUESTS,
        ("conversation/mention", "conversation/mention_in_note"),
    ),
    Topic(
        "applications",
        _l("Applications of new poles"),
        _l("An application is admitted, refused or withdrawn."),
        CELL_ROLES,
        ("applications/admit_cell", "applications/refuse_cell", "applications/withdraw_cell"),
    ),
    Topic(
        "team",
        _l("People of your organisation"),
        _l("Somebody accepts your invitation, does not take it up, or leaves."),
        HEAD_ROLES,
        ("teams/invitation_accepted", "teams/invitation_not_taken", "teams/colleague_left"),
    ),
    Topic(
        "account",
        _l("Your account and your rights"),
        _l(
            "Links you ask for, what protects your account, your roles, what became of your answers by e-mail."
        ),
        _EVERYBODY,
        (
            *("accounts/reset_instructions", "accounts/password_changed", "accounts/account_closed"),
            *("safety/new_sign_in", "safety/protection_changed", "safety/confirm_address"),
            *("safety/address_changed", "safety/address_change_asked", "safety/address_taken"),
            *("teams/role_changed", "teams/membership_ended", "teams/organisation_ended"),
            *("teams/account_idle", "teams/declared_absent", "people/viewed"),
            *(
                "requests/in_your_name",
                "mailbox/is_this_you",
                "mailbox/not_taken",
                "mailbox/documents_not_taken",
            ),
        ),
        required=_l("It protects your account, or says what you may still do here."),
        at_any_hour=True,
    ),
    Topic(
        DIGESTS,
        _l("Digests"),
        _l("What you chose to get together."),
        (),
        ("news/digest",),
        required=_l("It comes only to who chose it."),
        is_news=False,
    ),
    Topic(
        "without_account",
        _l("Written to somebody who has no account"),
        _l("Invitations, applications, guests."),
        (),
        (
            *(
                "accounts/invitation",
                "conversation/guest_invited",
                "conversation/guest_message",
                "conversation/guest_infected",
            ),
            *("applications/link", "applications/contact_named", "applications/draft_expires"),
            *("applications/submit_applicant", "applications/ask_applicant", "applications/advise_applicant"),
            *("applications/admit_applicant", "applications/refuse_applicant", "applications/infected"),
            "mailbox/stranger",
            *("sessions/seat_participant", "sessions/wait_participant", "sessions/offer_participant"),
            "sessions/tomorrow_participant",
            *("sessions/withdraw_participant", "sessions/change_participant", "sessions/cancel_participant"),
        ),
        required=_l("It brings what they asked for."),
        at_any_hour=True,
    ),
)
"""In the order in which people read them. A test names a kind that is in none, or in two."""


def init_app(app: Flask) -> None:
    preferences.init_app(app, TOPICS)
