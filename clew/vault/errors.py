"""What the vault may have to say: each class is one thing that happened, its docstring the sentence shown."""

from __future__ import annotations

from typing import ClassVar

from clew.kernel.errors import ClewError


class SealBroken(ClewError):
    """
    A stored object does not open: it was changed, cut short or swapped since it was sealed. None of it was shown.
    Ask your administrator to restore this object from the backup.
    """


class BlobMissing(ClewError):
    """The vault holds no object at this address. Nothing was changed. Ask your administrator to look in the backup."""

    status: ClassVar[int] = 404


class AddressRefused(ClewError):
    """No address of the vault looks like this. Nothing was read or changed. Use one which the vault has given."""

    status: ClassVar[int] = 422


class DigestMismatch(ClewError):
    """The bytes received are not those whose SHA-256 was announced. Nothing was kept. Send the file again."""

    status: ClassVar[int] = 422


class WriteRefused(ClewError):
    """
    The disk of the vault refused a write ({reason}). Nothing was acknowledged.
    Free or repair the disk, then send the file again.
    """

    status: ClassVar[int] = 507


class VaultUnreachable(ClewError):
    """
    The store behind the vault does not answer ({reason}). Nothing was acknowledged.
    Try again, or check the store and its settings.
    """

    status: ClassVar[int] = 503


class KeyUnknown(ClewError):
    """
    The object was sealed with a key which is not in the key ring. The object is kept, unread.
    Give Clew the key ring which holds that key.
    """


class KeyRingBroken(ClewError):
    """The key ring cannot be used: {reason}. Nothing was opened or changed. Restore the key ring from its safe copy."""


class KeyRingExposed(ClewError):
    """
    Other accounts of this machine may read the file of the key ring. Nothing was opened.
    Set its mode to 0600, and think about new keys.
    """


class KeyRingFixed(ClewError):
    """
    The key ring comes from the environment, which Clew cannot write. No key was added or destroyed.
    Change the keys where the environment is set.
    """


class ProviderUnknown(ClewError):
    """Keys are kept by a key provider ({name}) which the settings do not name. Nothing was opened. Set CLEW_VAULT_KEY_PROVIDER to it again."""


class KeyServiceUnreachable(ClewError):
    """The keeper of the organisations' keys does not answer ({reason}). Nothing was opened or kept. Try again, or check it and its settings."""

    status: ClassVar[int] = 503


class EnvelopeMissing(ClewError):
    """
    An object is there, but nothing that opens it: the table of its keys has lost it. None of it was shown.
    Ask your administrator to restore the database from the backup.
    """


class ContentDestroyed(ClewError):
    """The keys of this content were destroyed on purpose. It cannot be read any more, by anybody. What is on record about it stays."""

    status: ClassVar[int] = 410


class FormerKeysInUse(ClewError):
    """A former key of the organisation still wraps something. No key was destroyed. Finish the rotation, and scrub: a damaged wrap may be left."""

    status: ClassVar[int] = 409
