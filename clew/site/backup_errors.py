"""What backup and restore may have to say."""

from __future__ import annotations

from typing import ClassVar

from clew.kernel.errors import ClewError


class BackupDamaged(ClewError):
    """The backup is damaged: {part} is missing, or not what was written. Nothing was restored. Use another copy of the backup."""


class BackupNotFound(ClewError):
    """There is no whole backup there. Nothing was restored. Name the directory or bucket that `clew backup` was given."""


class BackupOfOtherKeys(ClewError):
    """The backup was not made with these keys, or its manifest was altered. Nothing was restored. Bring the key ring it was made with."""


class HomeNotEmpty(ClewError):
    """{path} is not empty. Nothing was restored: a restore never overwrites. Set CLEW_HOME (and CLEW_VAULT_URL, CLEW_DATABASE_URL) to empty places."""

    status: ClassVar[int] = 409


class KeysNeeded(ClewError):
    """The backup does not open without keys ({why}). Nothing was restored. Give the passphrase, or put the key ring's files into keys/ of the empty home."""


class PassphraseWeak(ClewError):
    """The passphrase is shorter than {characters} characters. Nothing was written. Choose a longer one."""


class DumpFailed(ClewError):
    """PostgreSQL's {program} failed: {why}. A backup made before stays as it was."""


class RestoreDiffers(ClewError):
    """What was restored is not what was backed up: {what} differs. Do not use this home; empty it and restore again."""
