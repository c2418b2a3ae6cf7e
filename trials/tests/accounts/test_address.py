"""The visitor's address: from the connection, or from proxies of ours, never from what the visitor wrote."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from trials.accounts.address import client_address, network_of


def request(peer, forwarded=None):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=peer, **headers)


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        (0, "192.0.2.1", None, "192.0.2.1"),
        (0, "192.0.2.1", "198.51.100.7", "192.0.2.1"),
        (1, "10.0.0.1", "198.51.100.7", "198.51.100.7"),
        (1, "10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        # Fewer entries than proxies: the request came past one of them.
        (2, "10.0.0.1", "198.51.100.7", "10.0.0.1"),
        (1, "10.0.0.1", None, "10.0.0.1"),
        (1, "10.0.0.1", "nonsense", "10.0.0.1"),
        (1, "10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        (1, "10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        (0, "::ffff:192.0.2.1", None, "192.0.2.1"),
        # gunicorn on a socket knows no address.
        (0, "", None, None),
    ],
)
def test_only_entries_of_our_own_proxies_count(settings, proxies, peer, forwarded, address):
    settings.PROXY_COUNT = proxies
    assert client_address(request(peer, forwarded)) == address


def test_failures_from_one_ipv6_network_count_together():
    assert network_of(request("2001:db8:1:2:3:4:5:6")) == network_of(request("2001:db8:1:2::9")) == "2001:db8:1:2::"
    assert network_of(request("192.0.2.1")) == "192.0.2.1"
