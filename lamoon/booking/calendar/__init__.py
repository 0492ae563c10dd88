"""The studio's calendar: free times, holds of one, and the wait list. Nothing here is imported where none is set.

    calendar server  <-  adapter (dav, feed)  <-  keeper  ->  copy, holds, waits     in the database
                                                              copy, holds  ->  offers  ->  the form

Only the keeper, a thread of `lamoon requests worker`, talks to the calendar. It copies busy times into the database, where
the form reads them, and puts holds into the calendar as tentative events. So a calendar that is away, slow or broken never
keeps a visitor waiting: a copy that is too old offers no times, and the form takes wishes.
"""
