"""Addresses of visitors as they are counted."""

import pytest

from portal.web.addresses import network


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        (None, "unknown"),
        ("une socket", "unknown"),
    ],
)
def test_one_subscriber_is_one_network_address(address: str | None, counted: str) -> None:
    assert network(address) == counted
