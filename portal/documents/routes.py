"""One document, for whoever may read what it is on."""

from flask import abort
from flask.typing import ResponseReturnValue

from portal.access.permissions import Open
from portal.documents import queries
from portal.files import service as files
from portal.web import current
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("documents", __name__, url_prefix="/documents")


@bp.get("/<int:document_id>", access=Open.SIGNED_IN)
def download(document_id: int) -> ResponseReturnValue:
    """To be saved, never shown."""
    document = queries.get(current.actor(), document_id) or abort(404)
    return files.download(document.file)
