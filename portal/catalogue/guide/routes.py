"""“Guide me”: three plain questions that propose services, for whoever asks."""

from collections.abc import Mapping, Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.permissions import Open
from portal.catalogue import queries, words
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility import words as eligibility_words
from portal.catalogue.eligibility.rules import Eligibility
from portal.catalogue.guide import rules
from portal.catalogue.guide.forms import GuideForm
from portal.catalogue.models import Service
from portal.catalogue.rules import ServiceFilters
from portal.organisations import queries as organisations
from portal.web import current
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("guide", __name__, url_prefix="/services/guide")


@bp.get("", access=Open.PUBLIC)
def index() -> ResponseReturnValue:
    """The questions, then what is proposed, with its reasons."""
    pole = organisations.own_pole(current.actor_or_none())
    form = GuideForm(request.args, stade=(pole.stage or "") if pole else "")
    answers = form.answers() if request.args else rules.Answers()
    services: Mapping[int, Service] = {}
    rulings: Mapping[int, Eligibility] = {}
    proposals: Sequence[rules.Proposal] = ()
    if answers.given:
        listed = words.in_order(each for each in queries.listed(ServiceFilters()) if each.is_open)
        services = {service.id: service for service in listed}
        rulings = eligibility.of(pole.id, pole.place, list(services)) if pole else {}
        proposals = rules.proposals(listed, answers, rulings)
    return render_template(
        "guide/index.html",
        form=form,
        answered=answers.given,
        proposals=proposals,
        services=services,
        rulings=rulings,
        pole=pole,
        eligibility=eligibility_words,
        words=words,
        Question=rules.Question,
    )
