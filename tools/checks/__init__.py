"""Checks of data, answers, code and documentation in seconds: `make check`, or `python -m tools.checks`.

Each gate is a module with one function `check(project)`, which returns problems and changes nothing. A gate reads only
what `Project` holds, so a test can break one text and see it red.
"""
