"""What the portal knows of me: read it, take a copy, close my account."""

from collections.abc import Sequence

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import logout_user

from portal import clock
from portal.access.permissions import Open
from portal.accounts.rules import LastHead
from portal.db import transaction
from portal.personal_data import queries, service, words
from portal.personal_data.forms import CloseForm
from portal.personal_data.rules import Place, WorkToHandOver
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("personal_data", __name__, of_oneself=True, url_prefix="/mon-compte")


@bp.get("/mes-donnees", access=Open.SIGNED_IN, while_viewing=False)
def show() -> ResponseReturnValue:
    """What the portal knows of me, why, for how long, who sees it; and what I can do about it."""
    return render_template("personal_data/show.html", known=words.known())


@bp.get("/mes-donnees/copie", access=Open.SIGNED_IN, fresh=True, while_viewing=False)
def copy() -> ResponseReturnValue:
    """What the copy holds, and the button that makes it."""
    return render_template("personal_data/copy.html", sections=words.SECTIONS)


@bp.post("/mes-donnees/telecharger", access=Open.SIGNED_IN, fresh=True)
def download() -> ResponseReturnValue:
    """The copy, as a file."""
    with transaction():
        service.remember_copy(current_user)
        content = service.everything_about(current_user)
    name = f"mes-donnees-{clock.today().isoformat()}.json"
    return Response(
        content,
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.get("/fermer", access=Open.SIGNED_IN, while_viewing=False)
def close() -> ResponseReturnValue:
    """What closing one's account means, and what stands in the way."""
    return _closing(CloseForm()), 200


@bp.post("/fermer", access=Open.SIGNED_IN, fresh=True)
def close_now() -> ResponseReturnValue:
    """Close it for good."""
    form = CloseForm()
    if not form.submitted():
        return _closing(form), 422 if form.errors else 200
    try:
        with transaction():
            service.close_account(current_user.id, current.own_actor_or_none())
            logout_user()
    except LastHead:
        return _closing(form), 409
    except WorkToHandOver as refusal:
        return _closing(form, refusal.places), 409
    flash.success(_("Your account is closed. Thank you for what you did here."))
    return redirect(url_for("home.index"))


def _closing(form: CloseForm, places: Sequence[Place] = ()) -> str:
    return render_template(
        "personal_data/close.html",
        form=form,
        alone=queries.alone_at_the_head_of(current_user.id),
        places=places,
    )
