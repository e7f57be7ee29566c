"""The page of figures, as each reader sees it."""


def test_a_national_cell_reads_an_empty_portal(make, browse) -> None:
    page = browse(make.national_admin()).get("/usage")
    assert page.status_code == 200
