#!/bin/sh
# Writes runtime.lock and dev.lock from the .in files: exact versions with hashes, for Python 3.11 and 3.12 alike.
# Needs uv on the PATH. Rasa's own metadata refuses Python 3.11, so its two wheels are pinned here by hand.
set -eu
cd "$(dirname "$0")"
for name in runtime dev; do
    { echo "# Made by requirements/lock.sh. Install with: pip install --no-deps --require-hashes --ignore-requires-python -r $name.lock"
      cat rasa.pins
      uv pip compile "$name.in" --overrides overrides.txt --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet "$@"
    } > "$name.lock.new"
    mv "$name.lock.new" "$name.lock"
done
