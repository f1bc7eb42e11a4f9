"""What was found, as sections of lists that read well without any script."""

from collections.abc import Iterator, Sequence
from itertools import count

from findings.model import Finding, Findings
from findings.wording import counted, percent, span_text
from report.markup import Markup, element, joined, named
from report.moments import link

Numbered = tuple[int, Finding]

_MOST_FINDINGS = 24
_MOST_TIMES = 12
# kinds of which there are many with little to say
_TOPICS = ("entity", "phrase")


def numbered(findings: Findings) -> dict[str, list[Numbered]]:
    """Section -> its findings, each with the number by which the parts of the page name it."""
    groups = {
        "Who": findings.who,
        "What": findings.what,
        "Text in the picture": findings.shown,
        "Names and phrases": findings.topics,
        "Shots and cues": findings.when,
    }
    numbers = count()
    return {title: [(next(numbers), one) for one in ones] for title, ones in groups.items()}


def identity(number: int) -> str:
    """The id of a finding's row, which its boxes link to."""
    return f"finding-{number}"


def box_identity(number: int) -> str:
    """The id of a finding's first box."""
    return f"box-{number}"


def section(title: str, found: Sequence[Numbered]) -> Markup:
    """Nothing where nothing was found."""
    if not found:
        return Markup()
    head = element("h2", title, element("span", f" {len(found):,}", class_="count"))
    rows = [_row(number, finding) for number, finding in found]
    lists = element("ul", *rows[:_MOST_FINDINGS], class_="findings")
    rest = rows[_MOST_FINDINGS:]
    kind = "found topics" if found[0][1].kind in _TOPICS else "found"
    return element("section", head, lists, _folded(rest), class_=kind)


def _folded(rows: Sequence[Markup]) -> Markup:
    if not rows:
        return Markup()
    more = element("ul", *rows, class_="findings")
    return element("details", element("summary", f"{len(rows):,} more"), more)


def _row(number: int, finding: Finding) -> Markup:
    name = named(counted(finding))
    if finding.spans:
        called = link(finding.spans[0].start, name)
    elif finding.sights:
        called = element("a", name, href=f"#{box_identity(number)}")
    else:
        called = element("span", name)
    parts = [
        element("div", called, _sure(finding), class_="name"),
        _details(finding.details),
        _times(finding),
    ]
    return element("li", *parts, id=identity(number), data_finding=number)


def _details(details: Sequence[str]) -> Markup:
    if not details:
        return Markup()
    return element("div", joined(map(named, details), ", "), class_="detail")


def _sure(finding: Finding) -> Markup:
    if finding.confidence is None:
        return Markup()
    said = element("span", "sure to ", class_="unseen")
    return element("span", said, percent(finding.confidence), class_="sure")


def _times(finding: Finding) -> Markup:
    """All of them, because a gap says as much as a span."""
    if not finding.spans:
        return Markup()
    times = list(_moments(finding))
    shown = joined(times[:_MOST_TIMES], ", ")
    rest = times[_MOST_TIMES:]
    if not rest:
        return element("div", shown, class_="times")
    more = element("details", element("summary", f"{len(rest):,} more times"), joined(rest, ", "))
    return element("div", shown, more, class_="times")


def _moments(finding: Finding) -> Iterator[Markup]:
    return (link(span.start, span_text(span)) for span in finding.spans)
