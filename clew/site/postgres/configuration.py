"""The configuration of the embedded server: one socket, no network, and a log in which no value of a row can appear."""

from __future__ import annotations

from pathlib import Path

_LINES = """\
# Written by Clew at every start; changes are lost. Put yours into postgresql.local.conf beside it.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = '192MB'
# Hashes are as sensitive as pictures: no statement, no parameter, no "Key (sha256)=(...)" detail may reach the log.
log_statement = 'none'
log_min_error_statement = 'panic'
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = 'terse'
log_autovacuum_min_duration = -1
log_checkpoints = off
log_line_prefix = '%m [%p] '
# A week of logs, never more.
logging_collector = on
log_directory = 'log'
log_filename = 'postgres-%a.log'
log_file_mode = 0600
log_truncate_on_rotation = on
log_rotation_age = '1d'
log_rotation_size = 0
# Binary COPY of large lists is bound by this much write-ahead log between checkpoints.
max_wal_size = '2GB'
timezone = 'UTC'
include_if_exists = 'postgresql.local.conf'
"""


def configuration(socket_directory: Path) -> str:
    """The text of `clew.conf`, which `postgresql.conf` includes last."""
    quoted = str(socket_directory).replace("'", "''")
    return f"{_LINES}unix_socket_directories = '{quoted}'\n"
