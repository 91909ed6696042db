"""Connects to public addresses only: an address in a setting must not become a way into a private network.

The name is resolved here, every address it has is judged, and the connection goes to one that was: a name
server that answers differently the second time (DNS rebinding) is never asked a second time.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping, Sequence

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util import connection as connecting

from leadbot.crm.wire import OneShot
from leadbot.errors import AccountError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PublicOnly(OneShot):
    """A transport for requests that refuses private, loopback, link-local and other inner addresses.

    allowed: networks that may be reached all the same, and they alone without encryption.
    """

    def __init__(self, allowed: Sequence[Network] = ()) -> None:
        self.pools = _pools(tuple(allowed), OneShot.pools)
        super().__init__()


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether an address is in one of these networks."""
    return any(address in network for network in allowed if network.version == address.version)


def is_public(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether an address is one of the open internet, or in an allowed network. An IPv4 address dressed as
    IPv6 (mapped, 6to4, Teredo, NAT64) counts as what it is.
    """
    if is_allowed(address, allowed):
        return True
    if isinstance(address, ipaddress.IPv6Address):
        for inner in _inner(address):
            if not is_public(inner, allowed):
                return False
        if address.ipv4_mapped is not None:
            return True
    return address.is_global and not address.is_multicast


def _inner(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return [one for one in found if one is not None]


def _judged(
    connection: HTTPConnection, allowed: Sequence[Network], *, is_plain: bool = False
) -> socket.socket:
    host, port = connection._dns_host, connection.port
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        gone = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
        raise NameResolutionError(host, connection, gone) from error
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    if is_plain and not all(is_allowed(ipaddress.ip_address(one), allowed) for one in addresses):
        why = f"{host} is out on the internet, where people's words travel by https alone"
        raise AccountError("unencrypted", why)
    inner = [one for one in addresses if not is_public(ipaddress.ip_address(one), allowed)]
    if inner:
        why = f"{host} is {inner[0]}, which is not on the open internet (crm.allow_private)"
        raise AccountError("private_address", why)
    return _connect(connection, addresses, port)


def _connect(connection: HTTPConnection, addresses: Sequence[str], port: int) -> socket.socket:
    last: OSError | None = None
    for address in dict.fromkeys(addresses):
        try:
            return connecting.create_connection(
                (address, port), connection.timeout, socket_options=connection.socket_options
            )
        except OSError as error:
            last = error
    raise NewConnectionError(connection, f"no address of {connection.host} can be reached") from last


def _pools(
    allowed: Sequence[Network], pools: Mapping[str, type[HTTPConnectionPool]]
) -> Mapping[str, type[HTTPConnectionPool]]:
    """`pools` with connections that judge where they go."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _judged(self, allowed, is_plain=True)

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _judged(self, allowed)

    connections = {"http": Plain, "https": Encrypted}
    return {
        scheme: type(pool.__name__, (pool,), {"ConnectionCls": connections[scheme]})
        for scheme, pool in pools.items()
    }
