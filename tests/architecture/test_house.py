"""The house rules that no linter knows: one way to write, to send, to commit, and the same names in each feature."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.architecture.source import ROOT, Function, every_node, files, functions, name, tree

NO_NOUNS = ("one", "found", "said")
NAMES = {
    "feature": "what it brings to the others, in one declaration",
    "routes": "the addresses, and who may call each",
    "page": "what one page shows",
    "personal": "what is held of a person: their copy, and what is forgotten",
    "handover": "where open work and rows go when a person or an organisation leaves",
    "jobs": "what runs by itself, and what must be true of stored rows",
    "service": "what is done: lock, decide, change, remember, tell",
    "seed": "reference data that comes from files",
    "emails": "one function for each message, with its example",
    "forms": "what may be typed",
    "queries": "what is read, and who may see it",
    "models": "tables",
    "words": "what things are called",
    "steps": "the states of what has a life, and the steps between them; pure",
    "rules": "closed vocabularies and decisions; pure",
}
"""The files that a feature may have. What a name means in one feature, it means in all."""

FEATURES = (
    "accounts",
    "agenda",
    "alike",
    "applications",
    "calendars",
    "catalogue",
    "conversation",
    "dispatch",
    "documents",
    "files",
    "home",
    "interventions",
    "joint",
    "journal",
    "mailbox",
    "news",
    "notifications",
    "organisations",
    "people",
    "personal_data",
    "proposals",
    "register",
    "reminders",
    "requests",
    "safety",
    "search",
    "sessions",
    "stuck",
    "teams",
    "transfers",
    "usage",
)

# The only functions that write a state: the state of a request is derived, in one place.
WRITE_A_STATE = {
    "portal/requests/service.py settle": "the state of a request",
    "portal/requests/closing/service.py _close": "assignments end with their request",
    "portal/requests/assignments/service.py _set": "what happens to one assignment",
    "portal/applications/service.py _finish": "an application, from its own table",
    "portal/files/service.py check": "what the scanner says of a file",
    "portal/demo/papers.py send": "the demonstration has no scanner that would say it",
    "portal/interventions/service.py change": "interventions, from their own table",
    "portal/joint/service.py _change": "other poles of a request, from their own table",
    "portal/proposals/service.py _set": "proposed dates, from their own table",
    "portal/sessions/service.py move": "sessions, from their own table",
    "portal/reminders/service.py _note": "a reminder is noted, waits, leaves or does not",
    "portal/reminders/service.py _finish": "a reminder left, or lost its use",
    "portal/interventions/confirmation/service.py _apply": "what no longer counts is called off",
    "portal/interventions/confirmation/service.py ask_pole": "the pole is asked anew",
    "portal/interventions/confirmation/service.py decide": "what the cell makes of an adjustment",
    "portal/interventions/confirmation/service.py _set": "confirmations, from their own table",
    "portal/interventions/handover.py _call_off": "planned interventions end with their assignment",
}
TALK_TO_MAIL_SERVERS = ("portal/notifications/", "portal/demo/mailbox.py")


def calls(path: Path, *names: str) -> Iterator[ast.Call]:
    """The calls of a method, whatever it is called on."""
    for node in every_node(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


def imports(node: ast.AST) -> set[str]:
    """The modules imported in a part of a file."""
    found: set[str] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Import):
            found |= {alias.name for alias in one.names}
        elif isinstance(one, ast.ImportFrom):
            found.add(one.module or "")
    return found


def packages() -> Iterator[Path]:
    """Each feature, and the packages of those that need more than these names."""
    for feature in FEATURES:
        folder = ROOT / "portal" / feature
        yield folder
        yield from sorted(init.parent for init in folder.glob("*/__init__.py"))


def test_features_have_the_same_names() -> None:
    unknown = sorted(
        name(path)
        for folder in packages()
        for path in folder.glob("*.py")
        if path.stem not in {*NAMES, "__init__"}
    )
    assert not unknown, (
        f"A feature has {', '.join(NAMES)}: put this code where its sisters have it,"
        f" or make a package of it inside its feature, with the same names. {unknown}"
    )
    assert len(NAMES) <= 15, "Nobody learns more: take one away first."


def test_the_readme_tells_the_names() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in NAMES.items())
    assert table in readme, f"Put this table into README.md:\n{table}"


def test_layers_hold_in_every_package() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    inside = next(contract for contract in contracts if contract["name"].startswith("Inside a feature"))
    assert inside["containers"] == [name(folder).replace("/", ".") for folder in packages()]
    named = {layer for line in inside["layers"] for layer in re.findall(r"\w+", line)}
    assert named == NAMES.keys(), "Say in pyproject.toml what each of these names may import."


def test_every_folder_is_a_feature_or_a_floor_we_know() -> None:
    floors = {"access", "demo", "territories", "web"}
    folders = {path.parent.name for path in (ROOT / "portal").glob("*/__init__.py")}
    assert folders == floors | set(FEATURES), "Name the new folder in FEATURES, or say what floor it is."


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    hidden = [
        f"{name(path)}:{function.lineno} {function.name}"
        for path in files("portal", ".py")
        for function in functions(path)
        if any(module.split(".")[0] in {"portal", "config"} for module in imports(function))
    ]
    assert not hidden, f"An import in a function hides a cycle: move the shared part down a layer. {hidden}"


def test_classes_that_meet_in_one_file_differ_by_name() -> None:
    renamed = [
        f"{name(path)}: {alias.name} as {alias.asname}"
        for path in (*files("portal", ".py"), *files("tests", ".py"))
        for node in every_node(path)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("portal")
        for alias in node.names
        if alias.asname and alias.name[0].isupper() and not alias.name.isupper()
    ]
    assert not renamed, f"Two things of one name are one too many: call one of them otherwise. {renamed}"


def test_days_are_counted_as_people_do() -> None:
    """A test that takes days of 24 hours from now fails in an hour of some nights after the clocks have changed."""
    counted = re.compile(r"clock\.now\(\) - (timedelta\((days=|\d)|.*\bDAY\b)")
    wrong = [
        f"{name(path)}:{number}"
        for path in files("tests", ".py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if counted.search(line)
    ]
    assert not wrong, f"Write days_ago (tests.days). {wrong}"


def test_names_are_nouns() -> None:
    """What is found or said is called what it is. A flag may say that something was found."""
    bound = [
        f"{name(path)}:{node.lineno}: {bare}"
        for path in files("portal", ".py")
        for node, bare in _bound(tree(path))
        if not bare.isupper() and bare.strip("_").lower() in NO_NOUNS
    ]
    assert bound == []


def _bound(module: ast.Module) -> Iterator[tuple[Any, str]]:
    flags = {
        id(node.target) for node in ast.walk(module) if isinstance(node, ast.AnnAssign) and _is_flag(node)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in flags:
            yield node, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value):
            yield node, node.attr
        elif isinstance(node, ast.arg):
            yield node, node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node, node.name


def _is_flag(node: ast.AnnAssign) -> bool:
    return ast.unparse(node.annotation) in ("bool", "Mapped[bool]")


def test_only_transaction_commits() -> None:
    edges = [
        f"{name(path)}:{call.lineno}"
        for path in files("portal", ".py")
        if name(path) != "portal/db.py"
        for call in calls(path, "commit", "begin_nested")
    ]
    assert not edges, f"Open `with transaction():` at the edge instead of committing: {edges}"


def test_only_steps_write_states() -> None:
    found = {
        f"{name(path)} {function.name}"
        for path in files("portal", ".py")
        for function in functions(path)
        if any(_writes_state(node) for node in ast.walk(function))
    }
    wrong = sorted(found ^ WRITE_A_STATE.keys())
    assert not wrong, f"A state changes by a step alone: go through the service of its feature. {wrong}"


def _writes_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Attribute)]
        return any(part.attr == "state" and not _is_self(part.value) for part in parts)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
        return any(keyword.arg == "state" for keyword in node.keywords)
    return False


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def test_only_the_worker_talks_to_a_mail_server() -> None:
    talkers = [
        name(path)
        for path in files("portal", ".py")
        if not name(path).startswith(TALK_TO_MAIL_SERVERS)
        and imports(tree(path)) & {"smtplib", "flask_mail", "aiosmtpd", "email.mime.text"}
    ]
    assert not talkers, f"Write the e-mail into the outbox with notifications.outbox.enqueue: {talkers}"


def test_only_the_clock_knows_the_time() -> None:
    watches = [
        f"{name(path)}:{call.lineno}"
        for path in files("portal", ".py")
        if name(path) != "portal/clock.py"
        for call in calls(path, "now", "utcnow", "today")
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in {"datetime", "date"}
    ]
    assert not watches, f"Ask portal.clock, which tests and the demonstration can set: {watches}"


def test_views_only_open_transactions() -> None:
    for path in files("portal", ".py"):
        if any(_makes_a_blueprint(call) for call in every_node(path)):
            extra = _imported_from(path, "portal.db") - {"transaction"}
            assert not extra, (
                f"{name(path)}: put queries into queries.py, changes into service.py, not {extra}"
            )


def _makes_a_blueprint(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Blueprint", "GuardedBlueprint"}
    )


def _imported_from(path: Path, module: str) -> set[str]:
    return {
        alias.name
        for node in every_node(path)
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
    }


def test_a_module_says_what_it_is_for() -> None:
    silent = [
        name(path)
        for path in files("portal", ".py")
        if path.stem != "__init__" and ast.get_docstring(tree(path)) is None
    ]
    assert not silent, f"Begin these files with one sentence that says what they are: {silent}"


def test_public_service_functions_say_what_they_do() -> None:
    silent = [
        f"{name(path)} {one.name}"
        for path in files("portal", ".py")
        if path.stem in {"service", "queries", "steps", "rules"}
        for one in tree(path).body
        if isinstance(one, Function) and not one.name.startswith("_") and _is_silent(one)
    ]
    assert not silent, f"Say in a sentence what these give, or raise: {silent}"


def _is_silent(function: Function) -> bool:
    """More than a line or two, without a word."""
    return ast.get_docstring(function) is None and len(function.body) > 2


# What only others read.
READ_ELSEWHERE = {
    "portal/home/queries.py": {"FAILURES", "WARNINGS"},  # tests, beside the document
    "portal/server.py": None,  # gunicorn
}


def test_what_is_defined_is_read() -> None:
    read = _names_read()
    unread = [
        f"{name(path)} {one}"
        for path in files("portal", ".py")
        for one in _defined(path)
        if one not in read and not _is_read_elsewhere(name(path), one)
    ]
    assert not unread, f"Nothing reads these: remove them, or use them: {unread}"


def _names_read() -> set[str]:
    """Names that code uses, the keys it takes out of a table by name, and every word of a template."""
    read = set()
    for path in [*files("portal", ".py"), *files("migrations", ".py"), ROOT / "config.py"]:
        for node in every_node(path):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                read.add(node.id)
            elif isinstance(node, ast.Attribute):
                read.add(node.attr)
            elif isinstance(node, ast.alias) and node.asname is None:
                read.add(node.name)
            elif isinstance(node, ast.alias):
                read |= {node.name, node.asname or ""}
            elif isinstance(node, ast.Subscript):
                read.add(ast.unparse(node))
    pages = files("templates", ".html")
    return read.union(*(re.findall(r"\w+", path.read_text(encoding="utf-8")) for path in pages))


def _defined(path: Path) -> Iterator[str]:
    """The functions, classes and constants of a file, and the keys of its limits."""
    for node in tree(path).body:
        if isinstance(node, (Function, ast.ClassDef)) and not node.decorator_list:
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (one.id for one in targets if isinstance(one, ast.Name) and one.id[:2] != "__")
            if isinstance(node.value, ast.Dict) and ast.unparse(targets[0]) == "LIMITS":
                yield from (f"LIMITS[{ast.unparse(key)}]" for key in node.value.keys if key)


def _is_read_elsewhere(path: str, defined: str) -> bool:
    names = READ_ELSEWHERE.get(path, set())
    return names is None or defined in names
