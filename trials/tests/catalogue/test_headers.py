"""What every answer carries: the security policy, compression, caching, and no cookie for visitors."""

import gzip
import re

import brotli
import pytest

# Nothing inline, nothing from elsewhere, no data: addresses.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
PUBLIC = ["/", "/trials/", "/trials/?phase=2&sort=title", "/trials/nct04034316/", "/no-such-page/"]


def policy(header: str) -> dict[str, str]:
    return {name: sources for name, _, sources in (rule.strip().partition(" ") for rule in header.split(";"))}


@pytest.mark.parametrize("path", [*PUBLIC, "/admin/login/"])
def test_policy_allows_only_the_catalogue_itself(site, path):
    assert policy(site.get(path).headers["content-security-policy"]) == POLICY


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/admin/trials/trial/"])
def test_policy_is_no_weaker_for_editors(admin_client, path):
    answer = admin_client.get(path)
    assert answer.status_code == 200
    assert policy(answer["Content-Security-Policy"]) == POLICY


@pytest.mark.parametrize("path", PUBLIC)
def test_visitors_get_no_cookie(site, path):
    assert "set-cookie" not in site.get(path).headers


def test_other_headers_that_keep_browsers_careful(site):
    headers = site.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


def test_pages_are_compressed(site):
    answer = site.get("/trials/", Accept_Encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert b"</html>" in gzip.decompress(answer.body)


@pytest.fixture(scope="module")
def stylesheet(site) -> str:
    """The address under which the front page asks for its own stylesheet."""
    found = re.search(r'href="(/static/css/[^"]+\.css)"', site.get("/").text)
    assert found
    return found[1]


@pytest.mark.parametrize(("coding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_static_files_are_compressed_beforehand(site, stylesheet, coding, unpack):
    plain = site.get(stylesheet)
    packed = site.get(stylesheet, Accept_Encoding=coding)
    assert packed.headers["content-encoding"] == coding
    assert len(packed.body) < len(plain.body)
    assert unpack(packed.body) == plain.body


def test_static_files_carry_a_digest_and_may_be_kept_for_ever(site, stylesheet):
    assert re.search(r"\.[0-9a-f]{12}\.css$", stylesheet)
    assert site.get(stylesheet).headers["cache-control"] == "max-age=315360000, public, immutable"
