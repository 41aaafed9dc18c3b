"""Words of texts, so that a text of any script is found again by its words: no language is assumed, and none is stemmed.

A word is a run of letters and digits as Unicode has them. Of scripts that set no spaces between words (Chinese, Japanese, Thai and their like) every two
letters side by side are a word. Case, width and the marks over letters that people leave out make no difference.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

#: Longer words are numbers drawn by machines; their beginning tells them apart.
WORD_LETTERS_MAX = 40
#: Words of one text that are kept: a path of the longest has some hundreds.
WORDS_MAX = 200
#: Terms of one question: more than anyone types, and each costs a look.
TERMS_MAX = 8
#: The character after every other one: what begins with a term lies between the term and the term with this behind it.
AFTER_ALL = "\U0010ffff"

# Marks that people leave out when they type: of Latin, Greek and Cyrillic letters, and the vowel points of Hebrew and Arabic. Those of other scripts,
# such as the vowels of Devanagari, are letters to whoever writes with them, and stay.
_LEFT_OUT = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x0610, 0x061A), (0x0640, 0x0640), (0x064B, 0x065F), (0x0670, 0x0670))
# Scripts without spaces between words: Thai and Lao, Tibetan, Burmese, Khmer, kana, and Chinese characters.
_UNSPACED = (
    *((0x0E00, 0x0EFF), (0x0F00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x31F0, 0x31FF)),
    *((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)),
)


def _is_in(letter: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= ord(letter) <= high for low, high in ranges)


def folded(text: str) -> str:
    """The text without case, width and marks that are left out when typing; what looks the same is the same."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(letter for letter in apart if not _is_in(letter, _LEFT_OUT))
    return unicodedata.normalize("NFC", kept)


def _runs(text: str) -> Iterator[str]:
    """Runs of letters and digits, none of which holds both spaced and unspaced script."""
    run, was_unspaced = "", False
    for letter in folded(text):
        is_word = unicodedata.category(letter)[0] in "LNM"
        is_unspaced = is_word and _is_in(letter, _UNSPACED)
        if run and (not is_word or is_unspaced != was_unspaced):
            yield run
            run = ""
        if is_word:
            run += letter
        was_unspaced = is_unspaced
    if run:
        yield run


def words_of(text: str) -> list[str]:
    """The words under which a text is kept, each once, in their order. Of unspaced script every two letters, and the last one alone."""
    words: dict[str, None] = {}
    for run in _runs(text):
        if _is_in(run[0], _UNSPACED):
            words |= dict.fromkeys(run[at : at + 2] for at in range(len(run)))
        else:
            words[run[:WORD_LETTERS_MAX]] = None
        if len(words) >= WORDS_MAX:
            break
    return list(words)[:WORDS_MAX]


def terms_of(question: str) -> list[str]:
    """What a question asks for: each term is the beginning of a word, and all of them must be met."""
    terms: dict[str, None] = {}
    for run in _runs(question):
        if _is_in(run[0], _UNSPACED) and len(run) > 1:
            terms |= dict.fromkeys(run[at : at + 2] for at in range(len(run) - 1))
        else:
            terms[run[:WORD_LETTERS_MAX]] = None
    return list(terms)[:TERMS_MAX]


def meets(term: str, words: list[str]) -> bool:
    """Whether one of the words begins with the term."""
    return any(word.startswith(term) for word in words)
