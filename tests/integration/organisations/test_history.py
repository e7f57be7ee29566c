"""Stages, recognitions and absences: dated lines, added, corrected, removed, remembered."""

from datetime import date, timedelta

import pytest

from portal import clock
from portal.journal.rules import Act
from portal.organisations.models import OrganisationAbsence, Pole, Recognition, StageChange
from portal.organisations.rules import RecognitionKind, Stage
from tests.builders import Builder
from tests.integration.organisations.steps import Browse, address, journal, read
from tests.integration.requests.steps import check_refused


def lines(pole: Pole) -> list[tuple[str, str]]:
    return [(one.stage.value, one.since.isoformat()) for one in read(pole).stage_changes]


def test_the_stage_of_a_pole_is_that_of_its_last_line_whatever_the_order_they_are_told_in(
    make: Builder, browse: Browse
) -> None:
    pole = make.pole(stage=None)
    browser = browse(make.coordinator(pole))
    for stage, since in (
        ("consolidating", "2025-03-01"),
        ("emerging", "2021-06-01"),
        ("developing", "2023-01-15"),
    ):
        answer = browser.post(address(pole, "stades"), {"stage": stage, "since": since})
        assert answer.location == address(pole, "stades")
    assert lines(pole) == [
        ("emerging", "2021-06-01"),
        ("developing", "2023-01-15"),
        ("consolidating", "2025-03-01"),
    ]
    found = read(pole)
    assert (found.stage, found.stage_since) == (Stage.CONSOLIDATING, date(2025, 3, 1))
    assert journal()[-1].changes["stages"] == [
        ["2021-06-01 emerging", "2025-03-01 consolidating"],
        ["2021-06-01 emerging", "2023-01-15 developing", "2025-03-01 consolidating"],
    ]


def test_a_wrong_line_is_corrected_or_removed_and_the_stage_follows(make: Builder, browse: Browse) -> None:
    pole = make.pole(
        stage=Stage.INACTIVE,
        stage_since=date(2024, 1, 1),
        stage_changes=[
            StageChange(stage=Stage.EMERGING, since=date(2021, 1, 1)),
            StageChange(stage=Stage.INACTIVE, since=date(2024, 1, 1)),
        ],
    )
    first, last = (one.id for one in pole.stage_changes)
    browser = browse(make.regional_admin("28"))
    page = address(pole, f"stades/{last}")
    assert 'value="2024-01-01"' in browser.get(f"{page}/corriger").text
    browser.post(f"{page}/corriger", {"stage": "consolidating", "since": "2024-02-01"})
    assert (read(pole).stage, read(pole).stage_since) == (Stage.CONSOLIDATING, date(2024, 2, 1))
    browser.post(f"{page}/retirer")
    assert (read(pole).stage, read(pole).stage_since) == (Stage.EMERGING, date(2021, 1, 1))
    browser.post(address(pole, f"stades/{first}/retirer"))
    assert (read(pole).stage, read(pole).stage_since, lines(pole)) == (None, None, [])
    assert [entry.act for entry in journal()] == [Act.CHANGED] * 3


def test_a_stage_said_before_there_were_lines_becomes_the_first_one(make: Builder, browse: Browse) -> None:
    pole = make.pole(stage=Stage.EMERGING, stage_since=date(2022, 5, 1))
    browser = browse(make.coordinator(pole))
    assert "1er mai 2022" in browser.get(address(pole, "stades")).text
    browser.post(address(pole, "stades"), {"stage": "developing", "since": "2024-01-01"})
    assert lines(pole) == [("emerging", "2022-05-01"), ("developing", "2024-01-01")]


def test_without_a_date_there_is_no_line_to_make_and_the_journal_keeps_it(
    make: Builder, browse: Browse
) -> None:
    pole = make.pole(stage=Stage.EMERGING)
    browse(make.coordinator(pole)).post(
        address(pole, "stades"), {"stage": "developing", "since": "2024-01-01"}
    )
    assert lines(pole) == [("developing", "2024-01-01")]
    assert journal()[0].changes["stages"] == [["emerging"], ["2024-01-01 developing"]]


@pytest.mark.parametrize(
    ("stage", "since", "field"),
    [
        ("developing", "2021-01-01", "since"),
        ("developing", (clock.today() + timedelta(days=1)).isoformat(), "since"),
        ("developing", "1021-01-01", "since"),
        ("developing", "hier", "since"),
        ("developing", "", "since"),
        ("label", "2022-01-01", "stage"),
    ],
)
def test_a_stage_that_cannot_be_is_refused(
    stage: str, since: str, field: str, make: Builder, browse: Browse
) -> None:
    pole = make.pole(stage_changes=[StageChange(stage=Stage.EMERGING, since=date(2021, 1, 1))])
    answer = browse(make.coordinator(pole)).post(address(pole, "stades"), {"stage": stage, "since": since})
    assert answer.status_code == 422
    if field == "since":
        check_refused(answer, field)
    assert lines(pole) == [("emerging", "2021-01-01")]


def test_the_line_of_another_pole_is_nobodys_here(make: Builder, browse: Browse) -> None:
    other = make.pole(stage_changes=[StageChange(stage=Stage.EMERGING, since=date(2021, 1, 1))])
    line, coordinator = other.stage_changes[0].id, make.coordinator()
    browser, page = browse(coordinator), address(coordinator.organisation, f"stades/{line}")
    assert browser.get(f"{page}/corriger").status_code == 404
    assert browser.post(f"{page}/corriger", {"stage": "inactive", "since": "2022-01-01"}).status_code == 404
    assert browser.post(f"{page}/retirer").status_code == 404
    assert lines(other) == [("emerging", "2021-01-01")]


def test_a_cell_adds_a_recognition_with_its_proof_and_takes_a_wrong_one_away(
    make: Builder, browse: Browse
) -> None:
    pole = make.pole()
    browser, page = browse(make.regional_admin("28")), address(pole, "reconnaissances")
    said = {"kind": "ami_phase_1", "year": "2021", "proof": "https://www.avise.org/liste"}
    assert browser.post(page, said).location == page
    assert 'href="https://www.avise.org/liste"' in browser.get(page).text
    check_refused(browser.post(page, said), "kind")
    check_refused(browser.post(page, {**said, "year": "1999"}), "year")
    check_refused(browser.post(page, {**said, "year": "deux mille"}), "year")
    (line,) = read(pole).recognitions
    assert (line.kind, line.year, line.proof) == (RecognitionKind.AMI_PHASE_1, 2021, said["proof"])
    browser.post(f"{page}/{line.id}/retirer")
    assert read(pole).recognitions == []
    assert [entry.changes["recognitions"] for entry in journal()] == [
        [[], ["ami_phase_1 2021 https://www.avise.org/liste"]],
        [["ami_phase_1 2021 https://www.avise.org/liste"], []],
    ]


def test_a_coordinator_does_not_recognise_ones_own_pole(make: Builder, browse: Browse) -> None:
    pole = make.pole(recognitions=[Recognition(kind=RecognitionKind.CHARTER, year=2023)])
    browser = browse(make.coordinator(pole))
    page = address(pole, "reconnaissances")
    for answer in (browser.get(page), browser.post(page, {"kind": "charter"})):
        assert answer.status_code == 403
    assert browser.post(f"{page}/{pole.recognitions[0].id}/retirer").status_code == 403
    assert "/reconnaissances" not in browser.get(f"/organisations/{pole.id}").text


def test_a_partner_announces_an_absence_and_comes_back(make: Builder, browse: Browse) -> None:
    manager = make.manager()
    browser, page = browse(manager), address(manager.organisation, "absences")
    first, last = clock.today() + timedelta(days=3), clock.today() + timedelta(days=10)
    said = {"starts_on": first.isoformat(), "ends_on": last.isoformat(), "reason": "Congés"}
    assert browser.post(page, said).location == page
    check_refused(browser.post(page, {**said, "starts_on": last.isoformat()}), "starts_on")
    (line,) = read(manager.organisation).absences
    assert (line.starts_on, line.ends_on, line.reason) == (first, last, "Congés")
    browser.post(f"{page}/{line.id}/retirer")
    assert read(manager.organisation).absences == []
    assert len(journal()) == 2


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [(5, 4, "ends_on"), (-9, -1, "ends_on"), (0, 400, "ends_on"), (None, 4, "starts_on")],
)
def test_days_that_cannot_be_an_absence_are_refused(
    starts: int | None, ends: int, field: str, make: Builder, browse: Browse
) -> None:
    manager = make.manager()
    first = "" if starts is None else (clock.today() + timedelta(days=starts)).isoformat()
    said = {"starts_on": first, "ends_on": (clock.today() + timedelta(days=ends)).isoformat()}
    check_refused(browse(manager).post(address(manager.organisation, "absences"), said), field)


def test_an_absence_that_is_over_stays_as_it_was(make: Builder, browse: Browse) -> None:
    before = clock.today() - timedelta(days=9)
    partner = make.partner(absences=[OrganisationAbsence(starts_on=before, ends_on=before)])
    line = partner.absences[0].id
    answer = browse(make.manager(partner)).post(address(partner, f"absences/{line}/retirer"))
    assert answer.status_code == 409
    assert len(read(partner).absences) == 1


def test_a_pole_has_no_absence_to_announce(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    assert browse(coordinator).get(address(coordinator.organisation, "absences")).status_code == 404
