"""Pages are kept for the validator by many tests at once."""

from pathlib import Path

import pytest

from tests.browser import keep_page
from tests.races import Meet, all_at_once


def test_a_page_that_several_draw_at_once_is_kept_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEP_PAGES", str(tmp_path / "pages"))
    page = f"<header></header><main>{'<p>Une phrase.</p>' * 20_000}</main>"

    def draw(_number: int, meet: Meet) -> None:
        meet()
        for _time in range(20):
            keep_page(page)

    all_at_once(4, draw)
    assert [kept.read_text() for kept in (tmp_path / "pages").iterdir()] == [page] * 2, (
        "for its frame, for its part"
    )
