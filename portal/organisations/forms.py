"""What one may ask of the register and of the directory."""

from flask_babel import lazy_gettext as _l

from portal.organisations import words
from portal.organisations.kinds import OrganisationKind, RecognitionKind, Stage
from portal.organisations.rules import RegisterFilters
from portal.territories.reference import REGIONS
from portal.web.filters import FilterForm, choice_field, search_field, word_field


class RegisterForm(FilterForm):
    q = search_field(_l("Words in the name"))
    region = choice_field(_l("Region"), [(one.code, one.name) for one in REGIONS.values()])
    reconnaissance = word_field(_l("Recognition"), words.RECOGNITIONS)
    stade = word_field(_l("Stage of the pole"), words.STAGES)

    def filters(self) -> RegisterFilters:
        return RegisterFilters(
            text=self.text,
            region_code=self.code("region", REGIONS),
            recognition=self.chosen("reconnaissance", RecognitionKind),
            stage=self.chosen("stade", Stage),
        )


class DirectoryForm(FilterForm):
    q = search_field(_l("Words in the name"))
    type = word_field(_l("Kind of organisation"), words.KINDS)

    @property
    def kind(self) -> OrganisationKind | None:
        return self.chosen("type", OrganisationKind)
