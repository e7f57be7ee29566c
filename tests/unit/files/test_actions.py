"""Each kind of action of a PDF, wherever it may stand: what starts something or leaves by itself is refused."""

import zlib
from collections.abc import Callable

import pytest

from portal.files.contents import rules as contents
from portal.files.rules import Flaw, Unfit
from portal.files.words import FLAWS
from tests.documents import pdf

URI = b"<< /Type /Action /S /URI /URI (https://evil.example/?a=(b)) >>"
REFUSED = {
    b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>": Flaw.SCRIPT,
    b"<< /S /Launch /F (cmd.exe) >>": Flaw.SCRIPT,
    b"<< /S /Rendition /OP 0 >>": Flaw.SCRIPT,
    b"<< /S /RichMediaExecute /TA 5 0 R /CMD << >> /Subtype /RichMedia >>": Flaw.SCRIPT,
    b"<< /S /Movie /T (film) >>": Flaw.SCRIPT,
    b"<< /S /Sound /Sound 12 0 R >>": Flaw.SCRIPT,
    b"<< /S /ImportData /F (a.fdf) >>": Flaw.SCRIPT,
    b"<< /S /GoToR /F (a.pdf) /D [0 /Fit] >>": Flaw.SCRIPT,
    b"<< /S /GoToE /T << /R /C >> /D [0 /Fit] >>": Flaw.SCRIPT,
    b"<< /S /SubmitForm /F << /FS /URL /F (https://evil.example) >> >>": Flaw.REACHES_OUT,
}
TAKEN = [
    b"<< /S /GoTo /D [3 0 R /Fit] >>",
    b"<< /S /Named /N /NextPage >>",
    b"<< /S /Hide /T (x) >>",
    b"<< /S /SetOCGState /State [/ON 5 0 R] >>",
]
# What happens by itself, around an action: at opening, at an event, after another action.
BY_ITSELF = {
    "at opening": b"<< /OpenAction %s >>",
    "spelled in numbers": b"<< /#4fpenAction %s >>",
    "on a page": b"<< /Type /Page /AA << /C %s >> >>",
    "in a field": b"<< /FT /Tx /AA << /K << /S /Hide /T (>>) >> /F %s >> >>",
    "after another": b"<< /OpenAction << /S /GoTo /D [3 0 R /Fit] /Next %s >> >>",
    "in a list after another": b"<< /OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [%s] >> >>",
    "after a comment": b"<< /OpenAction %% (\n %s >>",
}
WRITTEN: dict[str, Callable[[bytes, bytes], bytes]] = {
    "plain": lambda around, action: pdf(around % action),
    "packed": lambda around, action: pdf(packed=around % action),
    "referred to": lambda around, action: pdf(action, around % b"4 0 R"),
    "referred to, packed": lambda around, action: pdf(around % b"8 0 R", packed=action),
    "referred to from a pack": lambda around, action: pdf(action, packed=around % b"4 0 R"),
}
each_way = pytest.mark.parametrize("written", WRITTEN)
each_occasion = pytest.mark.parametrize("occasion", BY_ITSELF)


def flaw_of(content: bytes) -> Flaw | None:
    try:
        contents.named("a.pdf", content)
    except Unfit as unfit:
        return unfit.flaw
    return None


@each_way
@each_occasion
def test_what_starts_or_sends_something_is_refused(occasion: str, written: str) -> None:
    flaws = {action: flaw_of(WRITTEN[written](BY_ITSELF[occasion], action)) for action in REFUSED}
    assert flaws == REFUSED


@each_way
def test_so_it_is_where_it_waits_for_a_click(written: str) -> None:
    around = b"<< /Type /Annot /Subtype /Link /A %s >>"
    assert {action: flaw_of(WRITTEN[written](around, action)) for action in REFUSED} == REFUSED


@each_way
@each_occasion
def test_no_web_address_opens_by_itself(occasion: str, written: str) -> None:
    assert flaw_of(WRITTEN[written](BY_ITSELF[occasion], URI)) is Flaw.REACHES_OUT


@each_way
@each_occasion
def test_what_only_moves_in_the_document_is_taken(occasion: str, written: str) -> None:
    flaws = {action: flaw_of(WRITTEN[written](BY_ITSELF[occasion], action)) for action in TAKEN}
    assert flaws == dict.fromkeys(TAKEN)


@each_way
@each_occasion
def test_a_link_that_waits_for_a_click_is_taken(occasion: str, written: str) -> None:
    """Also on the page that opens first, and beside a title with brackets."""
    link = b"<< /Type /Annot /Subtype /Link /A %s /Contents (un (bon (site))) >>"
    around = BY_ITSELF[occasion] % b"<< /S /GoTo /D [3 0 R /Fit] >>"
    assert flaw_of(pdf(around, WRITTEN[written](link, URI))) is None


def stream(keys: bytes) -> bytes:
    return b"<< /Length 0 " + keys + b" >>\nstream\n\nendstream"


@pytest.mark.parametrize(
    "keys",
    [
        b"/F (\\\\\\\\evil.example\\\\a)",
        b"/F(a.bin)/FFilter/FlateDecode",
        b"/F << /FS /URL /F (https://evil.example/a) >>",
        b"/Type /XObject /Resources << /Font << >> >> /F 7 0 R",
        b"/#46 <68747470>",
    ],
)
def test_nothing_of_a_document_is_elsewhere(keys: bytes) -> None:
    assert flaw_of(pdf(stream(keys))) is Flaw.REACHES_OUT


@pytest.mark.parametrize(
    "keys",
    [
        b"/F /FlateDecode",
        b"/F [/ASCII85Decode /FlateDecode]",
        b"/Filter /FlateDecode",
        b"/Type /XObject /Resources << /Font << /F 7 0 R >> /XObject << /G << /F (x) >> >> >>",
    ],
)
def test_what_is_only_called_so_is_taken(keys: bytes) -> None:
    assert flaw_of(pdf(stream(keys))) is None


def test_a_picture_that_looks_like_an_action_is_taken() -> None:
    picture = zlib.compress(bytes(range(256)) * 40)
    assert (
        flaw_of(pdf(b"<< /Subtype /Image /Filter /FlateDecode >>\nstream\n" + picture + b"\nendstream"))
        is None
    )


def test_the_sentence_says_which_and_what_to_do() -> None:
    assert all(
        word in str(FLAWS[Flaw.REACHES_OUT]) for word in ("before anybody clicks", "sends", "Print it")
    )
