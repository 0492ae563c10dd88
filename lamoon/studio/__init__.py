"""studio.yml: `load_studio` reads and checks it, `Studio` puts it into sentences."""

from lamoon.studio.file import load_studio
from lamoon.studio.hours import is_closed, is_open, next_opening
from lamoon.studio.model import CalendarRules, CannedReply, DayHours, EmergencyNumbers, Service, Studio

__all__ = [
    "CalendarRules",
    "CannedReply",
    "DayHours",
    "EmergencyNumbers",
    "Service",
    "Studio",
    "is_closed",
    "is_open",
    "load_studio",
    "next_opening",
]
