"""Scripted people and recorded ones, played against the real daemon on a simulated X."""
