"""The life of a request as a drawing for the README, made from the tables of steps."""

from collections.abc import Iterator

from portal.requests.steps import (
    OF_ASSIGNMENTS,
    OF_REQUESTS,
    ROUTE,
    SUBMIT,
    AssignmentState,
    RequestState,
    derive_state,
)

Edges = dict[tuple[str, str], list[str]]
_START = "[*]"


def drawing() -> str:
    """Two Mermaid diagrams in Markdown: a request that goes to one partner, and its assignment."""
    return "\n\n".join(
        (
            "A request, when one partner is asked:",
            _diagram([*_first(RequestState.DRAFT), *_of_requests()]),
            "Its assignment to that partner:",
            _diagram([*_first(AssignmentState.PROPOSED), *_of_assignments()]),
        )
    )


def _first(state: str) -> Iterator[tuple[str, str, str]]:
    yield _START, state, ""


def _of_assignments() -> Iterator[tuple[str, str, str]]:
    """(from, to, step) of every step that changes an assignment's state."""
    for step in OF_ASSIGNMENTS:
        for source in AssignmentState:
            if source in step.sources and step.target:
                yield source, step.target, step.name


def _of_requests() -> Iterator[tuple[str, str, str]]:
    """(from, to, step) of every step that changes a request's state, set or derived."""
    yield RequestState.DRAFT, derive_state(RequestState.TO_ROUTE, []), SUBMIT.name
    yield RequestState.TO_ROUTE, derive_state(RequestState.TO_ROUTE, [AssignmentState.PROPOSED]), ROUTE.name
    for source, target, action in _of_assignments():
        before = derive_state(RequestState.PROPOSED, [AssignmentState(source)])
        after = derive_state(before, [AssignmentState(target)])
        if before is not after:
            yield before, after, action
    for step in OF_REQUESTS:
        for state in RequestState:
            if step.target and state in step.sources:
                yield state, step.target, step.name


def _diagram(moves: list[tuple[str, str, str]]) -> str:
    edges: Edges = {}
    for source, target, action in moves:
        labels = edges.setdefault((source, target), [])
        if action not in labels:
            labels.append(action)
    lines = [_line(source, target, labels) for (source, target), labels in edges.items()]
    return "\n".join(("```mermaid", "stateDiagram-v2", *lines, "```"))


def _line(source: str, target: str, actions: list[str]) -> str:
    label = ", ".join(action.replace("_", " ") for action in actions)
    return f"    {source} --> {target}" + (f" : {label}" if label else "")
