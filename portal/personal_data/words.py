"""What the portal keeps of people, in words: what, why, who sees it, how long, and what each part of a copy holds."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.personal_data.rules import RULES, YEAR, Kept, Source

_LEAP_DAYS = 2


class Retention(NamedTuple):
    """A line of the table of retention; `since`: from when the time is counted; `then`: what happens at its end."""

    what: Any
    since: Any
    then: Any


RETENTION: Mapping[Kept, Retention] = {
    Kept.DORMANT_REQUESTS: Retention(
        _l("Requests still open on which nobody does anything"),
        _l("without activity"),
        _l("The portal closes them and tells everyone concerned."),
    ),
    Kept.REQUESTS: Retention(
        _l("Closed requests: texts, messages, reports, names"),
        _l("without activity"),
        _l("They are anonymised: texts and names are removed, figures stay."),
    ),
    Kept.DRAFTS: Retention(
        _l("Drafts of requests that were never sent"),
        _l("after they were last written in; the pole is warned two weeks before"),
        _l("The drafts are deleted."),
    ),
    Kept.LOG_DRAFTS: Retention(
        _l("What partners began to write of what they did, and did not send"),
        _l("after it was last written in"),
        _l("The drafts are deleted."),
    ),
    Kept.APPLICATIONS: Retention(
        _l("Applications of new poles, with their documents"),
        _l("without activity"),
        _l("They are anonymised; their documents are deleted."),
    ),
    Kept.APPLICATION_DRAFTS: Retention(
        _l("Drafts of applications"),
        _l("after they were last written in; their author is warned two weeks before"),
        _l("The drafts are deleted."),
    ),
    Kept.IDLE_ACCOUNTS: Retention(
        _l("Accounts that nobody uses"), _l("after the last visit"), _l("Their owner is warned by e-mail.")
    ),
    Kept.WARNED_ACCOUNTS: Retention(
        _l("Accounts still unused after the warning"),
        _l("after the warning"),
        _l("They are closed; name, address and telephone are removed."),
    ),
    Kept.INVITATIONS: Retention(
        _l("Invitations that nobody answered"),
        _l("after their link stops working"),
        _l("The invitations are deleted."),
    ),
    Kept.JOURNAL: Retention(
        _l("The journal of changes to people, rights and organisations"),
        _l("after the change"),
        _l("Its lines are deleted."),
    ),
    Kept.SESSIONS: Retention(
        _l("The list of devices signed in"), _l("after their last use"), _l("Its lines are deleted.")
    ),
    Kept.EMAIL_TEXTS: Retention(
        _l("The text of e-mails"),
        _l("after they are sent; one day for a secret link"),
        _l("The text is deleted; the fact that they were sent stays."),
    ),
    Kept.EMAILS: Retention(
        _l("The record of e-mails: address, subject, date"),
        _l("after they are sent"),
        _l("The record is deleted."),
    ),
    Kept.BLOCKED_DEMAND: Retention(
        _l("Which poles were refused which service, for which rule; nobody is named"),
        _l("after the refusal"),
        _l("Its lines are deleted."),
    ),
    Kept.NETWORK_WORK: Retention(
        _l("What organisations note of their work for the network: who gave it, what it was about"),
        _l("after the day of the work"),
        _l("What was written and who was named are removed; its figures stay."),
    ),
    Kept.REGISTRATIONS: Retention(
        _l(
            "Whom poles registered to sessions, who came and who gave them; addresses go a month after the session"
        ),
        _l("after the day of the session"),
        _l("Names are removed; how many came stays."),
    ),
    Kept.REMINDERS: Retention(
        _l("What people were reminded of"),
        _l("after the reminder"),
        _l("Its lines are deleted."),
    ),
    Kept.ATTEMPTS: Retention(
        _l("Failed attempts to sign in, under a code made of the address"),
        _l("after the attempt"),
        _l("The attempts are forgotten."),
    ),
    Kept.IMPORTS: Retention(
        _l("Files sent to be imported, and their reports"),
        _l("after they were sent"),
        _l("The files are deleted."),
    ),
    Kept.DOCUMENTS: Retention(
        _l("Documents sent with a form that was not taken, for its correction"),
        _l("after they were sent"),
        _l("The documents are deleted."),
    ),
}

SOURCES: Mapping[Source, Any] = {
    Source.NETWORK: _l("choice of the network"),
    Source.LOGS: _l("CNIL recommendation 2021-122 on logs"),
    Source.NEED: _l("as long as it is of use"),
}


class Line(NamedTuple):
    """A rule of retention as it is read."""

    kept: Kept
    what: str
    how_long: str
    then: str
    source: str


def retention_table() -> Sequence[Line]:
    """Every rule, in the order of the table."""
    return [
        Line(
            kept,
            str(RETENTION[kept].what),
            f"{duration(rule.after)} {RETENTION[kept].since}",
            str(RETENTION[kept].then),
            str(SOURCES[rule.source]),
        )
        for kept, rule in RULES.items()
    ]


def duration(time: timedelta) -> str:
    """A length of time in round words: 30 days, 12 months, 3 years, 2 years and 11 months."""
    years, days = divmod(time.days, YEAR.days)
    if years and days <= _LEAP_DAYS:
        return ngettext("%(num)d year", "%(num)d years", years) if years > 1 else _("12 months")
    if time > YEAR:
        months = ngettext("%(num)d month", "%(num)d months", days * 12 // YEAR.days)
        return _(
            "%(years)s and %(months)s", years=ngettext("%(num)d year", "%(num)d years", years), months=months
        )
    return _days(time.days)


def _days(count: int) -> str:
    return ngettext("%(num)d day", "%(num)d days", count)


class Known(NamedTuple):
    """A line of what the portal knows of somebody."""

    what: Any
    why: Any
    seen_by: Any
    how_long: Any


def known() -> Sequence[Known]:
    """What the portal knows of whoever has an account, in plain words."""
    return [*_known_of_the_account(), *_known_of_the_work()]


def _known_of_the_account() -> Sequence[Known]:
    accounts = _("As long as your account is open.")
    return [
        Known(
            _l("Who you are: name, e-mail address, telephone, language"),
            _l("To give you an account, and so that the people you work with can reach you."),
            _l("The people of your organisations, those who follow a request with you, and the cells."),
            accounts,
        ),
        Known(
            _l("Your organisations and roles, with their dates; your absences; invitations"),
            _l("To know what you may see and do, and to whom work goes while you are away."),
            _l("The people of your organisations and the cells."),
            accounts,
        ),
        Known(
            _l("How you sign in: devices signed in, passkeys, failed attempts"),
            _l("To protect your account."),
            _l("Nobody but you; the operator of the portal in case of misuse."),
            _("As long as they are of use, 12 months at most."),
        ),
    ]


def _known_of_the_work() -> Sequence[Known]:
    requests = f"{duration(RULES[Kept.REQUESTS].after)} {RETENTION[Kept.REQUESTS].since}."
    return [
        Known(
            _l("What you wrote and did on requests: needs, messages, reports, reviews, decisions"),
            _l("To follow each request from beginning to end."),
            _l("The pole, the partners asked, the regional cell and the national cell."),
            requests[0].upper() + requests[1:],
        ),
        Known(
            _l("The e-mails written to you"),
            _l("To know that you were told."),
            _l(
                "The national cell, without what others say to each other, and without links that open by themselves."
            ),
            _("30 days for their text, 12 months for the record."),
        ),
        Known(
            _l("Changes to people, rights and organisations that you made or that concern you"),
            _l("To know who changed what."),
            _l("The national cell."),
            _("12 months."),
        ),
    ]


# What each part of the copy holds. The names of the parts are those of the functions that make them.
SECTIONS: Mapping[str, Any] = {
    "identity": _l("What you say of yourself, and the dates of your account."),
    "memberships": _l("The organisations you belong or belonged to, and your role there."),
    "invitations_received": _l("The invitations sent to your address."),
    "invitations_sent": _l("The invitations that you sent."),
    "failed_attempts_to_sign_in": _l(
        "Failed attempts to sign in with your address, kept a day under a code that cannot be read back."
    ),
    "devices_signed_in": _l("Where and when you signed in: browser, system, network address."),
    "passkeys": _l("Your passkeys by name, without the keys."),
    "second_factor": _l("When you set up codes from an application, without its secret."),
    "recovery_codes": _l("Your recovery codes: which were used, and when; not the codes."),
    "changes_of_address": _l("The changes of e-mail address that you asked for."),
    "absences": _l("When you were away or stood in for a colleague."),
    "reviews_of_members": _l("When you confirmed who belongs to an organisation."),
    "applications": _l("The applications of new poles written from your address, or that name it."),
    "documents_of_applications": _l("The files sent with them; ask the cell for the files themselves."),
    "things_done_on_applications": _l("Each thing you did on an application, with what you said."),
    "requests": _l("The requests that you wrote, sent, or are the contact of."),
    "assignments_as_referent": _l("The requests for which you are the referent of a partner."),
    "things_done_on_requests": _l("Each thing you did on a request, with what you said."),
    "filters_of_requests": _l("The filters of requests that you keep under a name."),
    "requests_put_off": _l("The requests that you put off, until when and why."),
    "reminders_about_to_leave": _l("The reminders noted for you that have not left yet."),
    "poles_invited": _l("The poles that you invited to a request of yours, with what you said."),
    "invitations_of_calendars": _l("The dates your calendar was told of, and what it answered."),
    "links_of_calendars": _l("The links by which your calendar reads your dates."),
    "requests_of_other_poles": _l(
        "What you answered for your pole to the request of another, with what you said."
    ),
    "interventions_answered": _l("What you confirmed or contested for your pole."),
    "interventions_settled": _l("What you decided of what a pole contested."),
    "interventions_corrected": _l("What you corrected of interventions that were logged."),
    "interventions_adjusted": _l("What you adjusted of what was confirmed, proposed, or decided."),
    "interventions": _l("The interventions you took part in, with their reports."),
    "dates_proposed": _l("The dates at which you were to come for a pole, picked or not."),
    "network_acts": _l("The work for the network that you gave, with its reports."),
    "registrations": _l("The sessions to which a pole registered you, by your address."),
    "people_registered": _l("When you registered people of your pole to sessions."),
    "sessions_to_give": _l("The sessions that your organisation named you to give."),
    "sessions_given": _l("The sessions that you gave for people of several poles."),
    "sessions_closed": _l("The sessions of which you said who came."),
    "sessions_corrected": _l("What you corrected of sessions that were closed."),
    "sessions_answered": _l("What you confirmed or contested for your pole of what it received at sessions."),
    "sessions_settled": _l("What you decided of what a pole contested of a session."),
    "messages": _l("What you wrote in the conversations of requests, internal notes included."),
    "drafts_of_logs": _l("What you began to write of what you did for a pole, and have not sent."),
    "drafts_of_messages": _l("The messages that you began and have not sent."),
    "messages_that_name_them": _l("When somebody named you in a conversation."),
    "conversations_read": _l("When you opened conversations in which something was new to you."),
    "guests_invited": _l("When you invited somebody without an account to a conversation."),
    "invitations_as_guest": _l("The conversations to which somebody invited you by a link."),
    "documents_sent_as_guest": _l("The documents you sent in them, by name."),
    "answers_by_email": _l(
        "The answers to e-mails of the portal that came for you by e-mail, and from where."
    ),
    "emails_not_delivered": _l("The e-mails that your mailbox did not take, and why."),
    "emails_to_them": _l("The e-mails written to your address that are still kept."),
    "choices_about_emails": _l("How you chose to get e-mails, by organisation."),
    "hours_of_emails": _l("When your digests come, and your quiet hours."),
    "imports": _l("The files you sent to be imported within a day, by name."),
    "documents": _l("The documents you sent, by name, and on what; each is saved from the page it is on."),
    "journal": _l("The entries of the journal about you, or about what you did."),
}
