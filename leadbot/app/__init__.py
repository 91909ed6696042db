"""Puts the parts together: the only place that knows them all.

Three rooms, by what they cost to import: `project` reads files, `look` opens the database, `build` makes the
daemon.
"""
