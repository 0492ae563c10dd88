"""`lamoon model` without Rasa: the pointer file, what stays after a training, and servers that refuse."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from scenarios.servers import free_port

from lamoon.errors import ModelError
from lamoon.launch import models
from lamoon.launch.model_file import after_training, choose, chosen, model_in_use
from launch.test_model_file import write_model


@pytest.fixture
def folder(settings_of_test: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with four models, the newest first in the alphabet."""
    place = tmp_path / "models"
    monkeypatch.setattr("lamoon.launch.model_file.MODELS", place)
    for moment, name in enumerate("dcba", 1):
        os.utime(write_model(place / f"{name}.tar.gz"), (moment, moment))
    return place


class Asked:
    """Stands where a Rasa server is: notes the models that it is asked for, and loads those it knows."""

    def __init__(self, known: str) -> None:
        asked = self.asked = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["model"]
                asked.append(name[0])
                self.send_response(200 if name[0] in known else 409)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


Start = Callable[..., list[Asked]]


@pytest.fixture
def start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts servers that know these models; a trial finds all of them good."""
    monkeypatch.setattr(models, "_try", lambda model: None)
    monkeypatch.chdir(folder)
    with ExitStack() as stack:

        def make(*known: str) -> list[Asked]:
            servers = [Asked(names) for names in known]
            for one in servers:
                stack.callback(one.server.server_close)
                stack.callback(one.server.shutdown)
            monkeypatch.setenv("LAMOON_RASA_URL", ",".join(one.url for one in servers))
            return servers

        yield make


def test_a_change_and_the_way_back(folder: Path, start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = start("abcd", "abcd")
    assert model_in_use().name == "a.tar.gz"
    assert models.main(["use", "c"]) == 0
    assert chosen() == ["c.tar.gz", "a.tar.gz"]
    assert model_in_use().name == "c.tar.gz"
    assert models.main(["back"]) == 0
    assert chosen() == ["a.tar.gz", "c.tar.gz"]
    assert one.asked == two.asked == ["c", "a"]
    capsys.readouterr()
    assert models.main(["list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "a.tar.gz  in use", "b.tar.gz", "c.tar.gz  before", "d.tar.gz",
    ]  # fmt: skip


def test_where_one_server_cannot_load_it_all_go_back(
    folder: Path, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = start("abcd", "ab")
    choose(["b.tar.gz", "a.tar.gz"])
    assert models.main(["use", "c.tar.gz"]) == 1
    assert chosen() == ["b.tar.gz", "a.tar.gz"]
    assert (one.asked, two.asked) == (["c", "b"], ["c"])
    assert "Nothing was changed: b.tar.gz goes on." in capsys.readouterr().err


def test_a_server_that_is_not_running_takes_it_later(
    folder: Path, start: Start, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (one,) = start("abcd")
    away = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("LAMOON_RASA_URL", f"{away},{one.url}")
    assert models.main(["use", "b"]) == 0
    assert one.asked == ["b"]
    assert f"{away} is not running: it takes b.tar.gz at its next start." in capsys.readouterr().out


def test_what_is_no_model_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "c.tar.gz").write_bytes(b"")
    for words, said in {
        ("use", "../a"): "There is no model ../a. Expected one of: c.tar.gz, a.tar.gz, b.tar.gz, d.tar.gz",
        ("use", "c"): "The model c.tar.gz is damaged",
        ("use", "a"): "The model a.tar.gz does not work with this version",
        ("back",): "There is no model to go back to.",
    }.items():
        assert models.main(words) == 1
        assert said in capsys.readouterr().err
        assert chosen() == []


def test_a_chosen_model_that_is_gone_gives_way_to_the_newest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    choose(["c.tar.gz"])
    (folder / "c.tar.gz").unlink()
    assert model_in_use().name == "a.tar.gz"
    assert "The chosen model c.tar.gz cannot be used" in capsys.readouterr().err


def test_a_training_keeps_three_models_that_others_may_read(folder: Path) -> None:
    choose(["d.tar.gz", "a.tar.gz"])
    (folder / "b.tar.gz").write_bytes(b"")
    made = write_model(folder / "new.tar.gz")
    made.chmod(0o600)
    folder.chmod(0o700)
    after_training(model_in_use(), made)
    assert chosen() == ["new.tar.gz", "d.tar.gz"]
    assert {path.name for path in folder.glob("*.tar.gz")} == {"new.tar.gz", "d.tar.gz", "a.tar.gz"}
    assert {oct(path.stat().st_mode & 0o777) for path in (made, folder / "in-use")} == {"0o644"}
    assert oct(folder.stat().st_mode & 0o777) == "0o755"


def test_the_pointer_file_is_whole_or_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(["b.tar.gz"])

    def fail(self: Path, target: Path) -> None:
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(OSError, match="no"):
            choose(["a.tar.gz"])
    assert chosen() == ["b.tar.gz"]
    with pytest.raises(ModelError):
        models.use("gone")
