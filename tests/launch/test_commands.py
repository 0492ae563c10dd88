"""How each process is started: which model, which files, which environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import yaml

from lamoon.errors import ModelError
from lamoon.launch.commands import (
    LOOPBACK,
    action_server,
    endpoints_file,
    environment,
    gateway,
    notification_worker,
    page_address,
    rasa_server,
    serving_environment,
)
from lamoon.launch.model_file import newest_model
from lamoon.settings import PROJECT, load_settings
from launch.test_model_file import write_model


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of models/."""
    folder = tmp_path / "models"
    monkeypatch.setattr("lamoon.launch.model_file.MODELS", folder)
    return folder


def model(folder: Path, name: str, moment: int) -> Path:
    path = write_model(folder / name)
    os.utime(path, (moment, moment))
    return path


def test_the_newest_model_is_taken_whatever_its_name(models: Path) -> None:
    newest = model(models, "a.tar.gz", 3000)
    model(models, "z.tar.gz", 1000)
    model(models, "later.txt", 9000)
    assert newest_model() == newest


def test_a_damaged_model_is_passed_over_for_the_one_before_it(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = model(models, "good.tar.gz", 1000)
    model(models, "older.tar.gz", 500)
    bad = model(models, "bad.tar.gz", 3000)
    bad.write_bytes(bad.read_bytes()[:100])
    assert newest_model() == good
    said = capsys.readouterr().err
    assert f"The model {bad} is damaged: it cannot be unpacked (EOFError). Using good.tar.gz" in said
    assert "make train" in said


def test_where_all_models_are_damaged_each_is_named(models: Path) -> None:
    for name in ("a.tar.gz", "b.tar.gz"):
        model(models, name, 1).write_bytes(b"")
    with pytest.raises(ModelError, match=r"a\.tar\.gz is damaged") as caught:
        newest_model()
    assert "b.tar.gz is damaged" in str(caught.value)
    assert "make train" in str(caught.value)


@pytest.mark.parametrize("there", [False, True])
def test_without_a_model_the_message_says_make_train(models: Path, there: bool) -> None:
    if there:
        models.mkdir()
    with pytest.raises(FileNotFoundError, match=r"no trained model in .*models.*make train"):
        newest_model()


def test_the_ordinary_port_uses_the_file_as_it_is(tmp_path: Path) -> None:
    assert endpoints_file(load_settings({"LAMOON_DATA": str(tmp_path)})) == PROJECT / "endpoints.yml"
    assert list(tmp_path.iterdir()) == []


def test_another_port_gets_a_copy_with_it(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    settings = load_settings({"LAMOON_DATA": str(data), "LAMOON_ACTIONS_PORT": "5155"})
    copy = endpoints_file(settings)
    assert copy.parent == data
    original = yaml.safe_load((PROJECT / "endpoints.yml").read_text(encoding="utf-8"))
    changed = yaml.safe_load(copy.read_text(encoding="utf-8"))
    assert changed["action_endpoint"].pop("url") == "http://127.0.0.1:5155/webhook"
    assert original["action_endpoint"].pop("url") == "http://127.0.0.1:5055/webhook"
    assert changed == original


def test_the_copy_follows_the_port(tmp_path: Path) -> None:
    for port in ("5155", "5255"):
        settings = load_settings({"LAMOON_DATA": str(tmp_path), "LAMOON_ACTIONS_PORT": port})
        assert f":{port}/" in endpoints_file(settings).read_text(encoding="utf-8")


@pytest.mark.parametrize("with_api", [False, True])
def test_rasa_listens_on_loopback_with_our_files(models: Path, tmp_path: Path, with_api: bool) -> None:
    newest = model(models, "a.tar.gz", 1)
    settings = load_settings({"LAMOON_DATA": str(tmp_path), "LAMOON_RASA_PORT": "6005"})
    command = rasa_server(settings, with_api=with_api)
    assert command.words[:5] == (sys.executable, "-m", "lamoon.logs", "rasa", "run")
    options = dict(zip(command.words[5::2], command.words[6::2], strict=False))
    assert options["-i"] == LOOPBACK
    assert options["-p"] == "6005"
    assert options["--model"] == str(newest)
    assert Path(options["--endpoints"]).is_file()
    assert Path(options["--credentials"]).is_file()
    assert ("--enable-api" in command.words) is with_api
    assert (command.name, command.port) == ("rasa", 6005)


def test_the_action_server_and_the_worker(tmp_path: Path) -> None:
    actions = action_server(load_settings({"LAMOON_DATA": str(tmp_path), "LAMOON_ACTIONS_PORT": "6055"}))
    assert actions.words[-2:] == ("--port", "6055")
    assert (actions.name, actions.port) == ("actions", 6055)
    assert notification_worker().port is None


def test_the_gateway_listens_where_it_is_told() -> None:
    ordinary = gateway(load_settings({}))
    assert (ordinary.name, ordinary.port, ordinary.host) == ("gateway", 8080, LOOPBACK)
    public = gateway(load_settings({"LAMOON_GATEWAY_HOST": "0.0.0.0", "LAMOON_GATEWAY_PORT": "80"}))
    assert (public.port, public.host) == (80, "0.0.0.0")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080/"),
        ("0.0.0.0", "http://127.0.0.1:8080/"),
        ("::", "http://[::1]:8080/"),
        ("192.168.1.20", "http://192.168.1.20:8080/"),
    ],
)
def test_the_page_s_address_is_one_that_a_browser_can_open(host: str, address: str) -> None:
    assert page_address(load_settings({"LAMOON_GATEWAY_HOST": host})) == address


def test_every_process_is_told_to_stay_at_home_and_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMOON_LOG_LEVEL", "ERROR")
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")
    told = environment()
    assert told["RASA_TELEMETRY_ENABLED"] == "false"
    assert told["SANIC_HOST"] == LOOPBACK
    assert told["LAMOON_PROJECT"] == str(PROJECT)
    assert told["LAMOON_LOG_LEVEL"] == "ERROR"
    assert os.environ["RASA_TELEMETRY_ENABLED"] == "true"


def test_what_answers_uses_one_core_for_a_message_and_training_all() -> None:
    assert serving_environment()["OPENBLAS_NUM_THREADS"] == serving_environment()["OMP_NUM_THREADS"] == "1"
    assert serving_environment().items() >= environment().items()
    assert "OPENBLAS_NUM_THREADS" not in environment() or "OPENBLAS_NUM_THREADS" in os.environ
