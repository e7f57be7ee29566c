"""Where contents are kept: a folder of this machine, or a bucket of a store that speaks S3, which do the same."""

from pathlib import Path

from flask import current_app

from portal.files.bucket.service import Bucket, bucket
from portal.files.folder.service import Folder


def place() -> Folder | Bucket:
    """The one that the settings name."""
    if setting := current_app.config["FILES_S3"]:
        return bucket(setting)
    return Folder(Path(current_app.config["FILES_FOLDER"]))
