"""The endpoint's scheme, its login and its signature, for the consumer and for /search alike."""

import pytest
from tests.fakes.search_endpoint import SIGNED, UNSIGNED

from mie.adapters.search_endpoint import Signature, address_of


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("search-x.eu-west-1.es.amazonaws.com", "https://search-x.eu-west-1.es.amazonaws.com"),
        ("search.example.com:9200", "https://search.example.com:9200"),
        ("https://search.example.com/", "https://search.example.com"),
        ("https://example.com/behind/it/", "https://example.com/behind/it"),
        ("http://search.example.com", "http://search.example.com:80"),
        ("localhost:9200", "http://localhost:9200"),
        ("127.0.0.1:9200", "http://127.0.0.1:9200"),
        ("https://localhost:9200", "https://localhost:9200"),
    ],
)
def test_an_endpoint_without_a_scheme_speaks_https_unless_it_is_here(endpoint, url):
    assert address_of(endpoint, "us-east-1").url == url


@pytest.mark.parametrize("scheme", ["", "https://"])
@pytest.mark.parametrize(("host", "scope"), SIGNED.items())
def test_endpoints_of_aws_are_signed_for_their_service_and_region(scheme, host, scope):
    signature = address_of(f"{scheme}{host}", "us-east-1").signature
    assert f"{signature.region}/{signature.service}" == scope


@pytest.mark.parametrize("host", ["us-west-2.es.amazonaws.com", "aoss.es.amazonaws.com"])
def test_the_name_of_a_domain_tells_neither_service_nor_region(host):
    assert address_of(host, "us-east-1").signature == Signature("es", "us-east-1")


# and not who is known by the domain's own list of users
@pytest.mark.parametrize("endpoint", [*UNSIGNED, f"https://mie:secret@{next(iter(SIGNED))}"])
def test_nobody_else_gets_a_signature(endpoint):
    assert address_of(endpoint, "us-east-1").signature is None


def test_a_name_and_password_leave_the_url():
    address = address_of("mie:p%40ss@search.example.com", "us-east-1")
    assert address.url == "https://search.example.com"
    assert address.login == ("mie", "p@ss")
