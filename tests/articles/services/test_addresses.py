import pytest

from articles.services.addresses import is_public


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"],
)
def test_addresses_of_the_public_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "100::1",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "64:ff9b:1::808:808",
        "not an address",
        "",
    ],
)
def test_addresses_off_the_public_internet_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    ("carrier", "carried"),
    [
        ("::ffff:127.0.0.1", "mapped loopback"),
        ("::ffff:169.254.169.254", "mapped metadata service"),
        ("2002:7f00:1::", "6to4 of loopback"),
        ("2002:a00:1::1", "6to4 of 10.0.0.1"),
        ("2001:0:808:808:0:0:80ff:fffe", "Teredo client 127.0.0.1"),
        ("2001:0:7f00:1:0:0:f7f7:f7f7", "Teredo server 127.0.0.1"),
        ("64:ff9b::7f00:1", "NAT64 of loopback"),
        ("64:ff9b::a9fe:a9fe", "NAT64 of the metadata service"),
        ("64:ff9b::e000:1", "NAT64 of multicast"),
    ],
)
def test_a_private_address_inside_another_is_found(carrier, carried):
    assert not is_public(carrier), carried


def test_a_mapped_public_address_is_public():
    assert is_public("::ffff:8.8.8.8")
