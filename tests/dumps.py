"""A dump: every row of every table as PostgreSQL writes it out, and every byte below a folder, to search for what must not be there."""

from pathlib import Path

from django.db import connections


def database_dump():
    """All tables as text, bytea in hexadecimal."""
    written = []
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for (table,) in cursor.fetchall():
            with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                written += [bytes(block) for block in rows]
    return b"".join(written)


def files_below(folder):
    """Path (as text, in the folder) -> content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}
