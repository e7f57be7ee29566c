"""`make demo` as somebody tries it: it starts, says where to go, ends whole, and starts again."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from portal.demo import accounts, run
from portal.demo.processes import Ended, Programs, Stopped, stop_on_signals
from tests.waiting import LONGEST, until

ROOT = Path(__file__).parents[3]
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="Linux alone has /proc")


@pytest.fixture
def folder(tmp_path: Path, invented: Path) -> Path:
    """Where the demonstration keeps its data: its year is invented there already."""
    return Path(shutil.copytree(invented, tmp_path / "data"))


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


Demo = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def demo(folder: Path, port: int) -> Iterator[Demo]:
    """Start it; whatever still runs at the end is ended."""
    started = []

    def start(**settings: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.demo.run"],
            cwd=ROOT,
            env={**os.environ, "PORTAL_DATA": str(folder), "PORT": str(port), **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def welcome(process: subprocess.Popen[str]) -> str:
    """All that it says until everything runs."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            return said
    raise AssertionError(said)


def marked_with(**settings: str) -> dict[int, str]:
    """The processes with these settings: number and command."""
    wanted = {f"{name}={value}" for name, value in settings.items()}
    found = {}
    for one in Path("/proc").glob("[0-9]*"):
        try:
            if wanted <= {*(one / "environ").read_text(errors="replace").split("\0")}:
                found[int(one.name)] = (one / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return {number: command for number, command in found.items() if command}


def running(folder: Path) -> dict[int, str]:
    return marked_with(PORTAL_DATA=str(folder))


def ends(process: subprocess.Popen[str], folder: Path) -> int:
    """The exit code, once nothing is left."""
    code = process.wait(timeout=LONGEST)
    assert running(folder) == {}
    return code


@pytest.mark.of_database("sqlite")
@pytest.mark.long
def test_it_says_where_to_go_goes_on_with_its_data_and_ends_whole(
    demo: Demo, folder: Path, port: int
) -> None:
    """Three starts of one demonstration."""
    process = demo()
    said = welcome(process)
    assert "Inventing" not in said
    assert f"http://127.0.0.1:{port}/" in said
    assert accounts.PASSPHRASE in said
    for account in accounts.ACCOUNTS:
        assert re.search(rf"{re.escape(account.email)} +{account.role}", said)
    with urlopen(f"http://127.0.0.1:{port}/", timeout=LONGEST) as page:
        assert "monstration" in page.read().decode()
    until(lambda: list((folder / "emails").glob("*.eml")), "no e-mail arrived")
    process.send_signal(signal.SIGINT)
    assert ends(process, folder) == 0

    kept = (folder / "secret-key").read_text()
    process = demo()
    assert "Inventing" not in welcome(process)
    assert (folder / "secret-key").read_text() == kept
    victim = next(number for number, line in running(folder).items() if "wsgi worker" in line)
    os.kill(victim, signal.SIGKILL)
    assert ends(process, folder) == 1
    assert process.stdout is not None
    assert "The worker stopped by itself (SIGKILL)" in process.stdout.read()

    process = demo()
    welcome(process)
    process.kill()
    process.wait()
    until(lambda: not running(folder), "something outlives a killed launcher")


@pytest.fixture
def signals() -> Iterator[None]:
    """What is done on a signal, as it was."""
    before = {number: signal.getsignal(number) for number in STOPS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", STOPS, ids=lambda one: one.name)
def test_each_signal_asks_for_the_end_once(signals: None, number: signal.Signals) -> None:
    stop_on_signals()
    with pytest.raises(Stopped):
        signal.raise_signal(number)
    for one in STOPS:
        signal.raise_signal(one)  # ignored while it stops


def run_until_one_is_killed(victim: str, marked: dict[str, str]) -> None:
    with Programs() as programs:
        for name in ("mail server", "web server", "worker"):
            programs.start(name, ["sleep", "600"], {**marked, "NAME": name})
        os.kill(next(iter(marked_with(**marked, NAME=victim))), signal.SIGKILL)
        programs.watch()


@pytest.mark.parametrize("victim", ["mail server", "web server", "worker"])
def test_a_program_that_ends_ends_the_others(victim: str) -> None:
    marked = {"PORTAL_PROGRAMS": f"{os.getpid()} {victim}"}
    with pytest.raises(Ended, match=f"The {victim} stopped by itself \\(SIGKILL\\)"):
        run_until_one_is_killed(victim, marked)
    assert marked_with(**marked) == {}


def test_a_port_in_use_is_told_with_the_way_out(
    signals: None, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    monkeypatch.setenv("PORT", str(port))
    told = f"Port {port} is already in use. Choose another one: make demo PORT=8123"
    with socket.create_server(("127.0.0.1", port)), pytest.raises(SystemExit, match=f"^{told}$"):
        run.main([])


@pytest.mark.parametrize("given", ["abc", "0", "70000"])
def test_a_port_that_is_none_is_told(signals: None, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("PORT", given)
    told = f"PORT is '{given}': choose a number from 1 to 65535, as in: make demo PORT=8123"
    with pytest.raises(SystemExit, match=f"^{told}$"):
        run.main([])
