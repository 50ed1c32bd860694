"""What a browser may send, narrowed: this machine's own pages only, few kinds of messages, few sessions.

Solara speaks the protocol of Jupyter widgets, which trusts its page: a message may open widgets of any kind, and
ipyvue would even create an object of any importable class. Nobody needs that here.
"""

from urllib.parse import urlsplit

import ipyvue
from solara.server import kernel_context, server
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

MOST_SESSIONS = 80
MOST_MESSAGE = 100_000  # bytes
HOSTS = ("127.0.0.1", "localhost")
OPENED = ("solara.control", "jupyter.widget.control", "jupyter.widget.version")  # what a page may open
FULL = f"{MOST_SESSIONS} pages of this app are open already: close one, or wait until idle ones have ended."


def narrow() -> None:
    """Make the server deaf to messages that this app has no use for."""
    events = ipyvue.VueTemplateWidget.Events
    if not hasattr(events, "_handle_any_event"):
        events._handle_any_event, events._handle_event = events._handle_event, _handle_known_event
        server.process_kernel_messages = _processing(server.process_kernel_messages)


def _handle_known_event(self, widget, content, buffers) -> None:
    """Handle an event that the component declares; never create or change objects by name, as ipyvue would."""
    if isinstance(content, dict) and content.get("event") in self.events:
        self._handle_any_event(widget, {"event": content["event"], "data": content.get("data")}, [])


def _processing(process):
    def process_narrowly(kernel, message: dict) -> bool:
        try:
            kind, content = message["header"]["msg_type"], message.get("content") or {}
            refused = kind == "comm_open" and content.get("target_name") not in OPENED
            message.setdefault("buffers", [])
        except (AttributeError, KeyError, TypeError):
            return True
        return True if refused else process(kernel, message)

    return process_narrowly


class Guard:
    """Refuses what comes from another host's page, and sessions beyond the bound."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            host, origin = _host(f"//{headers.get('host', '')}"), headers.get("origin")
            if host not in HOSTS or (origin and _host(origin) not in HOSTS):
                return await self._refuse(scope, receive, send, "This app is for pages of this machine only.", 403)
            if self._is_too_much(scope):
                return await self._refuse(scope, receive, send, FULL, 503)
        await self.app(scope, receive, send)

    @staticmethod
    def _is_too_much(scope) -> bool:
        is_new = scope["path"] == "/" if scope["type"] == "http" else _kernel(scope) not in kernel_context.contexts
        return is_new and len(kernel_context.contexts) >= MOST_SESSIONS

    @staticmethod
    async def _refuse(scope, receive, send, sentence: str, code: int) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": sentence[:100]})
        else:
            await PlainTextResponse(sentence, code)(scope, receive, send)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _kernel(scope) -> str:
    """Return the name of the session in the path of a websocket."""
    parts = scope["path"].split("/")
    return parts[4] if len(parts) > 4 else ""
