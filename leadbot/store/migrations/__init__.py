"""Alembic migrations, run by `leadbot.store.migrate` without an ini file."""
