"""What may be sent as a file at all: something, by somebody who works here, of no more than UPLOAD_MB."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload

from trials.intake.uploading import folder

# Beyond so many times what is allowed nobody waits for the rest, so that there is no page that says why.
_HOPELESS = 5


class OnlyStaffAndOnlySoMuch(FileUploadHandler):
    """Passes files on while they may come. Of a file that is too large the rest is read and thrown away, and the
    request bears `upload_too_large`, for the page to say so."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._sent = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        if user is None or not (user.is_active and user.is_staff):
            raise SkipFile
        # The handlers behind this one write there.
        folder()
        length = int(getattr(self.request, "META", {}).get("CONTENT_LENGTH") or 0)
        most = settings.UPLOAD_MB << 20
        if length > most * _HOPELESS:
            raise StopUpload(connection_reset=True)
        if length > most + (1 << 20):
            self._refuse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._sent += len(raw_data)
        if self._sent > settings.UPLOAD_MB << 20:
            self._refuse()
        return raw_data

    def _refuse(self) -> None:
        self.request.upload_too_large = True  # type: ignore[union-attr]  # set before
        raise SkipFile

    def file_complete(self, file_size: int) -> None:
        """The handlers behind this one keep the file."""
