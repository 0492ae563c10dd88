"""The studio's calendar: free times, holds, and the wait list. Nothing here is imported if no calendar is configured.

    calendar server  <-  adapter (dav, feed)  <-  keeper  ->  copy, holds, waits     in the database
                                                              copy, holds  ->  offers  ->  the form

Only the keeper, a thread of `lamoon requests worker`, talks to the calendar. It copies busy times into the database,
where the form reads them, and puts holds into the calendar as tentative events. A calendar that is unreachable, slow or
broken therefore never delays a visitor: if the copy is too old, no times are offered and the form asks for wishes.
"""
