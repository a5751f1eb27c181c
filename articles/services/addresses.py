"""Which IP addresses are on the public internet.

Python's `is_global` alone lets relays, reserved ranges and addresses inside addresses through.
Sources: IANA special-purpose address registries; RFC 4291 (mapped), RFC 3056 (6to4), RFC 4380
(Teredo), RFC 6052 (NAT64).
"""

import ipaddress
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_DENIED: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "100.64.0.0/10",  # carriers' own addresses
        "3fff::/20",  # documentation
    )
)
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Whether an address, and each IPv4 address that it carries inside, is on the public internet.

    A text that is not an address is not public.
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _is_global(address.ipv4_mapped)
        if address in _NAT64:
            return _is_global(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.sixtofour is not None and not _is_global(address.sixtofour):
            return False
        if address.teredo is not None and not all(map(_is_global, address.teredo)):
            return False
    return _is_global(address)


def _is_global(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _UNICAST:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _DENIED if network.version == address.version)
    )
