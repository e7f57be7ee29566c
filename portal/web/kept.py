"""What somebody typed survives the end of their session, and the files they sent a form that is refused.

The typed fields travel as hidden fields through the sign-in page and come back in the form, to be read again and
sent; nothing is stored. Offered only for posts from our own pages, so that no other site can put words in a form.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import cache

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.web import current, flash, tokens
from portal.web.addresses import is_local_path, parts_of, this_address
from portal.web.converters import key

PATH_FIELD = "kept_path"
FOR_FIELD = "kept_for"
RESUME_FIELD = "resume"
_KEEPS_FILES = "portal-keeps-files"
_PREFIX = "kept."
_SIGN_IN_PAGES = "security."
_NEVER_KEPT = frozenset({tokens.FIELD, tokens.MEANT, RESUME_FIELD})
_SECRET = re.compile(r"password|credential|token|secret|^code$")

Fields = list[tuple[str, str]]


def is_resuming() -> bool:
    """Is this post only bringing kept text back to its form?"""
    return RESUME_FIELD in request.form


def announce() -> None:
    """Say that the form holds what was typed before, and that it is not sent."""
    if request.method == "POST" and is_resuming():
        flash.notice(_("Here is what you had typed. Nothing has been sent yet."))


def _from_our_pages() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return parts_of(source).netloc == request.host


def posted_fields() -> Fields:
    """The fields of this post worth keeping, in order; never a password, nor what another site sent."""
    return [(name, value) for name, value in _posted() if value]


def _posted() -> Fields:
    if not _from_our_pages():
        return []
    fields = [*request.form.items(multi=True), *files_kept()]
    return [(name, value) for name, value in fields if name not in _NEVER_KEPT and "password" not in name]


def keep_files_with(app: Flask, keep: Callable[[], Fields]) -> None:
    """Who keeps the files of a post for its correction: it returns the fields by which the form finds them again."""
    app.extensions[_KEEPS_FILES] = keep


def files_kept() -> Fields:
    """The files of this post, kept once; nothing where none was sent, or nobody known did."""
    if "files_kept" not in g:
        g.files_kept = []  # what fails once is not tried again
        if request.files:
            g.files_kept = current_app.extensions[_KEEPS_FILES]()
    tuples: Fields = g.files_kept
    return tuples


def carried_fields() -> Fields:
    """The fields that a sign-in form carries for later, with their names of origin."""
    fields = request.form.items(multi=True)
    return [(name.removeprefix(_PREFIX), value) for name, value in fields if name.startswith(_PREFIX)]


def carried_path() -> str | None:
    """Where the carried fields go back to: one of our own pages that takes a form, or None."""
    path = request.form.get(PATH_FIELD, "")
    return path if is_local_path(path) and _leads_to_a_form(path) else None


def _leads_to_a_form(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        endpoint, _values = adapter.match(parts_of(path).path, method="POST")
    except (HTTPException, RequestRedirect):
        return False
    return not endpoint.startswith(_SIGN_IN_PAGES)


def hidden_fields() -> Fields:
    """Names and values that a sign-in form must carry on, empty where there is nothing to keep."""
    path = carried_path()
    if path is None:
        return []
    chosen = request.form.get(FOR_FIELD, "")
    return [
        (PATH_FIELD, path),
        (FOR_FIELD, chosen),
        *((_PREFIX + name, value) for name, value in carried_fields()),
    ]


def session_ended_page() -> ResponseReturnValue:
    """Ask to sign in, with what was typed kept."""
    return render_template("security/session_ended.html", hidden=_fields_to_carry()), 401


def prove_again_page() -> ResponseReturnValue:
    """Ask who is there before a sensitive act, with what was typed kept; where nothing was, lead back to the page."""
    hidden = _fields_to_carry()
    came_from = "" if hidden else _page_of_the_button()
    return render_template("security/prove_again.html", hidden=hidden, came_from=came_from), 401


def _page_of_the_button() -> str:
    """The page from which this post came, one of ours."""
    source = parts_of(request.headers.get("Referer", ""))
    path = f"{source.path}?{source.query}" if source.query else source.path
    return path if source.netloc == request.host and is_local_path(path) else ""


def _fields_to_carry() -> Fields:
    fields = [(_PREFIX + name, value) for name, value in posted_fields()]
    if not fields:
        return []
    return [(PATH_FIELD, this_address()), (FOR_FIELD, str(tokens.drawn_for() or "")), *fields]


def resume_page() -> ResponseReturnValue | None:
    """Bring carried fields back to their form, or None when there are none: for whom it was opened, where that is
    still one's own."""
    path, fields = carried_path(), carried_fields()
    if path is None or not fields:
        return None
    current.act_for(request.form.get(FOR_FIELD, type=key))
    return render_template("security/resume.html", path=path, hidden=[(RESUME_FIELD, "1"), *fields])


def rescue_page() -> ResponseReturnValue | None:
    """A sign-in page was too old to be trusted: keep what it carried. None when it carried nothing of ours."""
    hidden = hidden_fields() if _from_our_pages() else []
    if not hidden:
        return None
    if current.is_signed_in():
        return resume_page()
    return render_template("security/session_ended.html", hidden=hidden), 400


def try_again_page() -> ResponseReturnValue:
    """The form was too old to be trusted: show what was typed and let it be sent again."""
    fields = posted_fields()
    hidden = [(RESUME_FIELD, "1"), *fields] if fields else []
    return render_template("security/resume.html", path=this_address(), hidden=hidden), 400


def fields_to_send_again() -> Fields:
    """All that a form of ours needs to be sent again, what was emptied included; or shown again where it was only
    brought back."""
    fields = [(name, value) for name, value in _posted() if not _SECRET.search(name)]
    return [(RESUME_FIELD, "1"), *fields] if is_resuming() else fields


def typed_texts() -> list[str]:
    """What was typed in the posted form, in order, to be read and copied: no secret, nothing that was only chosen."""
    if request.method != "POST":
        return []
    try:
        fields = fields_to_send_again()
    except HTTPException:  # it was too large to be read
        return []
    return [value for name, value in fields if not _is_only_chosen(name.removeprefix(_PREFIX), value)]


def _is_only_chosen(name: str, value: str) -> bool:
    """A mark of the form, a number of a row, a word of a closed list: nothing that its author would miss."""
    return (
        name in {"once", "intent", "next", "seen", RESUME_FIELD, PATH_FIELD, FOR_FIELD}
        or name.endswith(("_id", "_ids"))
        or len(value.strip()) < 3
        or value in _closed_words()
    )


@cache
def _closed_words() -> frozenset[str]:
    ours = (kind for kind in StrEnum.__subclasses__() if kind.__module__.startswith("portal."))
    return frozenset(str(word) for kind in ours for word in kind)
