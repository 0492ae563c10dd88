#!/bin/sh
# Installs the locked packages into $VENV: `install.sh runtime` or `install.sh dev` (runtime and test tools).
# Rasa's metadata refuses Python 3.11 and asks for TensorFlow: hence --no-deps --ignore-requires-python, and the stand-in.
set -eu
kind=$1
venv=${VENV:-.venv}
python=$(scripts/find-python.sh)
[ -x "$venv/bin/python" ] || { echo "Making $venv with $python ..." >&2; "$python" -m venv "$venv"; }
echo "Installing requirements/$kind.lock (a few minutes the first time) ..." >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-deps --require-hashes --ignore-requires-python -r "requirements/$kind.lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-deps --no-build-isolation --no-index ./packages/tensorflow-standin
rm -rf packages/tensorflow-standin/build
touch "$venv/.$kind" "$venv/.runtime"
