"""Uploads through forms: kept in memory and never on a disk, where they would lie unsealed; larger things come as frames."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from clew.kernel.limits import UPLOAD_BATCH_BYTES_MAX


class InMemoryUploadHandler(FileUploadHandler):
    """Holds the files of one form in memory; a request larger than one batch is refused before anything is kept."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Refuse by the stated length, before reading."""
        del input_data, META, boundary, encoding
        self._size_bytes = 0
        if content_length > UPLOAD_BATCH_BYTES_MAX:
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece of it; the length may have been stated wrongly, so what came is counted."""
        del start
        self._size_bytes += len(raw_data)
        if self._size_bytes > UPLOAD_BATCH_BYTES_MAX:
            raise RequestDataTooBig
        self._content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Hand the file over."""
        self._content.seek(0)
        return InMemoryUploadedFile(
            file=self._content,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
