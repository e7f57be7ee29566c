"""A bucket of a store that speaks S3, where contents are kept: what several machines share without a common disk.

What it raises is OSError, as a folder does, so that whoever keeps a content need not know where.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from flask import current_app

if TYPE_CHECKING:
    from botocore.client import BaseClient

_FOLDER = "documents/"  # what else may be in the bucket is left alone
_CLIENT = "portal-files-client"
_MISSING = frozenset({"NoSuchKey", "404"})


@dataclass(frozen=True, slots=True)
class Bucket:
    """Whatever is in its folder of documents is the portal's."""

    name: str
    endpoint: str
    client: "BaseClient"

    def __str__(self) -> str:
        return f"{self.name} at {self.endpoint}"

    def write(self, key: str, content: bytes) -> None:
        """Keep a content: the store has it whole when this returns, or not at all."""
        with _reached():
            self.client.put_object(Bucket=self.name, Key=_FOLDER + key, Body=content)

    def opened(self, key: str) -> BinaryIO | None:
        """A content, to be read and closed; None where it is not there."""
        from botocore.exceptions import ClientError

        try:
            with _reached():
                binary_io: BinaryIO = self.client.get_object(Bucket=self.name, Key=_FOLDER + key)["Body"]
                return binary_io
        except OSError as error:
            cause = error.__cause__
            if isinstance(cause, ClientError) and cause.response["Error"]["Code"] in _MISSING:
                return None
            raise

    def remove(self, key: str) -> None:
        """Forget a content; harmless when it is gone already."""
        with _reached():
            self.client.delete_object(Bucket=self.name, Key=_FOLDER + key)

    def written_before(self, moment: datetime, after: str) -> Iterator[str]:
        """What was written before a moment, by name, in order, from after one."""
        pages = self.client.get_paginator("list_objects_v2")
        with _reached():
            for page in pages.paginate(Bucket=self.name, Prefix=_FOLDER, StartAfter=_FOLDER + after):
                for stored in page.get("Contents", ()):
                    if stored["LastModified"] < moment:
                        yield stored["Key"].removeprefix(_FOLDER)

    def is_well(self) -> bool:
        """Does it answer, to these keys?"""
        try:
            with _reached():
                self.client.head_bucket(Bucket=self.name)
        except OSError:
            return False
        return True

    def free_megabytes(self) -> int | None:
        """A store says nothing of its room."""
        return None


@contextmanager
def _reached() -> Iterator[None]:
    """OSError, in one line, where the store refuses or cannot be reached."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OSError(f"the store of documents: {error}") from error


def bucket(setting: dict[str, str]) -> Bucket:
    """The bucket of the settings, through one client for each process."""
    client = current_app.extensions.get(_CLIENT) or _client(**setting)
    current_app.extensions[_CLIENT] = client
    return Bucket(setting["bucket"], setting["endpoint"], client)


def _client(endpoint: str, region: str, key_id: str, secret: str, **_bucket: Any) -> "BaseClient":
    """Checksums only where they are asked for: many stores that are not Amazon's do not know the new ones."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        config=Config(
            connect_timeout=3,
            read_timeout=20,
            retries={"mode": "standard", "total_max_attempts": 2},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path"},
        ),
    )
