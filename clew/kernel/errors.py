"""Errors the person at the screen may meet: each class is named for what happened, and its docstring is the message."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar


class ClewError(Exception):
    """Something went wrong inside Clew. Nothing was changed. Try again, and tell your administrator if it happens twice."""

    #: HTTP status of the answer when this error reaches a web door.
    status: ClassVar[int] = 500
    #: Exit status of the command line when this error reaches it.
    exit_status: ClassVar[int] = 2

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message)

    @property
    def code(self) -> str:
        """A stable name for programs: the class name."""
        return type(self).__name__

    @property
    def message(self) -> str:
        """The docstring with its facts filled in: what was wrong, what was kept, what to do."""
        text = inspect.cleandoc(type(self).__doc__ or "").replace("\n", " ")
        return text.format(**self.facts) if self.facts else text


class NotFound(ClewError):
    """There is no such record, or it is not shared with you. Nothing was changed."""

    status = 404


class NotPermitted(ClewError):
    """Your role does not include {permission}. Nothing was changed. Ask your national administrator for it."""

    status = 403


class NotSignedIn(ClewError):
    """You are not signed in, or your key is not valid. Nothing was read or changed. Sign in, or use a valid key."""

    status = 401


class InputRefused(ClewError):
    """{reason}"""

    status = 422
