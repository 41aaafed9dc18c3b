"""Names the review room to Django, and takes part in purges and changes of rules."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The review room."""

    name = "clew.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let go of what is said about contents that go, and follow the rules of those that stay."""
        from clew.catalogue.looking import on_look
        from clew.catalogue.rule_followers import on_rule_change
        from clew.intake.purging import on_purge
        from clew.kernel.events import SeriesOutcome, subscribe
        from clew.review.exposure import guard_look, note_look
        from clew.review.known import is_decided
        from clew.review.outcomes import note_worked, tell_workers
        from clew.review.purging import remove_exposure, remove_second_looks, remove_statements, remove_votes
        from clew.review.purging_stacks import remove_stacks
        from clew.review.rule_following import follow_rules

        on_rule_change(follow_rules)
        on_purge(remove_statements)
        on_purge(remove_votes)
        on_purge(remove_second_looks)
        on_purge(remove_stacks)
        on_purge(remove_exposure)
        on_look(guard_look, noter=note_look, known=is_decided)
        on_look(noter=note_worked)
        subscribe(SeriesOutcome, tell_workers)
