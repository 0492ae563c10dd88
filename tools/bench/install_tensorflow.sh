#!/bin/sh
# Makes $VENV_TENSORFLOW (.venv-tensorflow): Rasa with real TensorFlow, for the benchmark only. About 3 GB.
# Needs a Python 3.10, the newest that Rasa's metadata and TensorFlow 2.12 allow: $PYTHON310, or one that is found.
set -eu
cd "$(dirname "$0")/../.."
venv=${VENV_TENSORFLOW:-.venv-tensorflow}
lock=requirements/tensorflow.lock
works() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1; }
candidates() {
    [ -z "${PYTHON310:-}" ] || { echo "$PYTHON310"; return; }
    printf '%s\n' python3.10 /usr/bin/python3.10 /usr/local/bin/python3.10
    ls -d "$(pyenv root)"/versions/3.10.*/bin/python3.10
    uv python find 3.10
}

cmp -s "$lock" "$venv/.installed" && works "$venv/bin/python" && exit 0
if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "The benchmark runs on Linux x86-64 only: $lock is made for it, and memory is read from /proc." >&2
    exit 2
fi
python=$(candidates 2>/dev/null | while read -r one; do works "$one" && { echo "$one"; break; }; done) || true
if [ -z "$python" ]; then
    echo "No Python 3.10 with venv that starts was found (tried: ${PYTHON310:-python3.10 on the PATH, pyenv, uv}).
TensorFlow 2.12 and Rasa's default pipeline need it. Name one: make bench PYTHON310=/path/to/python3.10
or compare with the stored figures: python -m tools.bench --skip-baseline" >&2
    exit 2
fi
if [ -e "$venv" ] && [ ! -f "$venv/pyvenv.cfg" ]; then
    echo "VENV_TENSORFLOW=$venv exists and is not a Python environment. Expected e.g. VENV_TENSORFLOW=.venv-tensorflow" >&2
    exit 2
fi
echo "Installing Rasa with TensorFlow into $venv with $python (several minutes, 3 GB) ..." >&2
rm -rf "$venv"
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
cp "$lock" "$venv/.installed"
