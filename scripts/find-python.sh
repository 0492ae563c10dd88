#!/bin/sh
# Prints the Python to use: $PYTHON, or a python3.12 or python3.11 that exists and starts, or one that uv fetches.
set -u
works() { "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' >/dev/null 2>&1; }
if [ -n "${PYTHON:-}" ]; then
    works "$PYTHON" && { echo "$PYTHON"; exit 0; }
    echo "PYTHON=$PYTHON does not start, is not Python 3.11 or 3.12, or lacks venv. Expected e.g. PYTHON=/usr/bin/python3.12" >&2
    exit 1
fi
for candidate in python3.12 python3.11 python3 /usr/bin/python3.12 /usr/bin/python3.11; do
    works "$candidate" && { echo "$candidate"; exit 0; }
done
if command -v uv >/dev/null 2>&1 && uv python install --quiet 3.12 && found=$(uv python find 3.12) && works "$found"; then
    echo "$found"
    exit 0
fi
echo "No Python 3.11 or 3.12 with venv was found. Install one, for example
    Debian, Ubuntu:  sudo apt-get install python3 python3-venv
    macOS:           brew install python@3.12
or name one:         make run PYTHON=/path/to/python3.12" >&2
exit 1
