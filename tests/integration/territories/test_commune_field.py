"""A town typed in a form."""

import pytest
from flask import Flask
from flask_wtf import FlaskForm

from portal.territories.forms import commune_field
from portal.web.forms import PortalForm, required

pytestmark = pytest.mark.one_database


class TownForm(PortalForm):
    class Meta(PortalForm.Meta):
        csrf = False

    town = commune_field("Town", validators=(required("Choose a town."),))
    other = commune_field("Another town")


def _sent(app: Flask, town: str, other: str = "") -> TownForm:
    with app.test_request_context("/x", method="POST", data={"town": town, "other": other}):
        form = TownForm()
        form.submitted()
        return form


def test_what_is_typed_gives_the_commune(app: Flask) -> None:
    form = _sent(app, " 44210 ")
    assert form.errors == {}
    assert form.town.commune.code == "44131"
    assert form.other.commune is None


def test_a_doubt_is_put_to_the_person_and_what_was_typed_is_kept(app: Flask) -> None:
    form = _sent(app, "Saint-Denis", "Zzz")
    assert "Saint-Denis (93)" in form.town.errors[0]
    assert "Saint-Denis (974)" in form.town.errors[0]
    assert form.town.data == "Saint-Denis"
    assert form.town.commune is None
    assert len(form.other.errors) == 1


def test_an_empty_town_is_refused_only_where_it_is_needed(app: Flask) -> None:
    assert set(_sent(app, "").errors) == {"town"}


def test_a_stored_code_is_shown_as_a_text_that_finds_it_again(app: Flask) -> None:
    with app.test_request_context("/x"):
        form: FlaskForm = TownForm(town="97411")
        assert form.town.data == "Saint-Denis (974)"
    assert _sent(app, form.town.data).town.commune.code == "97411"
