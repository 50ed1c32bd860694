"""`sim web`: the server of the class app, on this machine only."""

import os
import socket

from sim.errors import InputError

HOST = "127.0.0.1"
IDLE = "10m"  # after which the session of a closed page ends
_SETTINGS = {
    "SOLARA_APP": "sim.web.page",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",  # nobody is told anything
    "SOLARA_ASSETS_CDN": "http://127.0.0.1:9/",  # what is not installed must not be fetched from elsewhere
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_KERNEL_CULL_TIMEOUT": IDLE,
    "SOLARA_THEME_TITLE": "onward-sim in class",
    "SOLARA_THEME_SHOW_BANNER": "false",
}


def check_port(port: int) -> None:
    """Refuse a port that cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise InputError(f"port {port} cannot be used: {error}; name another with --port") from error


def prepare_solara(app: str = _SETTINGS["SOLARA_APP"]) -> None:
    """Set what Solara reads when it is first imported.

    Raises
    ------
    InputError
        Where it is not installed.
    """
    os.environ.update(_SETTINGS | {"SOLARA_APP": app})
    try:
        import solara  # noqa: F401
        import solara_assets  # noqa: F401
    except ImportError as error:
        text = f"sim web needs {error.name}, which is not installed: pip install 'onward-sim[web]'"
        raise InputError(text) from error


def serve(words: list[str], port: int, told=print) -> None:
    """Serve the app until it is stopped; `words` make the set-up that a page begins with."""
    from sim.web.setup import configs, read_words

    begin = read_words(words)
    check_port(port)
    prepare_solara()
    from sim.web.hall import hall

    if words:
        configs(begin)  # mistakes are told at once
    hall().begin = begin
    from sim.web.routes import app

    run(app(), port, told)


def serve_mesa(port: int, told=print) -> None:
    """Serve Mesa's standard viewer of the plain model."""
    check_port(port)
    prepare_solara("sim.web.mesa_view")
    from solara.server.starlette import app

    from sim.web.guard import narrow

    narrow()
    run(app, port, told)


def run(app, port: int, told) -> None:
    """Run the server, on this machine only."""
    import uvicorn

    from sim.web.guard import MOST_MESSAGE, Guard

    told(f"sim web    http://{HOST}:{port}/   (stop it with Ctrl+C)")
    uvicorn.run(
        Guard(app),
        host=HOST,
        port=port,
        log_level="warning",
        ws_max_size=MOST_MESSAGE,
        timeout_graceful_shutdown=1,
    )
