"""The files of deploy/ match the code: parsed, validated by the tools that would run them, and their processes started.

`make deploy-tools` gets hadolint, docker-compose and caddy; without them their tests are skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import yaml
from scenarios.servers import free_port
from storage.conftest import postgres_url as postgres_url
from web.visitor import Visitor

from lamoon.cli import VERBS
from lamoon.project import PROJECT
from lamoon.settings import NAMES

DEPLOY = PROJECT / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
FILES = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file()]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
OWN = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "lamoon"}
SECRET = "a key of this test, which nobody has to guess"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_exists(path: Path) -> None:
    named = set(re.findall(r"\bLAMOON_[A-Z_]+", path.read_text(encoding="utf-8")))
    assert named <= set(NAMES)


@pytest.mark.parametrize("name", OWN)
def test_a_container_runs_a_verb_with_least_rights(name: str) -> None:
    service = OWN[name]
    assert service["command"][0] in VERBS
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "ports" not in service
    assert "inside" in service["networks"]


def test_only_the_proxy_publishes_ports_and_inside_has_no_way_out() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["caddy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert [name for name, service in OWN.items() if "front" in service["networks"]] == ["gateway", "notifications"]


def test_volumes_and_networks_are_declared() -> None:
    for service in COMPOSE["services"].values():
        named = [volume.split(":")[0] for volume in service.get("volumes", []) if not volume.startswith(".")]
        assert set(named) <= set(COMPOSE["volumes"])
        assert set(service["networks"]) <= set(COMPOSE["networks"])


def test_the_image_copies_what_is_there_and_runs_without_root() -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        *sources, _ = line.split()
        assert all((PROJECT / source).exists() for source in sources), line
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001"]
    assert stages()["base"].count("USER") == 1
    assert {stage.split()[0] for name, stage in stages().items() if name in ("actions", "")} == {"base"}


def stages() -> dict[str, str]:
    """The stages of the Dockerfile, from what they begin with on, by name; the last one has none."""
    found = {}
    for stage in re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]:
        name = re.match(r"\S+ AS (\S+)", stage)
        found[name[1] if name else ""] = stage
    return found


def test_the_image_of_the_actions_serves_them_to_other_machines() -> None:
    stage = stages()["actions"]
    assert 'CMD ["actions"]' in stage
    assert "EXPOSE 5055" in stage
    assert "LAMOON_INTERNAL_HOST=0.0.0.0" in stage


def tool(name: str, *words: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a program of .tools/; skip where it is not there."""
    program = PROJECT / ".tools" / name
    if not program.exists():
        pytest.skip(f"no {name}: make deploy-tools")
    return subprocess.run(
        [program, *words], input=given, env=os.environ | settings, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("", "", ""),
        ("3.12-slim-bookworm AS base", "latest AS base", "DL3007"),
        ("RUN useradd", "RUN cd /x && useradd", "DL3003"),
    ],
)
def test_hadolint_finds_nothing_in_the_dockerfile_and_would_find_it(old: str, new: str, finding: str) -> None:
    done = tool("hadolint", "-", given=DOCKERFILE.replace(old, new, 1))
    assert (finding in done.stdout) if finding else (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("", "", ""),
        ("read_only: true", "read_onli: true", "read_onli"),
        ("inside:\n    internal: true", "outside:\n    internal: true", "undefined network"),
        ("rasa-1:\n  actions:", "actions:", "undefined volume"),
    ],
)
def test_docker_compose_takes_the_file_and_would_refuse_it(old: str, new: str, problem: str, tmp_path: Path) -> None:
    text = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    (tmp_path / "compose.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
    filled = {"POSTGRES_PASSWORD": "password", "LAMOON_SECRET_KEY": SECRET}
    written = "".join(f"{name}={value}\n" for name, value in (example(".env.example") | filled).items())
    (tmp_path / ".env").write_text(written, encoding="utf-8")
    done = tool("docker-compose", "-f", str(tmp_path / "compose.yml"), "config", "--quiet")
    assert (problem in done.stderr) if problem else done.returncode == 0, done.stderr


@pytest.mark.parametrize(("old", "new", "problem"), [("", "", ""), ("lb_policy", "lb_polici", "lb_polici")])
def test_caddy_takes_its_file_and_would_refuse_it(old: str, new: str, problem: str, tmp_path: Path) -> None:
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    (tmp_path / "Caddyfile").write_text(text.replace(old, new, 1), encoding="utf-8")
    words = ("validate", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile"))
    done = tool("caddy", *words, DOMAIN="chat.example.com", HOME=str(tmp_path))
    assert (problem in done.stderr) if problem else done.returncode == 0, done.stderr


def example(name: str) -> dict[str, str]:
    """The settings of an example of an environment file."""
    lines = (DEPLOY / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def of_systemd(_database: str) -> tuple[dict[str, str], list[list[str]]]:
    """The settings that the units read, and what each runs."""
    commands = [re.findall(r"^ExecStart=\S+ -m lamoon (.+)$", unit.read_text(), re.MULTILINE)[0] for unit in UNITS]
    return example("systemd/lamoon.env.example"), [command.split() for command in commands]


def of_compose(database: str) -> tuple[dict[str, str], list[list[str]]]:
    """The settings of the containers, with the database of this machine, and what each runs."""
    shared = COMPOSE["x-process"]["environment"] | {"LAMOON_DATABASE_URL": database}
    image = dict(re.findall(r"\b(LAMOON_\w+)=(\S+)", stages()["base"]))
    settings = image | example(".env.example") | shared
    resolved = {name: re.sub(r"\$\{DOMAIN.*?\}", settings["DOMAIN"], value) for name, value in settings.items()}
    return resolved, [service["command"] for service in OWN.values()]


@pytest.mark.parametrize("layout", [of_systemd, of_compose])
def test_its_processes_answer_with_its_environment_file(
    layout: Callable[[str], tuple[dict[str, str], list[list[str]]]], model: Path, postgres_url: str, tmp_path: Path
) -> None:
    settings, commands = layout(postgres_url)
    ports = {name: str(free_port()) for name in ("GATEWAY", "RASA", "ACTIONS")}
    settings |= {f"LAMOON_{name}_PORT": port for name, port in ports.items()}
    settings |= {"LAMOON_DATA": str(tmp_path / "data"), "LAMOON_SECRET_KEY": SECRET, "LAMOON_GATEWAY_HOST": "127.0.0.1"}
    for host, name in {"http://rasa-1:5005": "RASA", "http://actions:5055": "ACTIONS"}.items():
        settings = {key: value.replace(host, f"http://127.0.0.1:{ports[name]}") for key, value in settings.items()}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LAMOON_")}
    with ExitStack() as stack:
        running = []
        for number, command in enumerate(commands):
            log = stack.enter_context((tmp_path / f"{number}.log").open("wb"))
            process = subprocess.Popen(
                [sys.executable, "-m", "lamoon", *command], cwd=PROJECT, env=clean | settings, stdout=log, stderr=log
            )
            stack.callback(process.wait, 30)
            stack.callback(process.terminate)
            running.append(process)
        until_it_answers(f"http://127.0.0.1:{ports['GATEWAY']}/health", running, tmp_path)
        [answer] = Visitor(f"http://127.0.0.1:{ports['GATEWAY']}").ask("does it hurt?")
        assert "good hurt" in str(answer)
        assert [process.poll() for process in running] == [None] * 4


def until_it_answers(address: str, running: list[subprocess.Popen[bytes]], logs: Path) -> None:
    """Wait until the address says 200; fail with the logs when a process ends or it takes too long."""
    end = time.monotonic() + 120
    while True:
        try:
            if httpx.get(address, trust_env=False, timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            pass
        written = "\n".join(path.read_text(encoding="utf-8") for path in sorted(logs.glob("*.log")))
        assert not [process for process in running if process.poll() is not None], written
        assert time.monotonic() < end, written
        time.sleep(0.2)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_verb_and_systemd_accepts_it(unit: Path, tmp_path: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    found = re.search(r"^ExecStart=(\S+) -m lamoon (\S+)", text, re.MULTILINE)
    assert found
    assert found[2] in VERBS
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    copy = tmp_path / unit.name
    copy.write_text(text.replace(found[1], "/bin/true"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert unit.name not in done.stderr, done.stderr
    security = ("systemd-analyze", "security", "--offline=true", "--threshold=20", str(copy))
    done = subprocess.run(security, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"more exposed than 2.0 of 10\n{done.stdout[-400:]}"


def test_the_target_wants_every_unit() -> None:
    wanted = re.findall(r"lamoon-\w+\.service", (DEPLOY / "systemd" / "lamoon.target").read_text(encoding="utf-8"))
    assert sorted(wanted) == [unit.name for unit in UNITS]


def test_every_test_that_the_threat_model_names_exists() -> None:
    text = (PROJECT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(named) > 20
    for path, name in named:
        assert f"def {name}(" in (PROJECT / path).read_text(encoding="utf-8"), (path, name)
