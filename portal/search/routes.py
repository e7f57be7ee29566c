"""One page to find what one may see."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.permissions import Open
from portal.search import page, queries, rules
from portal.search.forms import SearchForm
from portal.web import current
from portal.web.addresses import this_path_with
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("search", __name__)


@bp.get("/recherche", access=Open.PUBLIC)
def index() -> ResponseReturnValue:
    """The first of each kind; of one kind, all, page by page."""
    actor, form = current.actor_or_none(), SearchForm(request.args)
    asked = form.asked()
    kind = next((findable for findable in queries.kinds() if findable.kind == form.genre.data), None)
    groups = page.groups(actor, asked, kind.kind if kind else None)
    return render_template(
        "search/index.html",
        form=form,
        asked=asked,
        kind=kind,
        groups=groups,
        total=page.total(groups),
        listed=page.listed(actor, kind, asked) if kind and asked.terms else None,
        all_url=this_path_with(genre=None, page=None),
        most_words=rules.MOST_WORDS,
    )
