"""The browser of the tests: CHROMIUM, else the machine's, else the one that comes with the npm packages."""

import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "node_modules/@sparticuz/chromium"
UNPACKED = ROOT / ".cache/chromium"
INSTALLED = ("/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",  # root may not use it, nor may many containers
    "--no-zygote",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--no-first-run",
    "--no-pings",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # nothing from outside
]
# Laid out and never painted, for a third less: nothing can be clicked, which waits until it stands still on a picture.
UNPAINTED = "--disable-threaded-compositing"


def launch(playwright: Playwright, *more: str) -> Browser:
    """Start the browser."""
    program, environment = executable()
    arguments = [*ARGUMENTS, *more]
    return playwright.chromium.launch(executable_path=program, env={**environment}, args=arguments)


def executable() -> tuple[str, dict[str, str]]:
    """The browser's path and the environment it runs in."""
    if given := os.environ.get("CHROMIUM"):
        return given, dict(os.environ)
    for path in INSTALLED:
        if os.access(path, os.X_OK):
            return path, dict(os.environ)
    _unpack()
    own = {"LD_LIBRARY_PATH": str(UNPACKED / "lib"), "FONTCONFIG_FILE": str(UNPACKED / "fonts.conf")}
    return str(UNPACKED / "chromium"), {**os.environ, **own}


def _unpack() -> None:
    """Unpack the package's browser once, even when several test processes ask at the same time."""
    if not PACKAGE.is_dir():
        raise RuntimeError(
            "No Chromium: run `.ci/node npm ci`, install Chromium, or set CHROMIUM to its path."
        )
    version = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))["version"]
    UNPACKED.parent.mkdir(exist_ok=True)
    with UNPACKED.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = UNPACKED / "version"
        if stamp.exists() and stamp.read_text() == version:
            return
        shutil.rmtree(UNPACKED, ignore_errors=True)
        script = Path(__file__).with_name("unpack_chromium.mjs")
        subprocess.run([ROOT / ".ci/node", "node", script, PACKAGE / "bin", UNPACKED], check=True)
        stamp.write_text(version)
