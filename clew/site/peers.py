"""Peers: who is at the other end of the socket, and whether it is a proxy whose word is taken."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from clew.site.sign_in_settings import Network

#: What a server on a unix socket gives for an address: nothing. Who may open the socket is decided by the rights of its file.
UNIX_SOCKET = ""


def is_from_trusted_proxy(request: HttpRequest) -> bool:
    """Whether the socket's peer, never a header, is one of `CLEW_TRUSTED_PROXIES`, or a unix socket."""
    peer: str = request.META.get("REMOTE_ADDR", UNIX_SOCKET)
    return peer == UNIX_SOCKET or _is_trusted(peer)


def client_address(request: HttpRequest) -> str:
    """The address that tries are counted by: the peer, or, behind trusted proxies, the last one they name that is none of them."""
    peer: str = request.META.get("REMOTE_ADDR", UNIX_SOCKET)
    if not is_from_trusted_proxy(request):
        return peer
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    for named in reversed(forwarded.split(",")):
        address = named.strip()
        try:
            ipaddress.ip_address(address)
        except ValueError:
            break
        if not _is_trusted(address):
            return address
    return peer or "local"


def _is_trusted(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    networks: tuple[Network, ...] = settings.CLEW_TRUSTED_PROXIES
    return any(parsed in network for network in networks)
