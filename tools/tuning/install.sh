#!/bin/sh
# Makes $VENV_TUNE (.venv-tune): PyTorch without CUDA, for `make tune` only. About 1 GB.
# Needs a Python 3.11: $PYTHON311, or one that is found; and TORCH_INDEX, the page or folder with PyTorch's builds without
# CUDA, which are on an index of their own (PyTorch's installation guide names it). The lock's hashes decide what is taken.
set -eu
cd "$(dirname "$0")/../.."
venv=${VENV_TUNE:-.venv-tune}
lock=requirements/tune.lock
works() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1; }
candidates() {
    [ -z "${PYTHON311:-}" ] || { echo "$PYTHON311"; return; }
    printf '%s\n' python3.11 /usr/bin/python3.11 /usr/local/bin/python3.11
    ls -d "$(pyenv root)"/versions/3.11.*/bin/python3.11
    uv python find 3.11
}

cmp -s "$lock" "$venv/.installed" && works "$venv/bin/python" && exit 0
if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "$lock is made for Linux x86-64. Tune there; the delta it writes works everywhere." >&2
    exit 2
fi
python=$(candidates 2>/dev/null | while read -r one; do works "$one" && { echo "$one"; break; }; done) || true
if [ -z "$python" ]; then
    echo "No Python 3.11 with venv that starts was found (tried: ${PYTHON311:-python3.11 on the PATH, pyenv, uv}).
Name one: make tune PYTHON311=/path/to/python3.11" >&2
    exit 2
fi
if [ -z "${TORCH_INDEX:-}" ]; then
    echo "TORCH_INDEX is not set. Expected the page or the folder that has PyTorch's CPU wheels, as in PyTorch's installation guide:
make tune TORCH_INDEX=/path/to/wheels" >&2
    exit 2
fi
if [ -e "$venv" ] && [ ! -f "$venv/pyvenv.cfg" ]; then
    echo "VENV_TUNE=$venv exists and is not a Python environment. Expected e.g. VENV_TUNE=.venv-tune" >&2
    exit 2
fi
echo "Installing PyTorch into $venv with $python (1 GB) ..." >&2
rm -rf "$venv"
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --retries 1 --disable-pip-version-check --no-deps --require-hashes \
    --find-links "$TORCH_INDEX" -r "$lock"
cp "$lock" "$venv/.installed"
