"""The preview of a trial that is not public: who has the link sees it, until it expires, is revoked or not needed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from trials.models import PreviewLink, Trial
from trials.models.choices import State
from trials.tests.views._record.making import Page, published


@pytest.fixture
def draft(db):
    return published(title="Cells that nobody has seen", state=State.IN_REVIEW)


@pytest.fixture
def address(draft):
    by = get_user_model().objects.create_user("anna", first_name="Anna", last_name="Rossi")
    return f"/preview/{PreviewLink.objects.make(draft, by, 7)[1]}/"


def test_the_record_page_with_a_banner_that_says_who_which_and_until_when(client, address, draft):
    page = client.get(address)
    text = Page(page.content.decode()).text
    assert page.status_code == 200
    assert "Cells that nobody has seen" in text
    until = PreviewLink.objects.get().until
    assert f"Not published. Preview until {until:%-d %B %Y}, {until:%H:%M} UTC." in text
    assert f"This link to the trial “{draft.slug}” was made by Anna Rossi" in text


def test_neither_robots_nor_caches_nor_other_pages_keep_it(client, address):
    for path in (address, "/preview/nonsense/"):
        page = client.get(path)
        assert page["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert page["Cache-Control"] == "private, no-store"
        assert page["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex' in client.get(address).content.decode()


def test_nothing_on_it_leads_to_a_page_that_is_not_there(client, address, draft):
    page = Page(client.get(address).content.decode())
    assert not [link for link in page.links if draft.slug in link]
    assert 'rel="canonical"' not in page.html
    assert "data-shortlist=" not in page.html


def test_the_preview_puts_the_trial_on_no_public_page(client, address, draft):
    assert client.get(address).status_code == 200
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(f"{draft.get_absolute_url()}history/").status_code == 404


def test_a_public_trial_stands_at_its_own_address_also_for_an_expired_link(client, address, draft):
    Trial.objects.update(state=State.PUBLISHED)
    PreviewLink.objects.update(until=timezone.now())
    answer = client.get(address)
    assert (answer.status_code, answer.url) == (302, draft.get_absolute_url())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"until": timezone.now() - dt.timedelta(seconds=1)}, "This preview has expired"),
        ({"revoked": timezone.now()}, "This preview was taken back"),
    ],
)
def test_a_link_that_is_no_more(client, address, change, words):
    PreviewLink.objects.update(**change)
    page = client.get(address)
    assert page.status_code == 410
    assert words in page.content.decode()
    assert "Cells that nobody has seen" not in page.content.decode()


def test_a_link_that_never_was(client, address, django_assert_num_queries):
    token = address.split("/")[2]
    secret, _, signature = token.partition(".")
    for forged in (
        "x",
        secret,
        f"{secret}.",
        f".{signature}",
        f"{secret[::-1]}.{signature}",
        f"{token}x",
        "a\x00b",
        "é",
    ):
        with django_assert_num_queries(0):
            page = client.get(f"/preview/{forged}/")
        assert page.status_code == 404
        assert "There is no such preview" in page.content.decode()


def test_the_link_of_a_deleted_trial(client, address, draft):
    draft.delete()
    assert client.get(address).status_code == 404


def test_a_link_signed_for_something_else_is_no_link(client, address):
    from django.core.signing import Signer

    secret = address.split("/")[2].partition(".")[0]
    assert client.get(f"/preview/{Signer(sep='.').sign(secret)}/").status_code == 404


def test_a_preview_is_only_read(client, address):
    assert client.post(address).status_code == 405
