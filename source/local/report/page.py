"""The report: one self-contained HTML page of what was found in an asset.

Everything that was found stands in it as text. The scripts only connect the parts: a click on a
finding, a word or a frame goes to its moment, and a box shows what it belongs to. The page loads
nothing and sends nothing, which its content security policy enforces.
"""

from collections.abc import Mapping, Sequence

from findings.model import Findings
from findings.unexamined import by_reason
from findings.wording import clock
from report import parts, said
from report.found import Numbered, numbered, section
from report.markup import Markup, element, joined, named
from report.media import Media
from report.spoken import with_moments
from report.stage import key_frames, moving_sights, stage
from report.timeline import timeline

_ORDER = ("Who", "What", "Text in the picture", "Said", "Names and phrases", "Shots and cues")


def page(findings: Findings, media: Media | None) -> str:
    """media: None for what cannot be shown or played, such as a text."""
    style, script = parts.read_style(), parts.read_script()
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element(
            "meta",
            http_equiv="Content-Security-Policy",
            content=parts.policy(style, script, beside=bool(media and media.beside)),
        ),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{findings.medium.name} – what was found"),
        element("style", Markup(style)),
    )
    findings = with_moments(findings)
    body = element(
        "body",
        element("a", "Skip to what was found", href="#found", class_="skip"),
        _header(findings),
        _main(findings, media),
        element("script", Markup(script), type="module"),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _header(findings: Findings) -> Markup:
    medium = findings.medium
    facts = [
        medium.kind,
        *([clock(medium.duration)] if medium.duration else []),
        *([_time(findings.began)] if findings.began else []),
        findings.workflow,
        joined(["Asset ", element("code", findings.asset_id)]),
    ]
    facts_list = element("ul", *(element("li", one) for one in facts), class_="facts")
    return element("header", element("h1", named(medium.name)), facts_list)


def _time(began: str) -> Markup:
    """2026-11-28T10:15:00.123Z as 2026-11-28 10:15 UTC."""
    zone = " UTC" if began.endswith(("Z", "+00:00")) else ""
    return element("time", f"{began[:10]} {began[11:16]}{zone}", datetime=began)


def _main(findings: Findings, media: Media | None) -> Markup:
    groups = numbered(findings)
    everything = [one for group in groups.values() for one in group]
    column = element(
        "div",
        *_told(findings, groups),
        _missing(findings),
        _facts(findings),
        id="found",
        class_="column",
        tabindex=-1,
    )
    if media is None:
        return element("main", _unseen(findings.medium.kind), column, class_="text")
    show = element(
        "div",
        stage(findings.medium, media, everything),
        timeline(findings, everything),
        key_frames(media.key_frames),
        class_="show",
    )
    layout = "sound" if media.content_type.startswith("audio/") else None
    return element("main", show, column, moving_sights(everything), class_=layout)


def _told(findings: Findings, groups: Mapping[str, Sequence[Numbered]]) -> list[Markup]:
    """In the order of what people ask: who, what, shown, said, about what, when."""
    sections = {title: section(title, found) for title, found in groups.items()}
    written = findings.medium.kind == "Text"
    sections["Said"] = joined(
        [
            said.transcript(findings.transcript, "Written" if written else "Said"),
            said.translations(findings.translations),
            said.captions(findings.captions),
        ]
    )
    told = [sections[title] for title in _ORDER if sections[title]]
    return [_search(), *told] if told else [element("p", "Nothing was found.", class_="note")]


def _unseen(kind: str) -> Markup:
    """Instead of a medium that no browser shows."""
    if kind == "Text":
        return Markup()
    return element("p", "The file itself is not shown: browsers cannot open it.", class_="note")


def _search() -> Markup:
    """Hidden until its script is there."""
    field = element(
        "input",
        type="search",
        id="search",
        autocomplete="off",
        placeholder="Search, or press /",
        aria_label="Search in what was found",
        aria_keyshortcuts="/",
    )
    outcome = element("p", id="outcome", class_="note", role="status")
    return element("div", field, outcome, class_="search", role="search", hidden=True)


def _facts(findings: Findings) -> Markup:
    stored = findings.also_stored
    facts = [*findings.medium.facts, *([f"Also stored: {', '.join(stored)}"] if stored else [])]
    if not facts:
        return Markup()
    rows = [element("li", fact) for fact in facts]
    return element("section", element("h2", "About the file"), element("ul", *rows, class_="plain"))


def _missing(findings: Findings) -> Markup:
    """What was looked for in vain, and what was not looked for."""
    parts = []
    if findings.not_found:
        vain = element("p", _capital(", ".join(findings.not_found)), class_="plain")
        parts.append(element("section", element("h2", "Not found"), vain))
    if findings.unexamined:
        # what somebody would have expected first
        ones = sorted(findings.unexamined, key=lambda one: one.expected)
        rows = [
            part
            for reason, whats in by_reason(ones).items()
            for part in (element("dt", _capital(", ".join(whats))), element("dd", reason))
        ]
        parts.append(element("section", element("h2", "Not examined"), element("dl", *rows)))
    return joined(parts)


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
