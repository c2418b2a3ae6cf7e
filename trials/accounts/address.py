"""Where a request comes from. A header is believed only as far as proxies of ours wrote it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The address of whoever sent the request, or None where the server does not know it.

    Without TRUST_PROXY it is the other end of the connection. Behind proxies of ours each adds to the right of
    X-Forwarded-For the address that it was asked from; so of N proxies' entries the leftmost is the visitor, and what
    stands further left the visitor may have written.
    """
    peer = _plain(request.META.get("REMOTE_ADDR", ""))
    if not settings.PROXY_COUNT:
        return peer
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(told) < settings.PROXY_COUNT:
        return peer
    return _plain(told[-settings.PROXY_COUNT]) or peer


def network_of(request: HttpRequest) -> str | None:
    """The address for counting failures; of IPv6 the network of 64 bits, which one customer has whole."""
    address = client_address(request)
    if address and ":" in address:
        return str(ip_network(f"{address}/64", strict=False).network_address)
    return address


def _plain(text: str) -> str | None:
    """An address without port, brackets and zone; None for what is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)
