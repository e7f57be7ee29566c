"""The steps of a request, and which requests resemble each other."""

from hypothesis import given
from hypothesis import strategies as st

from portal.requests.similar.rules import resemble
from portal.requests.writing.rules import HOLDS, FormStep, at_fault, neighbours, stamp, way
from portal.text import search_key


def test_no_two_steps_hold_the_same() -> None:
    held = [name for names in HOLDS.values() for name in names]
    assert len(held) == len(set(held))


@given(st.booleans(), st.booleans(), st.sampled_from(FormStep))
def test_one_goes_on_to_the_end_and_back_to_the_beginning(
    asks: bool, wants_documents: bool, start: FormStep
) -> None:
    steps = way(asks=asks, wants_documents=wants_documents)
    for side, end in ((1, FormStep.CHECK), (0, FormStep.SERVICE)):
        here, seen = start, [start]
        while (following := neighbours(here, steps)[side]) is not None:
            here = following
            seen.append(here)
        assert here is end
        assert len(seen) == len(set(seen)) <= len(FormStep)


def test_documents_nobody_asked_for_are_passed_and_still_lead_on() -> None:
    assert neighbours(FormStep.WISHES, way(asks=False, wants_documents=False)) == (
        FormStep.NEED,
        FormStep.CHECK,
    )
    assert neighbours(FormStep.DOCUMENTS, way(asks=False, wants_documents=False)) == (
        FormStep.WISHES,
        FormStep.CHECK,
    )
    assert neighbours(FormStep.WISHES, way(asks=False, wants_documents=True))[1] is FormStep.DOCUMENTS


def test_a_refusal_is_put_right_where_its_field_is() -> None:
    assert at_fault("need") is FormStep.NEED
    assert at_fault("service_id") is FormStep.SERVICE
    assert at_fault("something else") is FormStep.CHECK


@given(st.dictionaries(st.sampled_from(["need", "subject"]), st.text() | st.none()))
def test_a_stamp_tells_what_is_held_whatever_its_order(held: dict[str, str | None]) -> None:
    assert stamp(held) == stamp(dict(reversed(held.items())))
    assert stamp(held) != stamp({**held, "phone": "06"})


def test_near_words_resemble_and_common_ones_do_not() -> None:
    charter = search_key("Nous voulons écrire à plusieurs la charte de gouvernance de notre pôle.")
    again = search_key("Écrire la charte de gouvernance avec plusieurs structures")
    oven = search_key("Nous cherchons un four pour la boulangerie de notre pôle.")
    assert resemble(charter, again)
    assert resemble(again, charter)
    assert not resemble(charter, oven)
    assert not resemble("", "")


@given(st.text(), st.text())
def test_resembling_is_the_same_both_ways(first: str, second: str) -> None:
    one, other = search_key(first), search_key(second)
    assert resemble(one, other) == resemble(other, one)
