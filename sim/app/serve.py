"""Serving the page on this machine, without anything from the internet."""

from __future__ import annotations

import ipaddress
import os
import socket
import warnings
from collections.abc import Callable
from typing import Any

from sim.app.settings import Settings
from sim.errors import Fault, InputError


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(host: str, port: int, start: Settings, tell: Callable[[str], None]) -> None:
    """Serve the page until interrupted. Visitors begin with ``start``; ``tell`` is given its address when it can be opened.

    Raises InputError when the address is taken or cannot be.
    """
    taken = _bound(host, port)
    os.environ["SOLARA_APP"] = "sim.app.page"
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "False"  # the page asks nobody outside for anything
    os.environ["SOLARA_ASSETS_FONTAWESOME_ENABLED"] = "False"
    os.environ["SOLARA_ASSETS_PROXY"] = "False"
    # Solara advises on pages inside frames of others, which this one is not.
    warnings.filterwarnings("ignore", message="Cookies with samesite")
    import uvicorn
    from solara.server import settings

    from sim.app.page import START

    settings.theme.show_banner = False
    settings.theme.title = "Murmur"
    settings.kernel.cull_timeout = "10m"  # a visitor who has left is forgotten
    settings.main.mode = "production"
    START.settings = start

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            shown = f"[{host}]" if ":" in host else host
            tell(f"http://{shown}:{taken.getsockname()[1]}/")

    options: dict[str, Any] = {"log_level": "warning", "ws_max_size": 4_000_000, "timeout_graceful_shutdown": 1}
    Server(uvicorn.Config("solara.server.starlette:app", **options)).run(sockets=[taken])


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        taken = socket.socket(family, kind, proto)
        try:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(address)
        except OSError:
            taken.close()
            raise
    except OSError as error:
        what = f"cannot be used ({error.strerror or error})"
        raise InputError(Fault(f"{host}:{port}", what, "Choose another with --port, or --port 0 for any.")) from None
    return taken
