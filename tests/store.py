"""A store that speaks S3, for the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

NAME = "portal-documents"
_REGION = "fr-par"


@contextmanager
def store() -> Iterator[dict[str, str]]:
    """One with an empty bucket, as the settings name it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        setting = {
            "bucket": NAME,
            "endpoint": f"http://{host}:{port}",
            "region": _REGION,
            "key_id": "a-key",
            "secret": "hush-hush",
        }
        client(setting).create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": _REGION})
        yield setting
    finally:
        server.stop()


def client(setting: dict[str, str]) -> Any:
    """Somebody else who may look into it."""
    return boto3.client(
        "s3",
        endpoint_url=setting["endpoint"],
        region_name=setting["region"],
        aws_access_key_id="another",
        aws_secret_access_key="another",
    )


def names(setting: dict[str, str]) -> list[str]:
    """All that is in the bucket."""
    return [one["Key"] for one in client(setting).list_objects_v2(Bucket=NAME).get("Contents", ())]
