"""Routes that say who may use them."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint
from flask.sansio.app import App
from flask.sansio.scaffold import T_route

from portal.access.permissions import Access

_T = TypeVar("_T", bound=Callable[..., Any])
_EXTENSION = "portal-access"
_SENSITIVE = "portal-sensitive"


def declare(app: App, endpoint: str, access: Access, *, fresh: bool = False) -> None:
    """Say who may use an endpoint that is not ours to decorate, such as an extension's; `fresh`: after a recent
    sign-in only."""
    app.extensions.setdefault(_EXTENSION, {})[endpoint] = access
    if fresh:
        app.extensions.setdefault(_SENSITIVE, set()).add(endpoint)


def declared(app: App) -> dict[str, Access]:
    """Who may use what: endpoint → access."""
    accesses: dict[str, Access] = app.extensions.setdefault(_EXTENSION, {})
    return accesses


def sensitive(app: App) -> frozenset[str]:
    """The endpoints that ask for a recent sign-in."""
    return frozenset(app.extensions.get(_SENSITIVE, ()))


class GuardedBlueprint(Blueprint):
    """A blueprint on which no route can be written without saying who may use it."""

    def route(  # type: ignore[override]  # `access` is mandatory: that is the point
        self, rule: str, *, access: Access, fresh: bool = False, **options: Any
    ) -> Callable[[T_route], T_route]:
        """Like Flask's, with the mandatory `access`; `fresh` asks for a recent sign-in, before sensitive acts.

        `.get` and `.post` pass both on.
        """

        def decorate(view: T_route) -> T_route:
            endpoint = options.get("endpoint") or view.__name__
            self.record(lambda state: declare(state.app, f"{self.name}.{endpoint}", access, fresh=fresh))
            return super(GuardedBlueprint, self).route(rule, **options)(view)

        return decorate
