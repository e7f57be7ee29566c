"""What the style guide shows in its components."""

from types import SimpleNamespace

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.home.forms import ExampleForm
from portal.web.pagination import Page


def style_guide_page() -> ResponseReturnValue:
    here = url_for("home.style_guide")
    return render_template(
        "home/style_guide.html",
        form=_refused_form(),
        page=Page(rows=[], previous_url=here, next_url=here),
        folders=[
            SimpleNamespace(label=_("To answer"), url=here, count=3, current=True),
            SimpleNamespace(label=_("In progress"), url=here, count=12, current=False),
            SimpleNamespace(label=_("Finished"), url=here, count=None, current=False),
        ],
        timeline_entries=[
            _entry(
                _("Request sent"), "Zoé Martin", _("We would like to share a workshop."), "send", "neutral"
            ),
            _entry(_("Sent to %(partner)s", partner="Avise"), None, None, "signpost-split", "info"),
            _entry(
                _("Accepted by %(partner)s", partner="Avise"), "Ali Haddad", None, "check-circle", "success"
            ),
        ],
    )


def _entry(title: str, who: str | None, text: str | None, icon: str, tone: str) -> SimpleNamespace:
    return SimpleNamespace(title=title, when=_("12 March 2026"), who=who, text=text, icon=icon, tone=tone)


def _refused_form() -> ExampleForm:
    """The form after a first, unlucky try."""
    typed = {"name": "", "email": "zoe@exemple.test", "service": "a", "on": "31/02/2026", "people": "dix"}
    form = ExampleForm(formdata=MultiDict(typed))
    form.validate()
    form.csrf_token.errors = []
    return form
