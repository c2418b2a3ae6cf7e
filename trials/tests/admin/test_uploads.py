"""Registry files sent in the admin: looked into, tried, shown, imported or discarded."""

from __future__ import annotations

import gzip
import io
import json
import stat
import zipfile
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from trials.intake import uploading
from trials.intake.runs import LEASE, holder
from trials.intake.working import Working
from trials.models import ImportRun, Job, JobRecord, RawRecord, Trial, Worker
from trials.tests.admin.making import signed_in
from trials.tests.intake.making import lines, study

pytestmark = pytest.mark.django_db

ADD = reverse("admin:trials_job_add")


@pytest.fixture(autouse=True)
def data(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    return tmp_path


def send(client: Client, content: bytes, name: str = "studies.json", **fields: str) -> Any:
    return client.post(ADD, {"file": SimpleUploadedFile(name, content), "keep": "CELLS", **fields})


def sent(client: Client, content: bytes, name: str = "studies.json", **fields: str) -> Job:
    answer = send(client, content, name, **fields)
    job = Job.objects.first()
    assert job is not None
    assert (answer.status_code, answer["Location"]) == (302, address(job))
    return job


def refused(client: Client, content: bytes, name: str = "studies.json", **fields: str) -> str:
    """What the page says of a file that is not taken in."""
    answer = send(client, content, name, **fields)
    assert answer.status_code == 200
    assert not Job.objects.exists()
    assert not list(uploading.folder().iterdir())
    return " ".join(answer.context["form"].errors["file"])


def address(job: Job, name: str = "change") -> str:
    return reverse(f"admin:trials_job_{name}", args=[job.pk])


def records(job: Job, step: str = "CHECK") -> list[tuple[str, str]]:
    return list(job.records.filter(step=step).values_list("became", "number"))


def two_good_one_bad() -> bytes:
    return lines(study(1), study(2)) + b'{"protocolSection": {"identificationModule": {"nctId": "NCT00000003"\n'


def test_a_small_file_is_tried_at_once_and_nothing_is_written(editor):
    job = sent(editor, two_good_one_bad(), "two <good>.ndjson")
    assert (job.state, job.registry, job.keep) == ("CHECKED", "CTGOV", "CELLS")
    assert records(job) == [("new", "NCT00000001"), ("new", "NCT00000002"), ("set_aside", "")]
    assert not Trial.objects.exists()
    assert not RawRecord.objects.exists()
    page = editor.get(address(job)).content.decode()
    assert "two &lt;good&gt;.ndjson, record 3" in page
    assert "two <good>" not in page
    assert "Import these" in page


def test_what_was_tried_is_imported_and_the_file_goes(editor, data):
    job = sent(editor, two_good_one_bad(), "a.ndjson")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (data / "uploads").iterdir()] == [0o600]
    editor.post(address(job, "import"))
    job.refresh_from_db()
    assert (job.state, job.stored, ImportRun.objects.get().new) == ("DONE", "", 2)
    assert records(job, "IMPORT") == records(job)
    assert not list((data / "uploads").iterdir())
    assert Trial.objects.count() == 2
    page = editor.get(address(job)).content.decode()
    assert "What the import did" in page
    assert "The catalogue changed" not in page


def test_a_catalogue_that_changed_meanwhile_is_said(editor):
    first, second = sent(editor, lines(study(1)), "a.json"), sent(editor, lines(study(1)), "b.json")
    editor.post(address(first, "import"))
    editor.post(address(second, "import"))
    assert "The catalogue changed between the dry run and the import" in editor.get(address(second)).content.decode()
    assert records(second, "IMPORT") == [("unchanged", "NCT00000001")]


def test_a_discarded_file_is_gone_and_cannot_be_imported_any_more(editor, data):
    job = sent(editor, lines(study(1)))
    editor.post(address(job, "discard"))
    job.refresh_from_db()
    assert job.state == "DISCARDED"
    assert not list((data / "uploads").iterdir())
    editor.post(address(job, "import"))
    assert not Trial.objects.exists()


def test_a_changed_record_shows_old_and_new(editor):
    editor.post(address(sent(editor, lines(study(1))), "import"))
    page = editor.get(address(sent(editor, lines(study(1, title="Stem cells, <b>twice</b>", updated="2025-01-01")))))
    text = page.content.decode()
    assert "<del>Stem cells</del> → <ins>Stem cells, &lt;b&gt;twice&lt;/b&gt;</ins>" in text


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.json", content)
    return packed.getvalue()


ICTRP = (
    b"<Trials_downloaded_from_ICTRP><Trial><TrialID>ChiCTR2100000001</TrialID>"
    b"<Public_title>Stem cells</Public_title></Trial></Trials_downloaded_from_ICTRP>"
)


@pytest.mark.parametrize(
    ("content", "name", "registry"),
    [
        (json.dumps(study(1)).encode(), "a.json", "CTGOV"),
        (zipped(lines(study(1))), "a.zip", "CTGOV"),
        (gzip.compress(lines(study(1))), "a.gz", "CTGOV"),
        (b'{"ctNumber": "2023-500001-11-00", "ctStatus": "Authorised"}', "a.txt", "CTIS"),
        (b'<?xml version="1.0"?>' + ICTRP, "a.xml", "ICTRP"),
        (b"TrialID,Public title\nChiCTR2100000001,Stem cells\n", "a.csv", "ICTRP"),
    ],
    ids=["json", "zip", "gz", "no ending", "xml", "csv"],
)
def test_the_registry_is_told_from_the_content(editor, content, name, registry):
    job = sent(editor, content, name, keep="ALL")
    assert (job.registry, job.state) == (registry, "CHECKED")
    assert job.counts["CHECK"] == {"new": 1}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n", "No record of ClinicalTrials.gov, EU CTIS, WHO ICTRP was found"),
        (b"[]", "No record of"),
        (gzip.compress(bytes(70 << 20)), "it unpacks to more than 200 times its size"),
        (b'{"a": 1}', "If it holds broken records of one of them, say which."),
    ],
    ids=["a picture", "an empty list", "a bomb", "other JSON"],
)
def test_a_file_without_records_is_refused_in_words_and_not_kept(editor, content, says):
    assert says in refused(editor, content)


def test_a_file_larger_than_allowed_is_refused_while_it_comes(editor, settings):
    settings.UPLOAD_MB = 1
    assert refused(editor, b" " * (1 << 20) + b"{}").startswith("The file is larger than 1 MB")
    assert refused(editor, b" " * (3 << 20)).startswith("The file is larger than 1 MB")


def test_a_record_of_another_registry_is_refused_by_name(editor):
    job = sent(editor, lines(study(1), {"ctNumber": "2023-500001-11-00"}))
    reasons = list(JobRecord.objects.filter(became="set_aside").values_list("reason", flat=True))
    assert (job.state, reasons) == ("CHECKED", ["it is a record of EU CTIS: import it as ctis"])


def test_a_file_name_is_only_a_name(editor, data):
    job = sent(editor, lines(study(1)), "..\\..\\etc/pass\x00wd\u202e.json")
    assert job.name == "passwd.json"
    assert [path.parent for path in (data / "uploads").iterdir()] == [data / "uploads"]
    assert len(job.stored) == 32


def test_a_large_file_waits_for_the_worker(editor, monkeypatch):
    monkeypatch.setattr(uploading, "FEW_RECORDS", 1)
    job = sent(editor, lines(study(1), study(2)))
    assert job.state == "QUEUED"
    page = editor.get(address(job)).content.decode()
    assert "The worker is not running" in page
    assert "Waiting for the worker" in page
    assert Working().round()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("CHECKED", job.size, job.size)
    assert editor.get(address(job, "progress"))["HX-Refresh"] == "true"
    editor.post(address(job, "import"))
    job.refresh_from_db()
    assert job.state == "APPROVED"
    assert Working().round()
    assert Trial.objects.count() == 2


def test_an_import_that_runs_elsewhere_is_waited_for(editor):
    job = sent(editor, lines(study(1)))
    run = ImportRun.objects.create(source="CTIS", holder="1@elsewhere", lease_until=timezone.now() + LEASE)
    answer = editor.post(address(job, "import"), follow=True).content.decode()
    assert "Another import runs" in answer
    job.refresh_from_db()
    assert (job.state, job.holder) == ("APPROVED", "")
    assert not Working().round()
    run.delete()
    assert Working().round()
    job.refresh_from_db()
    assert job.state == "DONE"


def test_a_worker_that_is_there_is_no_cause_for_a_warning(editor):
    now = timezone.now()
    Worker.objects.create(holder=holder(), started=now, seen=now, until=now + LEASE)
    assert "The worker is not running" not in editor.get(ADD).content.decode()
    Worker.objects.update(until=now)
    assert "The worker is not running" in editor.get(ADD).content.decode()


@pytest.mark.parametrize("name", ["import", "discard", "again"])
def test_who_may_only_look_decides_nothing(editor, name):
    job = sent(editor, lines(study(1)))
    reader = get_user_model().objects.create_user("reader", password="p", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_job"))
    client = signed_in(reader)
    page = client.get(address(job)).content.decode()
    assert "NCT00000001" in page
    assert "Import these" not in page
    assert client.post(address(job, name)).status_code == 403
    assert client.get(ADD).status_code == 403
    assert editor.get(address(job, name)).status_code == 405
    job.refresh_from_db()
    assert job.state == "CHECKED"


def test_nobody_else_puts_a_file_on_the_disk(client):
    answer = client.post("/admin/login/", {"file": SimpleUploadedFile("a.json", b"x" * (3 << 20))})
    assert answer.status_code == 200
    assert "file" not in answer.wsgi_request.FILES
