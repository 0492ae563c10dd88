"""Handing mails to a real mail server: log-in, encryption, refusals, silence."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lamoon.booking import BookingRequest
from lamoon.booking.mail import StudioMail
from lamoon.booking.outbox import Notice
from lamoon.booking.smtp import mailer_from
from lamoon.environment import Secret
from lamoon.errors import NotificationError
from lamoon.settings import load_settings

Mailer = Callable[..., StudioMail]


@pytest.fixture
def notice(request_of: Callable[..., BookingRequest]) -> Notice:
    return Notice(1, "key-1", 1, "claim", request_of())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, made for this run."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), start, start + dt.timedelta(days=1)
        )
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(private + made.public_bytes(pem))
    return path


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def restart(server: Any, **options: Any) -> None:
    server.down()
    server.options = options
    server.up()


def refused(mailer: StudioMail, notice: Notice) -> NotificationError:
    with pytest.raises(NotificationError) as caught:
        mailer(notice)
    assert "Maria" not in str(caught.value)
    assert "example.com" not in str(caught.value)
    return caught.value


def test_delivered(server: Any, mailer: Mailer, notice: Notice) -> None:
    mailer()(notice)
    (mail,) = server.mails
    assert mail["To"] == "studio@example.com"
    assert mail["X-Idempotency-Key"] == "key-1"
    assert mail["Message-ID"] == "<key-1@lamoon.example>"
    assert "> A neck session, Tuesday after five" in mail.get_content()


@pytest.mark.parametrize(
    ("answer", "code", "permanent"), [("451 later", 451, False), ("554 spam: Maria", 554, True), ("550 no", 550, True)]
)
def test_the_mail_is_refused(
    server: Any, mailer: Mailer, notice: Notice, answer: str, code: int, permanent: bool
) -> None:
    server.answers.append(answer)
    error = refused(mailer(), notice)
    assert (error.code, error.permanent) == (code, permanent)
    assert server.mails == []


@pytest.mark.parametrize(
    ("answer", "permanent"), [("450 studio@example.com is busy", False), ("550 no such studio", True)]
)
def test_the_address_is_refused(server: Any, mailer: Mailer, notice: Notice, answer: str, permanent: bool) -> None:
    server.at_rcpt = answer
    error = refused(mailer(), notice)
    assert (error.code, error.permanent) == (int(answer[:3]), permanent)


def test_nobody_listens(server: Any, mailer: Mailer, notice: Notice) -> None:
    server.down()
    error = refused(mailer(), notice)
    assert (error.code, error.permanent) == (None, False)


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 70 + ".example", "\u00e4..x"])
def test_no_such_server(mailer: Mailer, notice: Notice, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    if host.isascii():
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert not refused(mailer(host=host), notice).permanent


def test_a_server_that_never_answers(mailer: Mailer, notice: Notice) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        error = refused(mailer(port=silent.getsockname()[1], seconds=0.2), notice)
    assert not error.permanent


def test_login(server: Any, mailer: Mailer, notice: Notice, login: dict[str, Any]) -> None:
    restart(server, authenticator=server.login, auth_require_tls=False)
    mailer(**login)(notice)
    assert len(server.mails) == 1
    assert server.logins == ["assistant"]


def test_wrong_password(server: Any, mailer: Mailer, notice: Notice, login: dict[str, Any]) -> None:
    restart(server, authenticator=server.login, auth_require_tls=False)
    error = refused(mailer(**{**login, "password": Secret("wrong")}), notice)
    assert (error.code, error.permanent) == (535, True)
    assert "wrong" not in str(error)


def test_login_that_the_server_does_not_offer(mailer: Mailer, notice: Notice, login: dict[str, Any]) -> None:
    assert refused(mailer(**login), notice).permanent


def test_starttls_and_login(
    server: Any,
    mailer: Mailer,
    notice: Notice,
    login: dict[str, Any],
    server_tls: ssl.SSLContext,
    trusting: ssl.SSLContext,
) -> None:
    restart(server, tls_context=server_tls, require_starttls=True, authenticator=server.login, auth_required=True)
    mailer(security="starttls", tls=trusting, **login)(notice)
    assert len(server.mails) == 1


def test_starttls_is_never_left_out(server: Any, mailer: Mailer, notice: Notice) -> None:
    assert refused(mailer(security="starttls"), notice).permanent
    assert server.mails == []


def test_ssl(server: Any, mailer: Mailer, notice: Notice, server_tls: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    restart(server, ssl_context=server_tls)
    mailer(security="ssl", tls=trusting)(notice)
    assert len(server.mails) == 1


@pytest.mark.parametrize(("security", "option"), [("starttls", "tls_context"), ("ssl", "ssl_context")])
def test_a_certificate_that_nobody_vouches_for(
    server: Any, mailer: Mailer, notice: Notice, server_tls: ssl.SSLContext, security: str, option: str
) -> None:
    restart(server, **{option: server_tls})
    error = refused(mailer(security=security), notice)
    assert error.permanent
    assert "certificate" in str(error)
    assert server.mails == []


def test_a_bad_good_bye_after_the_mail_changes_nothing(server: Any, mailer: Mailer, notice: Notice) -> None:
    async def rude(_server: Any, _session: Any, _envelope: Any) -> str:
        return "500 go away"

    server.handle_QUIT = rude
    mailer()(notice)
    assert len(server.mails) == 1


def test_the_mailer_of_the_settings() -> None:
    env = {
        "LAMOON_SMTP_HOST": "smtp.example.com",
        "LAMOON_SMTP_FROM": "assistant@example.com",
        "LAMOON_SMTP_SECURITY": "ssl",
    }
    made = mailer_from(load_settings(env))
    assert made is not None
    assert (made.host, made.port, made.security, made.sender) == (
        "smtp.example.com",
        465,
        "ssl",
        "assistant@example.com",
    )
    assert mailer_from(load_settings({})) is None


def test_a_mailer_does_not_show_its_password(mailer: Mailer) -> None:
    assert "hush" not in repr(mailer(user="u", password=Secret("hush")))
