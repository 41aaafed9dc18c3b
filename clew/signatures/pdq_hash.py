"""The PDQ hash as a value: 256 bits and a quality, with the text form every peer exchanges."""

from __future__ import annotations

from dataclasses import dataclass

from clew.kernel.errors import InputRefused

HASH_SIZE_BYTES = 32


class PdqHashUnreadable(InputRefused):
    """This is not a PDQ hash: 64 hexadecimal digits are needed. Nothing was kept. Check the list or message it came from."""


@dataclass(frozen=True, slots=True)
class PdqHash:
    """A perceptual hash of one picture (PDQ, Facebook 2019).

    `bits` are the 32 bytes in the order of the hexadecimal text: the first bit belongs to the highest frequencies.
    `quality` is 0..100: how much structure the picture has. A low quality is a value like any other; whoever compares
    decides with `clew.kernel.limits.PDQ_QUALITY_MIN` whether to rely on it.
    """

    bits: bytes
    quality: int

    def __post_init__(self) -> None:
        if len(self.bits) != HASH_SIZE_BYTES:
            raise PdqHashUnreadable
        if not 0 <= self.quality <= 100:
            raise ValueError("a PDQ quality lies between 0 and 100")

    @property
    def hex(self) -> str:
        """The 64 lower-case hexadecimal digits that lists and peers exchange."""
        return self.bits.hex()

    @classmethod
    def from_hex(cls, text: str, quality: int = 100) -> PdqHash:
        """Read the text form; lists that carry no quality hold only hashes their makers found reliable, hence 100.

        Raises PdqHashUnreadable for anything but 64 hexadecimal digits, without repeating the text.
        """
        try:
            bits = bytes.fromhex(text)
        except ValueError:
            raise PdqHashUnreadable from None
        if len(text) != 2 * HASH_SIZE_BYTES:
            raise PdqHashUnreadable
        return cls(bits, quality)

    def distance(self, other: PdqHash) -> int:
        """The number of differing bits, 0..256."""
        return (int.from_bytes(self.bits) ^ int.from_bytes(other.bits)).bit_count()
