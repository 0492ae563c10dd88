"""Every command of the documentation is typed as it is written there; what cannot be typed on a test machine is looked up.

tests/data/documented_commands.yml says which is which. A command that is missing there, and one that no page has, fails.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from booking.conftest import MailServer
from documented import PAGES, Folder, Step, in_page, is_command
from scenarios.servers import free_port
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from storage.conftest import POSTGRES

from lamoon.booking import BookingRequest, BookingStore, Contact
from lamoon.booking.outbox import Outbox
from lamoon.cli import VERBS
from lamoon.data_folder import open_data_folder
from lamoon.launch.model_file import newest_model
from lamoon.project import PROJECT
from lamoon.settings import load_settings
from lamoon.storage.keys import cipher_from

TABLE: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "documented_commands.yml").read_text(encoding="utf-8")
)
SESSIONS = TABLE["run"]
ELSEWHERE = {command: test for test, commands in TABLE["elsewhere"].items() for command in commands}
NOT_RUN = [command for commands in TABLE["not run"].values() for command in commands]
SERVICES = yaml.safe_load((PROJECT / "deploy" / "compose.yml").read_text(encoding="utf-8"))["services"]
FOLDERS = ("deploy/", "docs/", "requirements/", "scripts/", "tools/", ".ci/")
STUDIO = "inbox@studio.example"


@functools.cache
def documented() -> dict[str, list[str]]:
    """Each command, and the pages that have it."""
    found: dict[str, list[str]] = {}
    for page in PAGES:
        for command in in_page(page.read_text(encoding="utf-8")):
            found.setdefault(command, []).append(page.name)
    return found


def steps(listed: list[dict[str, Any]]) -> Iterator[tuple[Step, list[dict[str, Any]]]]:
    """The steps of a session, each with those to run while it runs."""
    for entry in listed:
        values = dict(entry)
        meanwhile = values.pop("meanwhile", [])
        yield Step(**values), meanwhile


def in_sessions() -> Iterator[str]:
    for session in SESSIONS.values():
        for step, meanwhile in steps(session["steps"]):
            yield step.command
            yield from (inner.command for inner, _ in steps(meanwhile))


def test_every_documented_command_is_in_the_table_and_no_other() -> None:
    listed = [*in_sessions(), *ELSEWHERE, *NOT_RUN]
    assert {command: pages for command, pages in documented().items() if command not in listed} == {}, (
        "not in the table"
    )
    assert [command for command in listed if command not in documented()] == [], "in no page"
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("page", "commands"),
    [
        ("```sh\nmake run     # all\n\nlamoon a \\\n    --b\n```", ["make run", "lamoon a --b"]),
        ("```json\n{}\n```\n\n```\ntext\n```", []),
        ("Type `make fly`, `A=b lamoon\nstatus`, `make`, not `lamoon` or `lamoon/web/`.", ["make fly", "A=b lamoon status", "make"]),
        ("| `sudo rm -rf /` |\n| --- |\n| `df -h` |", ["sudo rm -rf /", "df -h"]),
    ],
)  # fmt: skip
def test_commands_are_found_in_blocks_tables_and_sentences(page: str, commands: list[str]) -> None:
    assert in_page(page) == commands


def _store(folder: Folder) -> BookingStore:
    """The store of the folder's assistant, with its keys."""
    settings = load_settings({"LAMOON_DATA": str(folder.place / "var")})
    open_data_folder(settings)
    return BookingStore(settings.database_url.reveal(), cipher=cipher_from(settings))


@contextmanager
def a_request(folder: Folder) -> Iterator[None]:
    """A visitor has asked for a session; FILE is the backup that is made, REVISION the one before the newest."""
    request = BookingRequest(
        conversation_id=uuid.uuid4().hex,
        run_id="1",
        name="Maria Lopez",
        contact=Contact(email="maria@example.com"),
        wish="A neck session",
        consent=True,
        screening="no",
    )
    with closing(_store(folder)) as store:
        reference = store.submit(request)
    newest = max(int(path.name[1:5]) for path in (PROJECT / "lamoon/storage/migrations/versions").glob("v*.py"))
    folder.instead |= {"[REVISION]": "", "REVISION": f"{newest - 1:04}", "REF": reference}
    yield


@contextmanager
def a_mail_server(folder: Folder) -> Iterator[MailServer]:
    """The studio's mail server takes what it is given."""
    server = MailServer(free_port())
    server.up()
    folder.settings = {
        **folder.settings,
        "LAMOON_SMTP_HOST": "127.0.0.1",
        "LAMOON_SMTP_PORT": str(server.port),
        "LAMOON_SMTP_SECURITY": "none",
        "LAMOON_SMTP_FROM": "assistant@studio.example",
        "LAMOON_NOTIFY_EMAIL": STUDIO,
    }
    yield server
    server.down()


@contextmanager
def a_refused_request(folder: Folder) -> Iterator[None]:
    """A request whose notice the mail server has refused for good, and takes from now on."""
    with a_request(folder), a_mail_server(folder), closing(_store(folder)) as store:
        outbox = Outbox(store.database)
        while notice := outbox.claim():
            outbox.mark_failed(notice, "the mail server answered 550 to the recipient's address")
        yield


@contextmanager
def a_folder_for_backups(folder: Folder) -> Iterator[None]:
    backups = folder.place / "backups"
    backups.mkdir()
    folder.instead |= {"/srv/backups": str(backups), "FILE": f"{backups}/*.zip", "/tmp/trial": str(backups / "trial")}
    yield


@contextmanager
def a_model(folder: Folder) -> Iterator[None]:
    shutil.copy(newest_model(), folder.place / "models")
    (folder.place / "kept").mkdir()
    folder.instead["/srv/models/"] = str(folder.place / "kept")
    yield


@contextmanager
def free_ports(folder: Folder) -> Iterator[None]:
    newest_model()
    folder.settings = {
        **folder.settings,
        **{f"LAMOON_{name}_PORT": str(free_port()) for name in ("GATEWAY", "RASA", "ACTIONS")},
    }
    yield


@contextmanager
def postgresql(folder: Folder) -> Iterator[None]:
    """A server that takes new users; skips where there is none. `lamoon` is a name that nobody has."""
    address = make_url(POSTGRES)
    admin = create_engine(address, future=True, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    try:
        admin.connect().close()
    except OperationalError:
        pytest.skip("no PostgreSQL at LAMOON_TEST_POSTGRES_URL or 127.0.0.1:5432")
    if not shutil.which("createuser"):
        pytest.skip("no createuser: PostgreSQL's client programs are not installed")
    name = f"lamoon_{uuid.uuid4().hex[:12]}"
    folder.instead |= {"--pwprompt lamoon": f"--pwprompt {name}", "--owner lamoon": f"--owner {name}",
                       "template0 lamoon": f"template0 {name}"}  # fmt: skip
    folder.settings = {
        **folder.settings,
        "PGHOST": str(address.host), "PGPORT": str(address.port), "PGUSER": str(address.username),
        "PGPASSWORD": str(address.password or ""),
        "LAMOON_DATABASE_URL": f"postgresql://{name}:password@{address.host}:{address.port}/{name}",
    }  # fmt: skip
    try:
        yield
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
            connection.exec_driver_sql(f"DROP ROLE IF EXISTS {name}")
        admin.dispose()


GIVEN: dict[str, Callable[[Folder], Any]] = {
    "a request": a_request,
    "a refused request": a_refused_request,
    "a mail server": a_mail_server,
    "a folder for backups": a_folder_for_backups,
    "a model": a_model,
    "free ports": free_ports,
    "PostgreSQL": postgresql,
}


@pytest.mark.parametrize("name", SESSIONS)
def test_what_is_documented_works(name: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "lamoon")
    folder.instead |= {"/etc/": f"{tmp_path}/etc/"}
    (tmp_path / "etc/systemd/system").mkdir(parents=True)
    with ExitStack() as stack:
        for what in SESSIONS[name].get("given", []):
            stack.enter_context(GIVEN[what](folder))
        for step, meanwhile in steps(SESSIONS[name]["steps"]):
            folder.run(step, [inner for inner, _ in steps(meanwhile)])


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (Step("lamoon fly"), "exit code 2, expected 0"),
        (Step("lamoon --version", says="lamoon x"), "expected 'lamoon x'"),
        (Step("lamoon --version", until="Ready."), "ended before it said 'Ready.'"),
    ],
)
def test_a_command_that_fails_or_says_something_else_is_red(step: Step, problem: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=re.escape(problem)):
        Folder(tmp_path / "lamoon").run(step)


@pytest.mark.parametrize("command", ELSEWHERE)
def test_the_test_that_plays_a_command_exists(command: str) -> None:
    path, name = ELSEWHERE[command].split("::")
    assert f"def {name}(" in (PROJECT / path).read_text(encoding="utf-8")
    assert problems(command) == []


@pytest.mark.parametrize("command", NOT_RUN)
def test_a_command_that_is_not_run_names_what_is_there(command: str) -> None:
    assert problems(command) == []


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("make fly", "no target"),
        ("make tune GENRIC=a", "GENRIC"),
        ("lamoon fly", "no verb"),
        ("lamoon tune --leave-it-out", "--leave-it-out"),
        ("python -m tools.bench.fly", "no module"),
        ("python -m tools.evaluation --releese", "--releese"),
        ("npm run fly --prefix widget", "no script"),
        ("docker compose -f deploy/compose.yml stop rasa-7", "rasa-7"),
        ("docker compose -f deploy/compose.yml exec gateway /opt/venv/bin/python -m lamoon fly", "no verb"),
        ("sudo systemctl stop lamoon-fly", "no unit"),
        ("helm upgrade studio deploy/helm/fly", "deploy/helm/fly"),
        ("make test && cp deploy/.env.exam deploy/.env", "deploy/.env.exam"),
    ],
)
def test_a_name_that_nothing_has_is_found(command: str, problem: str) -> None:
    assert is_command(command)
    [found] = problems(command)
    assert problem in found


def problems(command: str) -> list[str]:
    """Return what a command names that is not there."""
    found: list[str] = []
    for one in re.split(r"&&|\|", command):
        words = [word for word in shlex.split(one) if word != "sudo"]
        while words and re.match(r"[A-Z_]+=", words[0]):
            words.pop(0)
        if words:
            found += _problems(words)
    return found


def _problems(words: list[str]) -> list[str]:
    found = []
    if words[0] == "cp":
        words = words[:-1]
    found += [f"no file {word}" for word in words if word.startswith(FOLDERS) and not list(PROJECT.glob(word))]
    program, rest = Path(words[0]).name, words[1:]
    look_up = {
        "make": _make,
        "lamoon": _lamoon,
        "python": _python,
        "npm": _npm,
        "docker": _docker,
        "systemctl": _systemctl,
    }
    return found + (look_up[program](rest) if program in look_up else [])


def _make(words: list[str]) -> list[str]:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    scripts = makefile + "".join(path.read_text(encoding="utf-8") for path in PROJECT.glob("tools/*/*.sh"))
    targets = [word for word in words if "=" not in word]
    variables = [word.split("=")[0] for word in words if "=" in word]
    found = [f"no target {name}" for name in targets if not re.search(rf"^{re.escape(name)}:", makefile, re.MULTILINE)]
    return found + [f"nothing reads {name}" for name in variables if not re.search(rf"\$[({{]{name}\b", scripts)]


def _lamoon(words: list[str]) -> list[str]:
    if words[:1] in (["..."], ["VERB"]):
        return []
    if words[0] not in VERBS:
        return [f"no verb {words[0]}"]
    return _options(VERBS[words[0]].module, words)


def _python(words: list[str]) -> list[str]:
    if words[:2] == ["-m", "lamoon"]:
        return _lamoon(words[2:])
    if words[:2] == ["-m", "pip"]:
        return []
    try:
        spec = importlib.util.find_spec(words[1])
    except ModuleNotFoundError:
        spec = None
    return _options(words[1], words[2:]) if spec else [f"no module {words[1]}"]


def _options(module: str, words: list[str]) -> list[str]:
    """Return options that only the module itself names."""
    place = PROJECT / module.replace(".", "/")
    files = place.glob("*.py") if place.is_dir() else [place.with_suffix(".py")]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    return [f"no option {word}" for word in words if word.startswith("--") and f'"{word}"' not in text]


def _npm(words: list[str]) -> list[str]:
    scripts = json.loads((PROJECT / "widget" / "package.json").read_text(encoding="utf-8"))["scripts"]
    name = words[1] if words[0] == "run" else words[0]
    return [] if name in scripts or name == "ci" else [f"no script {name}"]


def _docker(words: list[str]) -> list[str]:
    if "/opt/venv/bin/python" in words:
        start = words.index("/opt/venv/bin/python")
        return _docker(words[:start]) + _python(words[start + 1 :])
    if words[0] != "compose" or words[-1] in ("ps", "-d"):
        return []
    verbs = [word for word in words if word in ("stop", "exec", "run", "up")]
    named = [word for word in words[words.index(verbs[0]) + 1 :] if not word.startswith(("-", "/"))]
    return [f"no service {name}" for name in named if name not in SERVICES]


def _systemctl(words: list[str]) -> list[str]:
    units = {path.name for path in (PROJECT / "deploy" / "systemd").iterdir()}
    named = [word for word in words[1:] if not word.startswith("-")]
    return [f"no unit {name}" for name in named if not units & {name, f"{name}.service"}]


def test_helm_takes_the_upgrade_as_documented() -> None:
    program = PROJECT / ".tools" / "helm"
    if not program.exists():
        pytest.skip("no helm: make deploy-tools")
    for command in TABLE["not run"]["they need a cluster"]:
        if command.startswith("helm upgrade"):
            words = shlex.split(command.replace("-f my-values.yaml ", "").replace("upgrade --install", "template"))
            done = subprocess.run([program, *words[1:]], cwd=PROJECT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            assert "lamoon:1.0.1" in done.stdout
