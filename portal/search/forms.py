"""What somebody types to find something."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from portal.search.rules import LONGEST_ASKED, Asked, asked
from portal.web.filters import FilterForm


class SearchForm(FilterForm):
    q = StringField(
        _l("Words, name, reference or telephone number"),
        render_kw={"type": "search", "maxlength": LONGEST_ASKED},
    )
    genre = StringField()

    def asked(self) -> Asked:
        return asked(self.q.data or "")
