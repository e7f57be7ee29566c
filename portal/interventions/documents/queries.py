"""Whether there are documents on an intervention: most have none, and then nothing more is asked."""

from sqlalchemy import exists
from sqlalchemy.orm import with_expression
from sqlalchemy.sql.base import ExecutableOption

from portal.documents.models import Document
from portal.interventions.documents.rules import INTERVENTION
from portal.interventions.models import Intervention


def with_documents() -> ExecutableOption:
    """Load it with the intervention."""
    on = exists().where(Document.kind == INTERVENTION, Document.parent_id == Intervention.id)
    return with_expression(Intervention.has_documents, on)
