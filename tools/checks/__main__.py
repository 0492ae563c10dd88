"""`python -m tools.checks [CHECK ...]`: all checks, or the named ones; `--write-reference` writes the generated pages of docs/.

Exit codes: 0 no problems, 1 problems were found (each is printed), 2 a file cannot be read or the arguments are wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from lamoon.errors import LamoonError
from lamoon.project import PROJECT
from tools.checks.advisories import check_advisories
from tools.checks.buttons import check_buttons
from tools.checks.documentation import CHECK, PAGES, check_documentation
from tools.checks.duplicates import check_leaks, check_near_duplicates
from tools.checks.intents import check_form_questions, check_intents
from tools.checks.knowledge import check_conditions, check_facts, check_provenance
from tools.checks.project import Problem, Project, check_hygiene, load_project
from tools.checks.responses import check_answers, check_kinds, check_phrases
from tools.checks.rule_contradictions import check_rule_contradictions

Check = Callable[[Project], list[Problem]]
_IN_ORDER: tuple[Check, ...] = (
    check_rule_contradictions,
    check_intents,
    check_answers,
    check_kinds,
    check_near_duplicates,
    check_leaks,
    check_phrases,
    check_form_questions,
    check_buttons,
    check_conditions,
    check_documentation,
    check_provenance,
    check_facts,
    check_hygiene,
    check_advisories,
)
CHECKS = MappingProxyType({check.__name__.removeprefix(CHECK): check for check in _IN_ORDER})
"""All checks by name, in the order in which they report."""
WRITE_REFERENCE = "--write-reference"


def main(arguments: list[str], root: Path = PROJECT) -> int:
    """Run the checks; return the exit code."""
    unknown = " ".join(word for word in arguments if word not in CHECKS and word != WRITE_REFERENCE)
    if unknown:
        print(f"Unknown: {unknown}. Expected {WRITE_REFERENCE} or checks of: {' '.join(CHECKS)}", file=sys.stderr)
        return 2
    try:
        project = load_project(root)
        if WRITE_REFERENCE in arguments:
            for page, render in PAGES.items():
                (root / page).write_text(render(project), encoding="utf-8")
            return 0
        return _report(project, arguments or list(CHECKS))
    except (LamoonError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _report(project: Project, names: list[str]) -> int:
    problems = [problem for name in names for problem in CHECKS[name](project)]
    for problem in problems:
        print(problem)
    print(f"{len(names)} check{'s' * (len(names) != 1)}, {len(problems)} problem{'s' * (len(problems) != 1)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
