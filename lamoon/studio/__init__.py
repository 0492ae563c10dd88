"""studio.yml: `load_studio` reads and checks it, `live_studio` follows its changes, `Studio` puts it into sentences."""

from lamoon.studio.file import load_studio
from lamoon.studio.hours import is_closed, is_open, next_opening
from lamoon.studio.live import live_studio, look_again, studio_now
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
    "live_studio",
    "load_studio",
    "look_again",
    "next_opening",
    "studio_now",
]
