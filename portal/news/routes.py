"""What is new for whoever is signed in, and how they want to hear of it by e-mail."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Open
from portal.access.roles import Actor
from portal.db import transaction
from portal.news.forms import PreferencesForm, with_topics
from portal.notifications.news import queries
from portal.notifications.news import service as news
from portal.notifications.preferences import queries as chosen
from portal.notifications.preferences import service
from portal.notifications.preferences.rules import Hours, Rhythm
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("news", __name__)


@bp.get("/mon-compte/quoi-de-neuf", access=Open.SIGNED_IN)
def index() -> ResponseReturnValue:
    """What was told to me, the last first."""
    actor = current.actor_or_none()
    page = keyset_page(queries.written(actor)) if actor else None
    if actor and page and request.method != "HEAD":
        news.note_listed(actor, [row.id for row in page.rows if row.read_at is None])
    return render_template("news/index.html", page=page)


@bp.route("/mon-compte/courriels", methods=["GET", "POST"], access=Open.SIGNED_IN)
def preferences() -> ResponseReturnValue:
    """Which e-mails I get for the organisation I act for, how soon, and when I am left in peace."""
    actor = current.actor_or_none()
    if actor is None:
        return render_template("news/preferences.html", form=None, topics=(), required=())
    told = [topic for topic in chosen.topics() if actor.role in topic.roles]
    topics = [topic for topic in told if not topic.required]
    form = with_topics(topics)(data=_now(actor))
    if form.submitted():
        with transaction():
            service.choose(
                actor.person_id,
                actor.organisation_id,
                {topic.name: Rhythm(form[topic.name].data) for topic in topics},
            )
            service.set_hours(actor.person_id, _hours(form, actor))
        flash.success(_("Your choices are kept."))
        return redirect(url_for(".preferences"))
    required = [topic for topic in told if topic.required]
    shown = render_template("news/preferences.html", form=form, topics=topics, required=required)
    return shown, 422 if form.errors else 200


def _now(actor: Actor) -> dict[str, Any]:
    """What somebody chose so far."""
    mapping = chosen.chosen([actor.person_id])
    rhythms = {
        topic.name: mapping.get((actor.person_id, actor.organisation_id, topic.name), Rhythm.AT_ONCE)
        for topic in chosen.topics()
    }
    hours = service.hours_of(actor.person_id)
    quiet = {"quiet_from": hours.quiet_from, "quiet_until": hours.quiet_until}
    return {**rhythms, "digest": hours.digest, **quiet}


def _hours(form: PreferencesForm, actor: Actor) -> Hours:
    return Hours(form.digest.data, form.quiet_from.data, form.quiet_until.data, actor.place)
