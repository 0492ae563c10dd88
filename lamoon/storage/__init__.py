"""Storage: the engine for SQLite or PostgreSQL, all tables, and time."""
