"""Lists as both APIs answer them: as a whole while they fit, and in pages with cursors."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mie.core import cursors
from mie.core.documents import ListPage
from mie.core.lists import PageRequest, first_that_fit, whole


@dataclass(frozen=True)
class Listing:
    """A list that somebody may ask for.

    name: to which its cursors are bound. keys: those of the entries and of the cursor in an
    answer; bare: whether the whole list is answered without its key. page: at most so many from
    behind a position; there may be fewer, or none, before the end. position: of an entry, behind
    which ``page`` can begin; None where entries are so small that every page fits. wanted: which
    of the entries belong to the list; shown: how readers get them.
    """

    name: str
    keys: tuple[str, str]
    everything: Callable[[], Iterable[Any]]
    page: Callable[[int, str | None], ListPage]
    position: Callable[[Any], str] | None = None
    bare: bool = False
    wanted: Callable[[Any], bool] = lambda entry: True
    shown: Callable[[Any], Any] = lambda entry: entry


def answer(listing: Listing, request: PageRequest | None, secret: Callable[[], str]) -> Any:
    """All entries, or the page of a request: {entries, cursor?}, no cursor when that was the last.

    secret: that cursors are signed with. Raises TooLarge for what does not fit as a whole, and
    BadRequest for a cursor that this list did not issue.
    """
    entries, cursor = listing.keys
    if request is None:
        found = whole(map(listing.shown, filter(listing.wanted, listing.everything())))
        return found if listing.bare else {entries: found}
    after = None
    if request.cursor is not None:
        after = cursors.unseal(request.cursor, listing.name, secret(), issuer="list")
    page = listing.page(request.limit, after)
    shown, last = [listing.shown(one) for one in page.items if listing.wanted(one)], page.after
    fitting = first_that_fit(shown)
    if listing.position is not None and len(fitting) < len(shown):
        shown, last = fitting, listing.position(fitting[-1])
    if last is None:
        return {entries: shown}
    return {entries: shown, cursor: cursors.seal(last, listing.name, secret())}
