"""Names the review room to Django, and takes part in purges."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The review room."""

    name = "clew.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let go of what is said about contents that go."""
        from clew.intake.purging import on_purge
        from clew.review.purging import remove_second_looks, remove_statements
        from clew.review.search_purging import remove_searches

        on_purge(remove_statements)
        on_purge(remove_second_looks)
        on_purge(remove_searches)
