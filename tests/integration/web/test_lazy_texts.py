"""A text that is said later is text: what somebody typed in it is no markup, however a page is put together."""

import pytest
from flask import Flask
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

TYPED = "<b>Zoé</b> مركز"
SHOWN = "&lt;b&gt;Zoé&lt;/b&gt; \N{FIRST STRONG ISOLATE}مركز\N{POP DIRECTIONAL ISOLATE}"
WAYS = {
    "alone": "{{ lazy }}",
    "kept on one line": "{{ lazy|whole }}",
    "in a sentence": '{{ _("%(name)s", name=lazy) }}',
    "in a number of things": '{{ ngettext("%(name)s", "%(name)s", 1, name=lazy) }}',
    "beside markup": '{{ ("<i></i>"|paragraphs) ~ lazy }}',
    "in a list": '{{ [lazy, "<i></i>"|paragraphs]|join }}',
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "lazy", [LazyString(lambda: TYPED), lazy_gettext("%(name)s", name=TYPED)], ids=["called", "sentence"]
)
def test_what_was_typed_stays_text(app: Flask, way: str, lazy: LazyString) -> None:
    with app.test_request_context():
        page = app.jinja_env.from_string(WAYS[way]).render(lazy=lazy)
    assert "<b>" not in page
    assert "&lt;b&gt;Zoé&lt;/b&gt;" in page
    if way not in {"beside markup", "in a list"}:
        assert SHOWN in page


def test_a_message_for_the_next_page_is_text_there(app: Flask) -> None:
    with app.test_request_context():
        written = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # of a cookie
        lazy = lazy_gettext("%(name)s", name=TYPED)
        (kept,) = written.loads(written.dumps({"_flashes": [("success", lazy)]}))["_flashes"]
        assert app.jinja_env.from_string("{{ kept }}").render(kept=kept[1]).startswith("&lt;b&gt;")
