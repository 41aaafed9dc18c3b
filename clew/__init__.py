"""Clew: an open, self-hosted victim-identification database; each folder here is a room, named in docs/reference/house.md."""

__version__ = "0.1.0"
