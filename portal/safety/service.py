"""Changes to what keeps an account safe: each is written in the journal and told to the owner."""

import secrets
from datetime import datetime

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.accounts import queries as people
from portal.accounts.attempts import service as attempts
from portal.accounts.models import Person
from portal.accounts.rules import canonical_email, new_token, token_hash
from portal.db import db, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.refusals import Conflict, Invalid, NotFound
from portal.safety import emails, queries
from portal.safety.codes import service as authenticator
from portal.safety.models import EmailChange, Passkey
from portal.safety.passkeys import service as passkeys
from portal.safety.sessions import service as sessions
from portal.safety.words import Protection

_ACTS = {
    Protection.APPLICATION_SET: Act.SECOND_FACTOR_SET,
    Protection.APPLICATION_REMOVED: Act.SECOND_FACTOR_REMOVED,
    Protection.PASSKEY_ADDED: Act.PASSKEY_ADDED,
    Protection.PASSKEY_REMOVED: Act.PASSKEY_REMOVED,
    Protection.RECOVERY_CODES_RENEWED: Act.SECOND_FACTOR_SET,
    Protection.RECOVERY_CODE_USED: Act.SECOND_FACTOR_REMOVED,
    Protection.SIGNED_OUT_EVERYWHERE: Act.SIGNED_OUT_EVERYWHERE,
    Protection.FACTORS_REMOVED: Act.SECOND_FACTOR_REMOVED,
}


def _note(person: Person, what: Protection, name: str | None = None) -> None:
    """Remember and tell."""
    after = {"what": what.value, **({"name": name} if name else {})}
    journal.record(_ACTS[what], Subject.PERSON, person.id, person.name, after=after)
    emails.protection_changed(person, what, name)


def _locked(person_id: int) -> Person:
    require_transaction()
    person = db.session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise NotFound
    return person


def set_up_application(person_id: int, shown: authenticator.Shown | None) -> list[str]:
    """Keep an application that shows the right code; recovery codes where there were none yet.

    Invalid: the code is wrong, `shown` None. Every other session ends: it was not opened with this.
    """
    person = _locked(person_id)
    if shown is None:
        message = _l(
            "This code is not right. Check that your telephone shows the right time, and type the next."
        )
        raise Invalid("code", message)
    authenticator.set_application(person_id, shown)
    _note(person, Protection.APPLICATION_SET)
    return _factor_added(person_id)


def _factor_added(person_id: int) -> list[str]:
    sessions.end_others(person_id)
    sessions.note_two_factors()
    left = queries.recovery_codes_left(person_id)
    return [] if left else authenticator.renew_recovery_codes(person_id)


def remove_application(person_id: int) -> None:
    """Codes of the application are asked no more. Conflict: there is none."""
    person = _locked(person_id)
    if not authenticator.remove_application(person_id):
        raise Conflict
    _note(person, Protection.APPLICATION_REMOVED)
    _factor_removed(person_id)


def _factor_removed(person_id: int) -> None:
    """Without any factor left, codes on paper open nothing, and no session counts as opened with two."""
    sessions.end_others(person_id)
    if not queries.has_second_factor(person_id):
        authenticator.remove_recovery_codes(person_id)
        sessions.forget_two_factors()


def renew_recovery_codes(person_id: int) -> list[str]:
    """Ten new codes in place of the old. Conflict: nothing asks for them."""
    person = _locked(person_id)
    if not queries.has_second_factor(person_id):
        raise Conflict
    _note(person, Protection.RECOVERY_CODES_RENEWED)
    return authenticator.renew_recovery_codes(person_id)


def note_recovery_code_used(person: Person) -> None:
    """A code on paper opened the account: its owner should know, and know how many are left."""
    _note(person, Protection.RECOVERY_CODE_USED)


def remove_all_factors(person: Person) -> None:
    """For somebody who lost everything: the operator has made sure who they are."""
    require_transaction()
    authenticator.remove_application(person.id)
    authenticator.remove_recovery_codes(person.id)
    for passkey in queries.passkeys_of(person.id):
        db.session.delete(passkey)
    sessions.end_all(person.id)
    _note(person, Protection.FACTORS_REMOVED)


def add_passkey(person_id: int, name: str, answer: str) -> tuple[Passkey, list[str]]:
    """Keep a passkey; recovery codes where there were none yet. Invalid: the browser's answer proves nothing."""
    person = _locked(person_id)
    if any(passkey.name == name for passkey in queries.passkeys_of(person_id)):
        raise Invalid("name", _l("You already have a passkey of this name. Choose another name."))
    passkey = passkeys.add(person, name, answer)
    if passkey is None:
        raise Invalid("name", _l("The passkey could not be made. Press the button again."))
    _note(person, Protection.PASSKEY_ADDED, name)
    return passkey, _factor_added(person_id)


def remove_passkey(person_id: int, passkey_id: int) -> Passkey:
    """Forget a passkey. NotFound: it is not theirs."""
    person = _locked(person_id)
    passkey = passkeys.remove(person_id, passkey_id)
    if passkey is None:
        raise NotFound
    _note(person, Protection.PASSKEY_REMOVED, passkey.name)
    _factor_removed(person_id)
    return passkey


def end_session(person_id: int, session_id: int) -> None:
    """Sign oneself out of one place. NotFound: it is not one's own, or is over."""
    if not sessions.end_one(person_id, session_id):
        raise NotFound


def sign_out_everywhere(person_id: int, *, here_too: bool) -> None:
    """Sign oneself out of every other place, or of every place."""
    person = _locked(person_id)
    if here_too:
        sessions.end_all(person_id)
    else:
        sessions.end_others(person_id)
    _note(person, Protection.SIGNED_OUT_EVERYWHERE)


def ask_email_change(person_id: int, typed: str) -> None:
    """Write to the new address, and to the present one with a way to stop it.

    As much work, and the same answer, where the new address has an account already: its owner alone is told.
    Invalid: it is the present address, or too many links were asked for.
    """
    person = _locked(person_id)
    new_email = canonical_email(typed)
    if new_email == person.email:
        raise Invalid("email", _l("This is your present address."))
    if not (attempts.may_ask_for_address(person_id) and attempts.may_write_to(new_email)):
        raise Invalid("email", _l("Too many links were asked for. Wait an hour before asking again."))
    taken = people.by_email(new_email)
    confirm, stop = new_token(), new_token()
    db.session.add(
        EmailChange(
            person_id=person.id,
            old_email=person.email,
            new_email=new_email,
            confirm_hash=token_hash(confirm),
            stop_hash=token_hash(stop),
        )
    )
    if taken is None:
        emails.confirm_address(new_email, person, confirm)
    else:
        emails.address_taken(taken)
    emails.address_change_asked(person, new_email, stop)


def confirm_email_change(token: str) -> Person:
    """The new address is the account's from now on; sessions elsewhere and links sent to the old one end.

    NotFound: the link is used, stopped or too old. Conflict: the address got an account meanwhile, or the account
    got another address.
    """
    require_transaction()
    change = queries.change_to_confirm(token, lock=True)
    if change is None:
        raise NotFound
    person = _locked(change.person_id)
    if person.email != change.old_email:
        raise Conflict
    change.confirmed_at = clock.now()
    _change_email(person, change.new_email)
    emails.address_changed(person, change.old_email)
    return person


def stop_email_change(token: str) -> Person:
    """The account keeps, or takes back, its former address; everybody is signed out of it.

    Whoever asked had the account since: what they changed meanwhile, other addresses and ways to sign in, goes too.
    NotFound: the link is used or too old. Conflict: the former address has another account now.
    """
    require_transaction()
    change = queries.change_to_stop(token, lock=True)
    if change is None:
        raise NotFound
    person = _locked(change.person_id)
    for later in queries.changes_since(person.id, change.asked_at):
        later.stopped_at = clock.now()  # a link to stop those is in the hands of whoever asked for this one
    if change.confirmed_at and person.email != change.old_email:
        _change_email(person, change.old_email)
    _remove_factors_since(person, change.asked_at)
    person.fs_uniquifier = secrets.token_hex(32)
    sessions.end_all(person.id)
    _note(person, Protection.SIGNED_OUT_EVERYWHERE)
    return person


def _remove_factors_since(person: Person, moment: datetime) -> None:
    """A passkey alone would let them in again; their application would keep the owner out."""
    for passkey in queries.passkeys_of(person.id):
        if passkey.created_at >= moment:
            passkeys.remove(person.id, passkey.id)
            _note(person, Protection.PASSKEY_REMOVED, passkey.name)
    application = queries.authenticator(person.id)
    if application is not None and application.set_at >= moment:
        authenticator.remove_application(person.id)
        _note(person, Protection.APPLICATION_REMOVED)
    if not queries.has_second_factor(person.id):
        authenticator.remove_recovery_codes(person.id)


def _change_email(person: Person, email: str) -> None:
    """Sessions elsewhere end, and so do links: they name the account by what changes here. Conflict: it is taken."""
    people.lock_address(email)
    if people.by_email(email):
        raise Conflict
    before = person.email
    person.email, person.confirmed_at = email, clock.now()
    person.fs_uniquifier = secrets.token_hex(32)
    db.session.flush()
    sessions.end_others(person.id)
    journal.record(
        Act.EMAIL_CHANGED,
        Subject.PERSON,
        person.id,
        person.name,
        before={"email": before},
        after={"email": email},
    )
