"""What must hold before anything starts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from lamoon.errors import LamoonError, SettingsError, StudioError
from lamoon.launch.commands import LOOPBACK, Command
from lamoon.launch.preflight import check_files, unfilled
from lamoon.launch.readiness import PreflightError, check_ports
from lamoon.settings import load_settings
from lamoon.studio import load_studio


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server((LOOPBACK, 0)) as listening:
        yield listening.getsockname()[1]


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("name", "variable"),
    [("rasa", "LAMOON_RASA_PORT"), ("actions", "LAMOON_ACTIONS_PORT"), ("gateway", "LAMOON_GATEWAY_PORT")],
)
def test_a_taken_port_is_named_with_the_variable_that_moves_it(taken: int, name: str, variable: str) -> None:
    with pytest.raises(PreflightError) as caught:
        check_ports([Command("other", ("x",), free_port()), Command(name, ("x",), taken)])
    said = str(caught.value)
    assert f"Port {taken} for the {name} server is in use" in said
    assert "expected: a free port" in said
    assert f"{variable}={taken + 100} make run" in said
    assert isinstance(caught.value, LamoonError)


def test_a_port_that_is_taken_on_every_address_is_taken() -> None:
    with socket.create_server(("", 0)) as listening, pytest.raises(PreflightError):
        check_ports([Command("rasa", ("x",), listening.getsockname()[1])])


def test_a_port_is_looked_at_where_it_will_be_listened_on(taken: int) -> None:
    check_ports([Command("gateway", ("x",), taken, "127.0.0.2")])
    with pytest.raises(PreflightError):
        check_ports([Command("gateway", ("x",), taken, "0.0.0.0")])


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(
        PreflightError, match=r"192\.0\.2\.1 is not an address of this machine(.|\n)*LAMOON_GATEWAY_HOST"
    ):
        check_ports([Command("gateway", ("x",), free_port(), "192.0.2.1")])


def test_free_ports_and_processes_without_a_port_pass() -> None:
    check_ports([Command("rasa", ("x",), free_port()), Command("notifications", ("x",))])


def test_a_port_whose_connections_have_just_closed_is_free() -> None:
    with socket.create_server((LOOPBACK, 0)) as listening:
        port: int = listening.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)):
            accepted, _ = listening.accept()
            accepted.close()  # this side closes first, so that it is this port that waits for late packets
    check_ports([Command("rasa", ("x",), port)])


def test_right_files_are_read(settings_of_test: Path) -> None:
    settings, studio = check_files()
    assert settings.data == settings_of_test
    assert studio.phone == "(212) 555-0147"


def test_a_wrong_setting_is_told_before_anything_else(settings_of_test: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMOON_RASA_PORT", "x")
    with pytest.raises(SettingsError):
        check_files()


def test_a_broken_studio_file_is_told_with_its_line(settings_of_test: Path) -> None:
    studio = settings_of_test.parent / "studio.yml"
    studio.write_text(studio.read_text(encoding="utf-8").replace("country: US", "country: XX"), encoding="utf-8")
    with pytest.raises(StudioError, match=r"studio\.yml, line 12"):
        check_files()


def test_what_is_not_filled_in_is_noted(settings_of_test: Path) -> None:
    studio = settings_of_test.parent / "studio.yml"
    notes = unfilled(load_settings(), load_studio(studio))
    assert [note for note in notes if "notify_email" in note]
    assert [note for note in notes if "LAMOON_SMTP_HOST" in note]
    assert len(notes) == 2
    text = studio.read_text(encoding="utf-8")
    studio.write_text(text.replace("(212) 555-0147", "").replace("hello@lamoon.example", ""), encoding="utf-8")
    assert [note for note in unfilled(load_settings(), load_studio(studio)) if "no phone and no e-mail" in note]


@pytest.mark.parametrize("by_setting", [True, False])
def test_nothing_is_noted_where_all_is_filled_in(
    settings_of_test: Path, monkeypatch: pytest.MonkeyPatch, by_setting: bool
) -> None:
    monkeypatch.setenv("LAMOON_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("LAMOON_SMTP_FROM", "assistant@example.com")
    studio = settings_of_test.parent / "studio.yml"
    if by_setting:
        monkeypatch.setenv("LAMOON_NOTIFY_EMAIL", "inbox@example.com")
    else:
        studio.write_text(f"notify_email: inbox@example.com\n{studio.read_text(encoding='utf-8')}", encoding="utf-8")
    assert unfilled(load_settings(), load_studio(studio)) == []


@pytest.mark.parametrize("name", ["SANIC_WORKERS", "ACTION_SERVER_SANIC_WORKERS"])
def test_several_workers_in_one_server_are_refused_with_the_way_that_works(
    settings_of_test: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "4")
    with pytest.raises(LamoonError, match=rf"{name}(.|\n)*LAMOON_RASA_URL"):
        check_files()
    monkeypatch.setenv(name, "1")
    check_files()
