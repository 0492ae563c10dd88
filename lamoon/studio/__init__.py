"""What the owner wrote in studio.yml: `load_studio` reads and checks it, `Studio` says it in sentences."""

from lamoon.studio.file import load_studio
from lamoon.studio.model import DayHours, EmergencyNumbers, Service, Studio

__all__ = ["DayHours", "EmergencyNumbers", "Service", "Studio", "load_studio"]
