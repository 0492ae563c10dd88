#!/bin/sh
# Installs the locked packages and this project into $VENV: `install.sh runtime` or `install.sh dev` (with the test tools).
# Rasa's metadata refuses Python 3.11 and asks for TensorFlow: hence --no-deps --ignore-requires-python, and the stand-in.
# uv installs several times as fast as pip. Where it cannot, as with an index that only pip's own settings name, pip does.
set -eu
kind=$1
venv=${VENV:-.venv}
python=$(scripts/find-python.sh)
pip_install() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "$@"; }
uv_install() {
    command -v uv >/dev/null || [ -x "$venv/bin/uv" ] || pip_install --require-hashes --only-binary uv -r requirements/uv.txt || return 1
    PATH="$PATH:$venv/bin" uv pip install --quiet --python "$venv/bin/python" --no-deps --require-hashes -r "$1"
}
[ -x "$venv/bin/python" ] || { echo "Making $venv with $python ..." >&2; "$python" -m venv "$venv"; }
echo "Installing requirements/$kind.lock (a minute the first time) ..." >&2
uv_install "requirements/$kind.lock" ||
    pip_install --require-hashes --ignore-requires-python -r "requirements/$kind.lock"
# Built with the setuptools of the lock: nothing is fetched.
pip_install --no-build-isolation --no-index ./packages/tensorflow-standin --editable .
rm -rf packages/tensorflow-standin/build
touch "$venv/.$kind" "$venv/.runtime"
