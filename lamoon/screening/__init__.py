"""Contraindications and emergencies: what a visitor says about health, and how it is meant. Does not use Rasa."""

from lamoon.errors import CatalogueError
from lamoon.screening.catalogue import Catalogue, load_catalogue
from lamoon.screening.conditions import Condition
from lamoon.screening.screener import Mention, Screener, Screening

__all__ = ["Catalogue", "CatalogueError", "Condition", "Mention", "Screener", "Screening", "load_catalogue"]
