"""How the search endpoint is reached: one rule for what feeds it and for what asks it."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

# names under which AWS has endpoints of its own
_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".on.aws")
_REGION = re.compile(r"[a-z]+(-[a-z]+)+-[0-9]+")
_HERE = re.compile(r"localhost|127(\.[0-9]+){3}")


@dataclass(frozen=True)
class Signature:
    """What SigV4 calls the scope of a request: the service's name, and where it is."""

    service: str
    region: str


@dataclass(frozen=True)
class SearchAddress:
    """url: without name, password and the slash at its end.

    login: name and password, where the endpoint asks for these. signature: how requests are
    signed, which AWS's own endpoints want and nobody else gets.
    """

    url: str
    login: tuple[str, str] | None
    signature: Signature | None


def address_of(endpoint: str, region: str) -> SearchAddress:
    """endpoint: with or without a scheme; it then speaks HTTPS unless it is on this machine.

    region: of the endpoint, unless its name tells.
    """
    parts = urlsplit(endpoint if "://" in endpoint else f"//{endpoint}")
    host = parts.hostname or ""
    scheme = parts.scheme or ("http" if _HERE.fullmatch(host) else "https")
    place = parts.netloc.rpartition("@")[2]
    if scheme == "http" and parts.port is None:
        # clients of OpenSearch think of 9200
        place = f"{place}:80"
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    signed = scheme == "https" and login is None and host.endswith(_AWS)
    return SearchAddress(
        url=f"{scheme}://{place}{parts.path.rstrip('/')}",
        login=login,
        signature=_signature(host, region) if signed else None,
    )


def _signature(host: str, region: str) -> Signature:
    """Of <domain>.<region>.es.amazonaws.com, <collection>.aoss.<region>.on.aws, and so on."""
    _, *labels = host.split(".")
    serverless = any(one in ("aoss", "aoss-fips") for one in labels)
    named = next((one for one in labels if _REGION.fullmatch(one)), region)
    return Signature("aoss" if serverless else "es", named)
