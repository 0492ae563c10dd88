"""Extraction of booking data from a single message: name, contact, times, wish, intent.

    document + contacts  ->  line     words in order, what was read is marked
    line                 ->  wishes, times (days, clock), names, intents     each reads what is left
                         ->  BookingMessage

This package depends on neither forms, Rasa nor the database. It imports none of its modules itself: the forms need the
phrases in every process, and the grammar takes a second to load.
"""
