"""`python -m tools.checks [GATE ...]`: all gates, or the named ones; `--write-reference` writes the generated pages of docs/.

Exit codes: 0 well, 1 problems were found (each is printed), 2 a file cannot be read or the words are wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path

from lamoon.errors import ConfigurationError
from lamoon.project import PROJECT
from tools.checks.project import Project, load_project
from tools.checks.reference import PAGES
from tools.checks.registry import GATES

WRITE_REFERENCE = "--write-reference"


def main(arguments: list[str], root: Path = PROJECT) -> int:
    """Runs the gates; returns the exit code."""
    unknown = [word for word in arguments if word not in GATES and word != WRITE_REFERENCE]
    if unknown:
        print(
            f"Unknown: {' '.join(unknown)}. Expected {WRITE_REFERENCE} or gates of: {' '.join(GATES)}", file=sys.stderr
        )
        return 2
    try:
        project = load_project(root)
        if WRITE_REFERENCE in arguments:
            for page, render in PAGES.items():
                (root / page).write_text(render(project), encoding="utf-8")
            return 0
        return _report(project, arguments or list(GATES))
    except (ConfigurationError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _report(project: Project, names: list[str]) -> int:
    problems = [problem for name in names for problem in GATES[name](project)]
    for problem in problems:
        print(problem)
    print(f"{len(names)} gate{'s' * (len(names) != 1)}, {len(problems)} problem{'s' * (len(problems) != 1)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
