"""What a single message says for a booking: name, contact, when, wish, intent.

    document + contacts  ->  line     words in order, what was read is marked
    line                 ->  wishes, times (days, clock), names, intents     each reads what is left
                         ->  BookingMessage

Nothing here knows forms, Rasa or the database.
"""

from lamoon.booking.reading.message import BookingMessage, When, read_message

__all__ = ["BookingMessage", "When", "read_message"]
