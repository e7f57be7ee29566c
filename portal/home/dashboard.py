"""What waits for a signed-in person."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.access.roles import Actor


def page(actor: Actor) -> ResponseReturnValue:
    return render_template("home/dashboard.html", organisation_name=actor.organisation_name)
