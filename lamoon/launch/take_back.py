"""Has the version before the latest publication answer again: `python -m lamoon.launch.take_back`, which the desk starts.

Apart from the publisher, whose imports would take longer than the change. Exit codes: 0 done, 1 not: the message says why.
"""

from __future__ import annotations

import os
import sys

from lamoon import logs
from lamoon.data_folder import open_data_folder
from lamoon.errors import LamoonError
from lamoon.launch.model_file import chosen
from lamoon.launch.models import use
from lamoon.project import PROJECT
from lamoon.settings import load_settings
from lamoon.storage.database import Database
from lamoon.teaching.lessons import LessonError, Lessons


def take_back(lessons: Lessons) -> None:
    """Changes to the model before, with its lessons. Raises LessonError or ModelError; nothing is changed then."""
    current = lessons.current()
    names = chosen()
    if current is None or not current.before or names[:1] != [current.model]:
        raise LessonError("There is no publication to take back.")
    use(current.before, tried=True)  # it answered before, and a server that cannot load it keeps the present one
    earlier = next((one for one in lessons.history() if one.model == current.before), None)
    lessons.went_back(earlier.number if earlier else None)


def main() -> int:
    """Takes the latest publication back."""
    os.chdir(PROJECT)
    try:
        settings = load_settings()
        open_data_folder(settings)
        take_back(Lessons(Database(settings.database_url.reveal())))
    except LamoonError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    logs.protect("publisher")
    sys.exit(main())
