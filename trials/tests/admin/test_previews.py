"""Preview links on the form of a trial: made, told once, listed, revoked; nothing typed is lost."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from trials import models
from trials.tests.admin import making
from trials.tests.admin.making import change_url, opened, problems

pytestmark = pytest.mark.page


def make(browser, trial, **sent):
    """Presses “Make a preview link”; the address that the page then tells."""
    sent = {name.replace("__", "-"): [value] for name, value in sent.items()}
    page = browser.post(change_url(trial), opened(browser, change_url(trial)) | {"_preview": ["1"]} | sent, follow=True)
    told = re.search(r'href="http://testserver(/preview/[^"]+)"', page.content.decode())
    return told[1] if told else ""


@pytest.mark.parametrize(("asked", "days"), [("1", 1), ("7", 7), ("30", 30), ("365", 7), ("x", 7)])
def test_a_link_is_good_for_the_days_that_are_offered(editor, trial, asked, days):
    assert make(editor, trial, _preview_days=asked)
    left = models.PreviewLink.objects.get().until - timezone.now()
    assert dt.timedelta(days=days) - dt.timedelta(minutes=5) < left <= dt.timedelta(days=days)


def test_making_a_link_saves_the_form_and_shows_it(editor, trial, client):
    address = make(editor, trial, title="Typed a moment ago")
    assert "Typed a moment ago" in client.get(address).content.decode()
    assert LogEntry.objects.filter(change_message__startswith="Made a preview link, good until").count() == 1


def test_the_secret_is_told_once_and_not_kept(editor, trial):
    token = make(editor, trial).split("/")[2]
    secret = token.partition(".")[0]
    assert len(secret) == 22  # 16 bytes
    assert secret not in editor.get(change_url(trial)).content.decode()
    assert secret not in str(models.PreviewLink.objects.values().get())


def test_revoking_is_done_at_once_even_if_the_form_is_wrong(editor, trial, client):
    address = make(editor, trial)
    link = models.PreviewLink.objects.get()
    sent = opened(editor, change_url(trial)) | {"title": [""], "acronym": ["TYPED"], "_revoke": [str(link.pk)]}
    page = editor.post(change_url(trial), sent)
    assert problems(page)
    assert making.as_sent(page)["acronym"] == ["TYPED"]
    assert client.get(address).status_code == 410
    assert LogEntry.objects.filter(change_message__startswith="Revoked the preview link").count() == 1
    assert "revoked on" in editor.get(change_url(trial)).content.decode()


def test_revoking_saves_what_was_typed(editor, trial):
    make(editor, trial)
    key = str(models.PreviewLink.objects.get().pk)
    sent = opened(editor, change_url(trial)) | {"acronym": ["TYPED"], "_revoke": [key]}
    assert editor.post(change_url(trial), sent).url == f"{change_url(trial)}#previews"
    assert models.Trial.objects.get().acronym == "TYPED"


def test_the_link_of_another_trial_is_not_revoked_from_here(editor, trial):
    other = making.trial("other")
    make(editor, other)
    for key in (str(models.PreviewLink.objects.get().pk), "0", "x", "9" * 30):
        editor.post(change_url(trial), opened(editor, change_url(trial)) | {"_revoke": [key]})
    assert models.PreviewLink.objects.get().revoked is None


def test_a_public_trial_needs_no_link(editor, trial):
    models.Trial.objects.update(state="PUBLISHED")
    assert 'id="previews"' not in editor.get(change_url(trial)).content.decode()
    assert make(editor, trial) == ""
    assert not models.PreviewLink.objects.exists()


def test_who_may_only_look_neither_makes_nor_revokes_links(editor, trial):
    make(editor, trial)
    user = get_user_model().objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_trial"))
    reader = making.signed_in(user)
    assert 'id="previews"' not in reader.get(change_url(trial)).content.decode()
    key = str(models.PreviewLink.objects.get().pk)
    for button in ({"_preview": ["1"]}, {"_revoke": [key]}):
        assert reader.post(change_url(trial), button).status_code == 403
    assert models.PreviewLink.objects.get().revoked is None
