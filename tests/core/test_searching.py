"""What one writes to search, what is compared, and what is shown of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.errors import Invalid, TooLarge
from chat.searching import (
    EXCERPT,
    FILTERS_MAX,
    SEARCH_MAX,
    WORDS_MAX,
    Wanted,
    excerpt,
    fold,
    parse,
    text_of,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("Grüße", "grusse"),
        ("Café", "Cafe\u0301"),
        ("Łódź Øre", "lodz ore"),
        ("مُحَمَّد", "محمد"),
        ("أحمد إلى آخر", "احمد الي اخر"),
        ("مدرسة", "مدرسه"),
        ("عـــرب", "عرب"),
        ("٢٠٢٦", "2026"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("so\u00adft", "soft"),
        ("a \n\t b", "a b"),
        ("👍\ufe0f", "👍"),
    ],
)
def test_what_one_calls_the_same_word_is_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("か", "が"), ("कि", "की"), ("schon", "schön1")])
def test_other_words_stay_other_words(one, other):
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Garten  haus", Wanted(words=("garten", "haus"))),
        ('"grünes Haus" Tor', Wanted(words=("grunes haus", "tor"))),
        ("„grünes Haus“", Wanted(words=("grunes haus",))),
        ("«بيت أخضر»", Wanted(words=("بيت اخضر",))),
        ('never "closed', Wanted(words=("never", "closed"))),
        ("same SAME", Wanted(words=("same",))),
        ("from:@Ada from:bob tea", Wanted(words=("tea",), senders=("ada", "bob"))),
        ("in:#general tea", Wanted(words=("tea",), rooms=("general",))),
        ("has:link", Wanted(has_link=True)),
        ("before:2026-11-22 after:٢٠٢٦-٠١-٠٢",
         Wanted(before=date(2026, 11, 22), after=date(2026, 1, 2))),
        ("https://example.org/a", Wanted(words=("https://example.org/a",))),
        ("an old tea", Wanted(words=("an", "old", "tea"))),
        ("茶会", Wanted(words=("茶会",))),
    ],
)  # fmt: skip
def test_what_is_written_is_understood(text, wanted):
    assert parse(text) == wanted


@pytest.mark.parametrize(
    ("text", "refusal", "words"),
    [
        ("", Invalid, "what you are looking for"),
        (' "" ', Invalid, "what you are looking for"),
        ("ab", Invalid, "three letters"),
        ("a b", Invalid, "three letters"),
        ("from:ada ab", Invalid, "three letters"),
        ("茶", Invalid, "three letters"),
        ("has:picture", Invalid, "link"),
        ("before:yesterday", Invalid, "before:2026-11-22"),
        ("after:2026-02-30", Invalid, "after:2026-11-22"),
        ("x" * (SEARCH_MAX + 1), TooLarge, str(SEARCH_MAX)),
        (" ".join(f"wor{n}" for n in range(WORDS_MAX + 1)), TooLarge, str(WORDS_MAX)),
        (" ".join(f"in:{n}" for n in range(FILTERS_MAX + 1)), TooLarge, str(FILTERS_MAX)),
    ],
)
def test_what_cannot_be_searched_for_is_refused_in_words(text, refusal, words):
    with pytest.raises(refusal, match=words) as told:
        parse(text)
    assert str(told.value).startswith("q: ")


def test_as_much_as_the_limits_allow_is_searched_for():
    assert len(parse("x" * SEARCH_MAX).words) == 1
    assert len(parse(" ".join(f"wor{n}" for n in range(WORDS_MAX))).words) == WORDS_MAX


@given(st.text())
def test_whatever_is_written_is_understood_or_refused(text):
    try:
        wanted = parse(text)
    except (Invalid, TooLarge):
        return
    assert all(word and word == fold(word) for word in wanted.words)


def marked(words, html, body="", options=()):
    return [
        f"[{piece.text}]" if piece.found else piece.text
        for piece in excerpt([fold(word) for word in words], html, body, options)
    ]


def test_words_are_marked_in_what_one_reads():
    html = "<p>Die <strong>Straße</strong> &amp; das Tor</p><p>Straßen</p>"
    assert marked(["strasse", "tor"], html) == [
        "Die ", "[Straße]", " & das ", "[Tor]", " ", "[Straße]", "n",
    ]  # fmt: skip
    assert marked(["بيت"], "<p>في البَيْت</p>") == ["في ال", "[بَيْت]"]


def test_what_is_written_as_markup_stays_text():
    assert marked(["script"], "<p>&lt;script&gt;x</p>") == ["<", "[script]", ">x"]


def test_an_address_that_a_link_hides_is_shown_as_it_was_written():
    html = '<p><a href="https://example.org/a&gt;b" title="x>y">here</a></p>'
    assert marked(["example"], html, "[here](https://example.org/)") == [
        "[here](https://", "[example]", ".org/)",
    ]  # fmt: skip
    assert marked([], html) == ["here"]


def test_options_of_a_poll_are_shown():
    assert marked(["soup"], "<p>Lunch?</p>", "Lunch?", ["Soup", "Bread"]) == [
        "Lunch? · ", "[Soup]", " · Bread",
    ]  # fmt: skip
    assert "soup" in text_of("Lunch?", ["Soup"])


def test_a_long_message_is_shown_around_what_was_found():
    long = "before " * 100 + "needle " + "after " * 100
    pieces = marked(["needle"], f"<p>{long}</p>")
    assert (pieces[0], pieces[-1]) == ("…", "…")
    assert "[needle]" in pieces
    assert pieces[1].startswith("before")
    assert sum(map(len, pieces)) <= EXCERPT + 4


@given(st.lists(st.text(min_size=1), max_size=3), st.text())
def test_an_excerpt_never_fails_and_is_a_part_of_the_text(words, text):
    folded = [fold(word) for word in words if fold(word)]
    body = " ".join(text.split())
    pieces = [piece.text for piece in excerpt(folded, "", text) if piece.text != "…"]
    assert "".join(pieces) in body or "…" in body
