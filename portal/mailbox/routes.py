"""The door of an answer that came from somewhere else than its reader's address: they say whether it is theirs."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.access.permissions import Open
from portal.db import transaction
from portal.mailbox import queries
from portal.mailbox.forms import DecisionForm
from portal.mailbox.replies import service as replies
from portal.refusals import Conflict, NotFound
from portal.web import flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("mailbox", __name__, url_prefix="/reponses-par-courriel", of_oneself=True)


@bp.route("/<int:received_id>", methods=["GET", "POST"], access=Open.SIGNED_IN)
def held(received_id: int) -> ResponseReturnValue:
    """What came, from where; yes: it is said, no: it is forgotten."""
    form = DecisionForm()
    received_email = queries.held(current_user.id, received_id)
    if received_email is None:
        raise NotFound
    if form.submitted():
        theirs = form.theirs.data == "yes"
        try:
            with transaction():
                replies.decide(current_user, received_id, theirs=theirs)
        except (Conflict, NotFound):
            flash.problem(
                _("This request takes no answer from you any more: it is closed, or it has changed hands.")
            )
        else:
            flash.success(_("Your answer is sent.") if theirs else _("It is forgotten: nobody reads it."))
        return redirect(url_for("home.index"))
    page = render_template("mailbox/held.html", form=form, held=received_email)
    return page, 422 if form.errors else 200
