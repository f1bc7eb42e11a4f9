"""Finding what operators have found, page by page."""

from mie.core import cursors, search
from mie.core.documents import Json
from mie.core.errors import Unavailable
from mie.core.lists import PageRequest
from mie.core.search import Query
from mie.engine.ports import DataPorts


def find(ports: DataPorts, query: Query, page: PageRequest) -> Json:
    """{"hits", "total", "total_is_exact", "facets"?, "cursor"?}: facets on the first page only.

    Raises BadRequest for a cursor that this query did not get, Unavailable when there is no search
    or it does not answer.
    """
    if ports.search is None:
        raise Unavailable(
            "no search is deployed; the stack's parameter ElasticsearchEndpoint turns it on"
        )
    secret = ports.assets.cursor_secret(ports.new_secret)
    bound_to = f"search/{query.mark}"
    after = None
    if page.cursor is not None:
        after = cursors.unseal(page.cursor, bound_to, secret, issuer="search")
    found = ports.search.search(search.request_body(query, page.limit, after), query.mark)
    answer, last = search.answer_of(found, page.limit, first=after is None)
    if last is None:
        return answer
    return {**answer, "cursor": cursors.seal(last, bound_to, secret)}
