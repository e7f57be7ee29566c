"""Routes that say who may use them."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from flask.sansio.app import App
from flask.sansio.scaffold import T_route

from portal.access.permissions import Access, Open

_EXTENSION = "portal-access"
_SENSITIVE = "portal-sensitive"
_WHILE_VIEWING = "portal-while-viewing"
_OF_ONESELF = "portal-of-oneself"
_ONE_FACTOR = "portal-one-factor"


def declare(
    app: App,
    endpoint: str,
    access: Access,
    *,
    fresh: bool = False,
    while_viewing: bool | None = None,
    of_oneself: bool = False,
    one_factor: bool = False,
) -> None:
    """Say who may use an endpoint that is not ours to decorate, such as an extension's; `fresh`: after a recent
    sign-in only; `while_viewing`: open or shut while one looks at the portal as somebody else (see `web.viewing`);
    `of_oneself`: about whoever is signed in, the same for whichever organisation they act (see `web.acting`);
    `one_factor`: open to who must still set up a second one."""
    app.extensions.setdefault(_EXTENSION, {})[endpoint] = access
    if of_oneself or access is Open.PUBLIC:
        app.extensions.setdefault(_OF_ONESELF, set()).add(endpoint)
    if one_factor:
        app.extensions.setdefault(_ONE_FACTOR, set()).add(endpoint)
    if fresh:
        app.extensions.setdefault(_SENSITIVE, set()).add(endpoint)
    if while_viewing is not None:
        app.extensions.setdefault(_WHILE_VIEWING, {})[endpoint] = while_viewing


def declared(app: App) -> dict[str, Access]:
    """Who may use what: endpoint → access."""
    accesses: dict[str, Access] = app.extensions.setdefault(_EXTENSION, {})
    return accesses


def sensitive(app: App) -> frozenset[str]:
    """The endpoints that ask for a recent sign-in."""
    return frozenset(app.extensions.get(_SENSITIVE, ()))


def is_of_an_organisation(app: App, endpoint: str) -> bool:
    """Does what an endpoint does depend on the organisation one acts for? Unless it says otherwise, or is public."""
    return endpoint not in app.extensions.get(_OF_ONESELF, ())


def said_while_viewing(app: App) -> dict[str, bool]:
    """The endpoints that say themselves if they are open while one looks at the portal as somebody else."""
    views: dict[str, bool] = app.extensions.setdefault(_WHILE_VIEWING, {})
    return views


def open_with_one_factor(app: App) -> frozenset[str]:
    """The endpoints that stay open to who must still set up a second factor."""
    return frozenset(app.extensions.get(_ONE_FACTOR, ()))


class GuardedBlueprint(Blueprint):
    """A blueprint on which no route can be written without saying who may use it.

    `of_oneself`, here or on a route: the same for whichever organisation one acts, as `declare` has it.
    """

    def __init__(self, *args: Any, of_oneself: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_oneself = of_oneself

    def route(  # type: ignore[override]  # `access` is mandatory: that is the point
        self,
        rule: str,
        *,
        access: Access,
        fresh: bool = False,
        while_viewing: bool | None = None,
        of_oneself: bool = False,
        one_factor: bool = False,
        **options: Any,
    ) -> Callable[[T_route], T_route]:
        """Like Flask's, with the mandatory `access`; the others as `declare` has them.

        `.get` and `.post` pass all on.
        """

        def decorate(view: T_route) -> T_route:
            endpoint = options.get("endpoint") or view.__name__
            name = f"{self.name}.{endpoint}"
            self.record(
                lambda state: declare(
                    state.app,
                    name,
                    access,
                    fresh=fresh,
                    while_viewing=while_viewing,
                    of_oneself=of_oneself or self.of_oneself,
                    one_factor=one_factor,
                )
            )
            return super(GuardedBlueprint, self).route(rule, **options)(view)

        return decorate
