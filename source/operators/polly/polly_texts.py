"""Long texts in parts that Amazon Polly takes."""

import re
from collections.abc import Iterator

# Billed characters that a task takes (Developer Guide, "Quotas in Amazon Polly").
LONGEST_PART = 100_000

# A sentence's end with the space behind it; in scripts without spaces its mark is enough.
_SENTENCE_END = re.compile(r"[.!?…؟۔।][\"'»”)\]]*\s+|[。！？．]")  # noqa: RUF001 - the marks are meant
_SPACE = re.compile(r"\s+")


def parts_of(text: str, longest: int = LONGEST_PART) -> Iterator[str]:
    """The text in order, each part as long as the limit allows and ending with a sentence.

    Where no sentence ends in the latter half of what fits, a part ends with a word, and where
    there is none either, within one. All parts but the last so have at least half of the limit,
    which makes their sound long enough to be joined within S3.
    """
    rest = text.strip()
    while len(rest) > longest:
        cut = _last(_SENTENCE_END, rest, longest) or _last(_SPACE, rest, longest) or longest
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


def _last(mark: re.Pattern[str], text: str, longest: int) -> int | None:
    """Where the last of these marks in the latter half ends."""
    ends = [match.end() for match in mark.finditer(text, longest // 2, longest + 1)]
    return next((end for end in reversed(ends) if end <= longest), None)
