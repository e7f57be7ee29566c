"""Finding people, and saying why one looks at the portal as one of them."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from portal.people import words
from portal.people.rules import State
from portal.web.filters import FilterForm, search_field, word_field
from portal.web.forms import PortalForm, at_most, required


class PeopleForm(FilterForm):
    """Read from the address."""

    q = search_field(_l("Words in the name or the e-mail address"))
    etat = word_field(_l("Account"), words.STATES, _l("All accounts"))

    @property
    def state(self) -> State | None:
        return self.chosen("etat", State)


class ViewAsForm(PortalForm):
    """A few words are enough, and the person reads them."""

    reason = StringField(
        _l("Why you need to see the portal as this person"),
        validators=[required(_l("Say in a few words why.")), at_most(200)],
        description=_l("This person receives it by e-mail, and it stays in the journal for twelve months."),
    )
