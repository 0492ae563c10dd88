"""What deploy/ says is what the code understands. The tools that would run it are not needed for that."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from lamoon.cli import VERBS
from lamoon.project import PROJECT
from lamoon.settings import NAMES

DEPLOY = PROJECT / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
FILES = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file()]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
OWN = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "lamoon"}
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
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE)[-1] == "10001"
    assert not re.search(r":latest\b", DOCKERFILE)


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


def test_the_target_wants_every_unit() -> None:
    wanted = re.findall(r"lamoon-\w+\.service", (DEPLOY / "systemd" / "lamoon.target").read_text(encoding="utf-8"))
    assert sorted(wanted) == [unit.name for unit in UNITS]


def test_every_test_that_the_threat_model_names_exists() -> None:
    text = (PROJECT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(named) > 20
    for path, name in named:
        assert f"def {name}(" in (PROJECT / path).read_text(encoding="utf-8"), (path, name)
