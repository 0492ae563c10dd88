"""Checks of values from outside. `check_...` returns the checked value or raises ValueError(what is wrong)."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from email_validator import EmailNotValidError, validate_email

EMAIL_EXPECTED = ("an e-mail address", "hello@example.com")
MOST_DIGITS = 18
PORT_EXPECTED = ("a port number from 1 to 65535", "8080")


def parse_int(text: str, least: int = 0, most: int = 10**15) -> int | None:
    """Parse a whole number in plain digits, within inclusive bounds; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        return None
    number = int(text)
    return number if least <= number <= most else None


def check_email(text: str) -> str:
    """Return the address in normal form, in ASCII so that every mail server accepts it. Does not use the network."""
    try:
        address = validate_email(text, check_deliverability=False).ascii_email
    except EmailNotValidError:
        raise ValueError(f"'{text}' is not an e-mail address") from None
    if address is None:
        raise ValueError(f"'{text}' has letters before the @ that many mail servers refuse")
    return address


def check_phone(text: str, region: str) -> str:
    """Return the number as written if it is valid in `region` (ISO code) or international."""
    try:
        valid = phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        valid = False
    if not valid:
        raise ValueError(f"'{text}' is not a phone number of {region} nor an international one")
    return text


def check_url(text: str) -> str:
    """Return the address as written if it is a complete https or http one without spaces or a password."""
    wrong = f"'{text}' is not a web address"
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  reading it checks it
    except ValueError:
        raise ValueError(wrong) from None
    if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc:
        raise ValueError(wrong)
    if any(letter.isspace() or letter in "<>\"'`\\" for letter in text):
        raise ValueError(wrong)
    return text


def check_private_url(text: str) -> str:
    """Return the address as written if the connection is private: https, or this machine."""
    parts = urlsplit(check_url(text))
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ValueError(f"'{text}' is not encrypted: what is sent there would travel readable for everyone")
    return text


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_zone(text: str) -> str:
    """Return the name as written if this machine's time zone data contains it."""
    try:
        ZoneInfo(text)
    except (OSError, ValueError, KeyError):
        if not available_timezones():
            raise ValueError("this machine has no time zone data; install the system package tzdata") from None
        raise ValueError(f"'{text}' is not a known time zone") from None
    return text


def check_port(text: str) -> int:
    """Return the port as a number from 1 to 65535."""
    port = parse_int(text, 1, 65535)
    if port is None:
        raise ValueError("is not a port number")
    return port


def host_name(host: str) -> str:
    """Return the name in a `Host` header, in lower case and without port; "" if it is missing."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_address_or_local_name(host: str) -> bool:
    """Return whether the name in a `Host` header is safe from DNS rebinding: an IP address, or a name without a dot."""
    name = host_name(host)
    try:
        return bool(ip_address(name))
    except ValueError:
        return name != "" and "." not in name


def check_secret_url(text: str) -> str:
    """Return the address, which is itself a secret: the error does not quote it."""
    try:
        return check_url(text.strip())
    except ValueError:
        raise ValueError("is not a web address") from None


def check_origin(text: str) -> str:
    """Return the origin as browsers send it. A path or `*` would admit more, or other, pages than intended."""
    parts = urlsplit(check_url(text.rstrip("/")))
    if parts.path or parts.query or parts.fragment or "*" in text:
        raise ValueError(f"'{text}' is more than scheme, host and port")
    return f"{parts.scheme}://{parts.netloc}".lower()


def check_network(text: str) -> str:
    """Return the address or network in normal form."""
    try:
        return str(ip_network(text)) if "/" in text else str(ip_address(text))
    except ValueError:
        raise ValueError(f"'{text}' is not an address or a network") from None
