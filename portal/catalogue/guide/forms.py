"""Three plain questions; their answers are the words of the catalogue, so that both always agree."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from portal.catalogue import words
from portal.catalogue.guide.rules import Answers
from portal.catalogue.rules import Family, Format, ServiceKind
from portal.organisations.rules import Stage
from portal.organisations.words import STAGES
from portal.web.filters import FilterForm
from portal.web.forms import choices

_UNKNOWN = ("", _l("I do not know yet"))


class GuideForm(FilterForm):
    but = RadioField(
        _l("What do you want to achieve?"), choices=choices([*words.FAMILIES.items(), _UNKNOWN]), default=""
    )
    stade = RadioField(
        _l("At which stage is your pole?"),
        choices=choices(
            [*((stage, label) for stage, label in STAGES.items() if stage is not Stage.INACTIVE), _UNKNOWN]
        ),
        default="",
    )
    aide = RadioField(
        _l("Which form of help would suit you?"),
        choices=choices([*words.KINDS.items(), *words.FORMATS.items(), _UNKNOWN]),
        default="",
    )

    def answers(self) -> Answers:
        return Answers(
            self.chosen("but", Family),
            self.chosen("stade", Stage),
            self.chosen("aide", ServiceKind) or self.chosen("aide", Format),
        )
