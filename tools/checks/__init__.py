"""Checks of data, answers, code and documentation in seconds: `make check`, or `python -m tools.checks`.

Each check is a function `check_<name>(project)`, which returns problems and changes nothing. A check reads only what
`Project` holds, so a test can break one text and see the problem.
"""
