"""Words of any script are found again; what differs in letters is not."""

import pytest

from clew.review.search_words import TERMS_MAX, WORD_LETTERS_MAX, WORDS_MAX, meets, terms_of, words_of


def found(question, text):
    words = words_of(text)
    terms = terms_of(question)
    return bool(terms) and all(meets(term, words) for term in terms)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("img", "DCIM/100APPLE/IMG_2345.JPG"),
        ("2345", "DCIM/100APPLE/IMG_2345.JPG"),
        ("dcim jpg", "DCIM/100APPLE/IMG_2345.JPG"),
        ("cafe", "Café/terrasse.png"),
        ("Straße", "STRASSE 5"),
        ("ﬁle", "file one"),
        ("\uff29\uff2d\uff27", "img_1"),
        ("θάλασσα", "ΘΑΛΑΣΣΑ"),
        ("ёлка", "Елка 2020"),
        ("комн", "Комната.jpg"),
        ("مدرسة", "مَدْرَسَة"),
        ("שלום", "שָׁלוֹם"),
        ("海边", "我的海边房子.jpg"),
        ("海", "海边"),
        ("边", "海边"),
        ("ทะเล", "บ้านริมทะเล"),
        ("カメラ", "ﾃﾞｼﾞﾀﾙｶﾒﾗ"),
        ("किताब", "मेरी किताब"),
        ("방", "방_사진"),
        ("房2", "房2号"),
    ],
)
def test_a_text_of_any_script_is_found_by_its_words(question, text):
    assert found(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("345", "IMG_2345"),
        ("imgs", "IMG"),
        ("房海", "海边房子"),
        ("काम", "किम"),
        ("sofa bed", "sofa"),
        ("", "x"),
        ("..", "x"),
    ],
)
def test_what_is_not_there_is_not_found(question, text):
    assert not found(question, text)


def test_words_and_terms_are_bounded():
    assert len(words_of(" ".join(f"w{n}" for n in range(5 * WORDS_MAX)))) == WORDS_MAX
    assert len(words_of("海" * 3 + "".join(chr(0x4E00 + n) for n in range(900)))) == WORDS_MAX
    assert {len(word) for word in words_of("x" * 1000)} == {WORD_LETTERS_MAX}
    assert len(terms_of(" ".join("abcdefghijklmnop"))) == TERMS_MAX
    assert found("x" * 1000, "x" * 2000)
