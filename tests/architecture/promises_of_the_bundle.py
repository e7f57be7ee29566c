"""What sentences about the catalogue and the way to partners promise, and what proves it: see `promises`."""

_PAIRS = "tests/integration/requests/test_pairs.py::"

BUNDLE = {
    **dict.fromkeys(
        (
            "The pole and the partners who work together are told",
            "The pole and the partners are told who leads",
        ),
        _PAIRS + "test_when_the_lead_is_gone_the_cell_names_another",
    ),
    "usually answers": _PAIRS + "test_a_partner_is_shown_with_the_days_it_lately_takes",
    "A word for one partner is too long": "portal.web.forms:SHORT_TEXT",
}
