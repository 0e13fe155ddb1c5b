"""What the members of the house said: days and minutes ago, who, what."""

Line = tuple[int, int, str, str]

REACTIONS = tuple("👍😂🎉😮😢🙏🔥👀🚀✅❌🌱🍅🥕🐝🌞💯🤝🍐🫖")
SENTENCE = (
    "We looked at the water meter again, and what it says does not go together with what the bill "
    "says, so one of them must be wrong. "
)
# Days and minutes ago, who, what.
GENERAL = [
    (2, 600, "noor", "Morning! The seed order is in: **twelve** kinds of tomato, four of beans."),
    (2, 598, "noor", "I put the list on the shed door."),
    (2, 570, "sam", "Twelve! Where are they all going to stand?"),
    (2, 569, "ines", "On your window sill, Sam. We voted."),
    (2, 300, "tomasz", "Who has the long ladder? The gutter over plot 9 drips on the beehives."),
    (2, 290, "meilin", "@bjorn had it last, for the pear tree."),
    (1, 700, "bjorn", "It is back, behind the compost. Sorry! I also left a jar of pears."),
    (1, 695, "bjorn", "> Who has the long ladder?\n\nTwo rungs are loose by the way. Careful."),
    (
        1,
        200,
        "sam",
        "Bring to the supper on Saturday:\n\n- bread (Noor)\n- two long tables\n"
        "- lamps, *charged this time*",
    ),
    (0, 240, "meilin", "The water comes on at six now, see https://example.org/water-times/"),
    (0, 238, "meilin", "`tap 3` stays closed until the seal is there."),
    (0, 120, "ines", "Lovely. I am there from five, with the big pot."),
    (0, 90, "noor", "@ines can you bring the blue bowls too? Ours broke in the move."),
    (0, 45, "ines", "All eight of them."),
    (0, 20, "tomasz", "The bees are fine, and they say thank you. 🐝"),
]
SEEDS = [
    (0, 400, "sam", "Swapping three kinds of basil for anything that climbs."),
    (0, 390, "meilin", "I have sweet peas! Four packets, last year's."),
    (0, 388, "meilin", "They came up well for me."),
    (0, 60, "noor", "@ines are there any of your runner beans left?"),
    (0, 58, "bjorn", "Asking for the same beans."),
]
HARD = [
    (1, 300, "wolfe", "A short one."),
    (1, 299, "layla", "صباح الخير! هل وصلت البذور الجديدة؟ نحتاج إلى خمسة أكياس."),
    (1, 298, "layla", "נגיע בשעה שש, ונביא איתנו את הסולם. **בהצלחה**, and then some English."),
    (1, 200, "spark", "👩‍👩‍👧‍👦🏳️‍🌈🎉"),
    (1, 199, "long", (SENTENCE * 40)[:4000]),
    (1, 190, "wolfe", "unbreakable" * 30),
    (1, 180, "spark", "https://example.org/" + "a-very-long-path/" * 14),
    (
        1,
        170,
        "long",
        "```python\ndef water(beds, *, until):\n    return [bed for bed in beds if "
        "bed.moisture < until and not bed.is_covered and bed.last_watered_at]\n```",
    ),
    (
        0,
        90,
        "spark",
        "| bed | sown | who waters it | what is to be done before the frost comes |\n"
        "|---|---|---|---|\n| 1 | May | Noor | cover |\n| 2 | June | Sam | harvest |",
    ),
    (
        0,
        80,
        "layla",
        "## A heading\n\n1. first\n2. second\n   - and below it\n\n> a quotation "
        "that goes on, because whoever said it went on for a while\n\n---\n\nend",
    ),
    (
        0,
        70,
        "wolfe",
        "@ines 日本語のテキストも折り返されます。"
        "長い文章でもきちんと表示されるはずです。"
        "한국어도 마찬가지입니다. ข้อความภาษาไทยไม่มีช่องว่างระหว่างคำ",
    ),
]
MARKET = [
    (0, 200, "meilin", "A wheelbarrow, hardly used, for a jar of honey."),
    (0, 150, "spark", "Two bags of compost 🌱 free, plot 7."),
]
QUARREL = [
    (1, 90, "bjorn", "The hose belongs to everybody."),
    (1, 88, "spark", "Then why is it always at yours?"),
    (1, 80, "bjorn", "Let us stop here and talk on Saturday."),
]
# By room; those of General, Seeds and the hard ones have names of their own above.
LINES: dict[str, list[Line]] = {
    "general": GENERAL,
    "seeds": SEEDS,
    "hard": HARD,
    "market": MARKET,
    "compost": QUARREL,
    "committee": [
        (0, 300, "noor", "The lease is up in March. Let us talk before."),
        (0, 299, "ines", "Thursday?"),
    ],
    "locked": [(3, 100, "bjorn", "The gate code changes on the first of the month.")],
    "readonly": [(2, 100, "sam", "Minutes of the meeting of **14 November** are in the shed.")],
    "archived": [(9, 100, "tomasz", "That was the harvest of 2025: *two tons*. Thank you all!")],
    "direct_noor": [
        (1, 100, "noor", "Did the blue bowls survive?"),
        (0, 70, "ines", "All eight! Packed in straw."),
        (0, 65, "noor", "You are the best. See you at five."),
    ],
    "direct_wolfe": [(0, 500, "wolfe", "Guten Tag!")],
    "direct_layla": [(0, 480, "layla", "مرحبا يا إيناس")],
    "group": [(0, 30, "sam", "Shall we meet at the gate?")],
}
