"""The embedded PostgreSQL: binaries, system user, configuration and life of the server that needs no administration."""

from __future__ import annotations

from clew.site.postgres.cluster import Cluster

__all__ = ["Cluster"]
