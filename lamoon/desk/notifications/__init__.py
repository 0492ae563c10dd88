"""Who is notified of what, when and by which way."""
