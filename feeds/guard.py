"""Which addresses may be connected to, decided where the connection is made: after resolving, for every attempt.

aiohttp never asks its resolver for literal addresses, and a name can be resolved anew between check and connection. So
the one authority is the factory of sockets, which sees the very address that is connected to. The resolver checks as
well, because a name that also points inside is refused whole.
"""

import ipaddress
import socket
from contextvars import ContextVar
from functools import lru_cache

from yarl import URL

from feeds.errors import BadAddress
from seeds.address import LONGEST, accepted

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_CLOSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        # IANA special-purpose registries, and what clouds answer their own machines on
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48",
    )
)  # fmt: skip
_OPEN_V6 = ipaddress.ip_network("2000::/3")
"""Global unicast: all that is ever routed in IPv6; loopback, mapped, NAT64, local and multicast lie outside."""

asking: ContextVar[str] = ContextVar("asking", default="")
"""Host of the request under way in this task; the factory of sockets is not told."""


@lru_cache(maxsize=8192)
def is_public(address: str) -> bool:
    """Whether a literal address is one of the public internet; False for what is no address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if ip.version == 6 and ip not in _OPEN_V6:
        return False
    return ip.is_global and not any(ip.version == closed.version and ip in closed for closed in _CLOSED)


@lru_cache(maxsize=8192)
def _is_within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return any((mapped or ip).version == net.version and (mapped or ip) in net for net in networks)


class Guard:
    """What the operator allowed beside the public internet: names of hosts, addresses, networks."""

    def __init__(self, allowed: tuple[str, ...] = ()) -> None:
        networks: list[Network] = []
        self._hosts: set[str] = set()
        for entry in allowed:
            try:
                networks.append(ipaddress.ip_network(entry, strict=False))
            except ValueError:
                self._hosts.add(entry.strip().rstrip(".").lower())
        self._networks = tuple(networks)

    def allows(self, host: str, address: str) -> bool:
        """Whether this address may be connected to on behalf of this host."""
        if is_public(address):
            return True
        if host.rstrip(".").lower() in self._hosts:
            return True
        return _is_within(address, self._networks)

    def check(self, host: str, address: str) -> None:
        """`BadAddress` where it may not; the text names the host and never an address of the inside."""
        if not self.allows(host, address):
            raise BadAddress(f"{host} leads into a network that is not public; if it is yours, name it in fetch.allow")

    def socket(self, info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        """aiohttp's `socket_factory`: no socket for an address that is not allowed."""
        family, kind, proto, _, address = info
        host = asking.get()
        self.check(host, str(address[0]))
        made = socket.socket(family=family, type=kind, proto=proto)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made


@lru_cache(maxsize=4096)
def checked(url: str) -> URL:
    """The address as it will be asked; `BadAddress` for all that we would not ask, whatever is wrong with it.

    One parser decides (yarl, which aiohttp asks with), after what parsers disagree about has been refused.
    """
    try:
        accepted(url)
        parsed = URL(url)
        host = parsed.host or ""
        if parsed.scheme not in ("http", "https") or not host or parsed.user or parsed.password:
            raise ValueError("only http and https addresses without credentials are read")
        labels = host.rstrip(".").split(".")
        if len(host) > 253 or any(not label or len(label) > 63 for label in labels if ":" not in host):
            raise ValueError("no name of a host")
    except ValueError as error:
        raise BadAddress(f"{shown(url)}: {str(error).splitlines()[0][:120]}") from error
    return parsed.with_fragment(None)


def shown(url: str) -> str:
    """An address for logs and messages: without credentials and query, in which secrets travel; escaped."""
    text = url[:LONGEST].partition("?")[0].partition("#")[0]
    scheme, found, rest = text.partition("://")
    if found:
        authority, slash, path = rest.partition("/")
        text = f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"
    safe = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return safe if len(safe) <= 200 else safe[:199] + "…"
