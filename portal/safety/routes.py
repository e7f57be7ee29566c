"""The safety of one's account: its page, sessions, second factors, passkeys, another address; and the second step."""

from contextlib import nullcontext

from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.access.permissions import Open
from portal.accounts.sign_in.service import session_transaction
from portal.db import transaction
from portal.refusals import Conflict, Invalid, NotFound
from portal.safety import forms, queries, rules, service
from portal.safety.codes import service as authenticator
from portal.safety.passkeys import service as passkeys
from portal.safety.sessions import service as session_rows
from portal.safety.sign_in import service as sign_in
from portal.safety.words import device
from portal.web import flash, kept
from portal.web.addresses import is_local_path
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("safety", __name__, of_oneself=True)
bp.add_app_template_filter(device)
_SECRET = "application_secret"  # noqa: S105 (the name of a secret)


@bp.after_request
def _keep_secrets(response: Response) -> Response:
    """Questions to passkeys stay out of caches."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/mon-compte/securite", access=Open.SIGNED_IN)
def overview() -> ResponseReturnValue:
    """How safe my account is, and what I can do about it."""
    return render_template(
        "safety/overview.html",
        application=queries.authenticator(current_user.id),
        passkeys=queries.passkeys_of(current_user.id),
        codes_left=queries.recovery_codes_left(current_user.id),
        open_sessions=len(queries.open_sessions(current_user.id)),
        most_codes=rules.RECOVERY_CODES,
    )


@bp.route("/mon-compte/securite/connexions", access=Open.SIGNED_IN)
def sessions() -> ResponseReturnValue:
    """Where I am signed in."""
    rows = queries.open_sessions(current_user.id)
    return render_template("safety/sessions.html", rows=rows, this_one=session_rows.this_one())


@bp.post("/mon-compte/securite/connexions/<int:session_id>/terminer", access=Open.SIGNED_IN)
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign out of one place."""
    with transaction():
        service.end_session(current_user.id, session_id)
    flash.success(_("You are signed out there."))
    return redirect(url_for(".sessions"))


@bp.post("/mon-compte/securite/connexions/terminer", access=Open.SIGNED_IN)
def sign_out_everywhere() -> ResponseReturnValue:
    """Sign out of every other place, or of all of them."""
    here_too = request.form.get("here") == "too"
    with transaction():
        service.sign_out_everywhere(current_user.id, here_too=here_too)
    flash.success(
        _("You are signed out everywhere.") if here_too else _("You are signed out everywhere else.")
    )
    return redirect(url_for("security.login") if here_too else url_for(".sessions"))


@bp.route("/mon-compte/securite/application", methods=["GET", "POST"], access=Open.SIGNED_IN, fresh=True)
def set_up_application() -> ResponseReturnValue:
    """Set up the application that shows codes."""
    form = forms.ApplicationForm()
    secret = _secret_being_set_up()
    if form.submitted():
        shown = authenticator.shown_with(secret, form.code.data)
        try:
            with transaction():
                codes = service.set_up_application(current_user.id, shown)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            session.pop(_SECRET, None)
            return _done(_("Your application is set up: a code will be asked when you sign in."), codes)
    side, path = authenticator.picture(authenticator.address_of(secret, current_user))
    words = authenticator.secret_in_words(secret)
    page = render_template("safety/set_up_application.html", form=form, side=side, path=path, secret=words)
    return page, 422 if form.errors else 200


def _secret_being_set_up() -> str:
    """The same secret, encrypted in the session, until the application has shown a right code or it is too old."""
    secret, since = session.get(_SECRET, ("", 0))
    if not secret or since < (clock.now() - rules.SET_UP_LASTS).timestamp():
        secret = authenticator.new_secret()
        session[_SECRET] = (secret, clock.now().timestamp())
    return str(secret)


def _done(message: str, codes: list[str]) -> ResponseReturnValue:
    """Back to the page of safety, by way of the recovery codes where they are new."""
    if codes:
        return render_template("safety/recovery_codes.html", codes=codes, done=message)
    flash.success(message)
    return redirect(url_for(".overview"))


@bp.post("/mon-compte/securite/application/retirer", access=Open.SIGNED_IN, fresh=True)
def remove_application() -> ResponseReturnValue:
    """Ask for codes of the application no more."""
    with transaction():
        service.remove_application(current_user.id)
    flash.success(_("The application is removed: its codes are no longer asked."))
    return redirect(url_for(".overview"))


@bp.post("/mon-compte/securite/codes-de-secours", access=Open.SIGNED_IN, fresh=True)
def renew_recovery_codes() -> ResponseReturnValue:
    """Show ten new codes, once."""
    with transaction():
        codes = service.renew_recovery_codes(current_user.id)
    return _done(_("These codes replace the former ones."), codes)


@bp.route("/mon-compte/securite/cles-d-acces", methods=["GET", "POST"], access=Open.SIGNED_IN, fresh=True)
def manage_passkeys() -> ResponseReturnValue:
    """My passkeys, and one more."""
    form = forms.PasskeyForm()
    if form.submitted():
        try:
            with transaction():
                _passkey, codes = service.add_passkey(
                    current_user.id, form.name.data, form.credential.data or ""
                )
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return _done(_("Your passkey is ready: you can sign in with it."), codes)
    form.credential.data = ""
    question = passkeys.question_for_a_new_one(current_user) if passkeys.are_possible() else None
    rows = queries.passkeys_of(current_user.id)
    page = render_template("safety/passkeys.html", form=form, rows=rows, question=question)
    return page, 422 if form.errors else 200


@bp.post("/mon-compte/securite/cles-d-acces/<int:passkey_id>/retirer", access=Open.SIGNED_IN, fresh=True)
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Sign in with a passkey no more."""
    with transaction():
        passkey = service.remove_passkey(current_user.id, passkey_id)
    flash.success(_("“%(name)s” is removed: it no longer opens your account.", name=passkey.name))
    return redirect(url_for(".manage_passkeys"))


@bp.route("/mon-compte/securite/adresse", methods=["GET", "POST"], access=Open.SIGNED_IN, fresh=True)
def change_address() -> ResponseReturnValue:
    """Ask for another e-mail address."""
    form = forms.AddressForm()
    if form.submitted():
        try:
            with transaction():
                service.ask_email_change(current_user.id, form.email.data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            text = _(
                "A message is on its way to %(email)s. Open its link within 24 hours.", email=form.email.data
            )
            flash.notice(text)
            return redirect(url_for(".overview"))
    return render_template("safety/change_address.html", form=form), 422 if form.errors else 200


@bp.route("/nouvelle-adresse/<token>", methods=["GET", "POST"], access=Open.PUBLIC)
def confirm_address(token: str) -> ResponseReturnValue:
    """Use the new address from now on."""
    form = forms.ConfirmForm()
    change = queries.change_to_confirm(token)
    if change is None:
        return _dead_link()
    if form.submitted():
        try:
            with transaction():
                person = service.confirm_email_change(token)
        except (Conflict, NotFound):
            return _dead_link()
        if current_user.is_authenticated and current_user.id == person.id:
            session["_user_id"] = person.fs_uniquifier
        flash.success(_("Your address is changed. From now on, sign in with the new one."))
        return redirect(url_for("home.index"))
    return render_template("safety/confirm_address.html", form=form, change=change, token=token)


@bp.route("/ancienne-adresse/<token>", methods=["GET", "POST"], access=Open.PUBLIC)
def stop_address(token: str) -> ResponseReturnValue:
    """It was not me: keep the former address."""
    form = forms.ConfirmForm()
    change = queries.change_to_stop(token)
    if change is None:
        return _dead_link()
    if form.submitted():
        try:
            with transaction():
                service.stop_email_change(token)
        except (Conflict, NotFound):
            return _dead_link()
        flash.success(
            _("Your address stays as it was, and everybody is signed out. Now choose a new password.")
        )
        return redirect(url_for("security.forgot_password"))
    return render_template("safety/stop_address.html", form=form, change=change, token=token)


def _dead_link() -> ResponseReturnValue:
    flash.problem(_("This link does not work, or has been used already. Ask for a new one."))
    return redirect(url_for("security.login"))


@bp.route("/connexion/seconde-etape", methods=["GET", "POST"], access=Open.PUBLIC)
def second_step() -> ResponseReturnValue:
    """After the password, a code or a passkey."""
    if current_user.is_authenticated:
        return redirect(url_for("home.index"))
    form = forms.SecondStepForm()
    has_answer = _has_answer(form)
    shown = sign_in.code_shown(form) if has_answer else None
    with session_transaction() if has_answer else nullcontext():
        person = sign_in.waiting_person(lock=has_answer)
        taken = has_answer and person is not None and sign_in.take_second_step(form, person, shown)
    if person is None:
        flash.notice(_("Sign in again: the second step was not taken in time."))
        return redirect(url_for("security.login"))
    if taken:
        asked = form.next.data or ""
        return kept.resume_page() or redirect(asked if is_local_path(asked) else url_for("home.index"))
    page = sign_in.second_step_page(form, person, form.next.data or "")
    return page, 422 if request.method == "POST" else 200


def _has_answer(form: forms.SecondStepForm) -> bool:
    """A passkey was used, or a code was typed."""
    return request.method == "POST" and (bool(request.form.get("credential")) or bool(form.validate()))
