"""What the server answers: Solara's page, the player's script, pairs to play, and downloads."""

import contextlib
import threading
from uuid import uuid4

from solara.server import starlette as solara_server
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from sim.errors import InputError
from sim.views.player import script
from sim.web.guard import narrow
from sim.web.hall import hall
from sim.web.setup import SIDES, read_link, words
from sim.web.side import csv, zipped

_VIEWPORT = (', maximum-scale=1, user-scalable=no, minimal-ui"', '"')  # people may zoom
_LANGUAGE = ("<html>", '<html lang="en">')


def app() -> Starlette:
    """Return the whole app."""
    narrow()
    own = [
        Route("/", root),
        Route("/onward/player.js", player),
        Route("/onward/pair/{key}", pair),
        Route("/onward/download/{what}", download),
    ]
    return Starlette(
        routes=[*own, *solara_server.routes],
        lifespan=_lifespan,
        middleware=solara_server.middleware,
    )


@contextlib.asynccontextmanager
async def _lifespan(served: Starlette):
    """Begin and end as Solara does; once pages are served, make ready what they will ask for."""
    async with solara_server.lifespan(served):
        first = threading.Timer(1.0, hall().prepare)
        first.daemon = True
        first.start()
        yield


async def root(request: Request) -> Response:
    """Return Solara's page, with its language named and zooming allowed."""
    answer = await solara_server.root(request)
    if not isinstance(answer, HTMLResponse):
        return answer
    text = answer.body.decode()
    for old, new in (_VIEWPORT, _LANGUAGE):
        text = text.replace(old, new, 1)
    answer.body = text.encode()
    answer.headers["content-length"] = str(len(answer.body))
    return answer


async def player(_: Request) -> Response:
    """Return the script of the player."""
    return Response(script(), media_type="text/javascript", headers={"cache-control": "max-age=3600"})


async def pair(request: Request) -> Response:
    """Return what the player plays of a pair that is shown."""
    found = hall().pair(request.path_params["key"])
    if found is None:
        return PlainTextResponse("this result is no longer held", 404)
    headers = {"content-encoding": "gzip", "cache-control": "private, max-age=3600"}
    return Response(found.data, media_type="application/json", headers=headers)


async def download(request: Request) -> Response:
    """Return the tables of a side, or the differences, of the set-up in the link, as CSV files in a ZIP file."""
    what = request.path_params["what"]
    try:
        if what not in (*SIDES, "differences"):
            raise InputError("there is only A, B or differences to download")
        content = await run_in_threadpool(_packed, what, request.url.query)
    except InputError as problem:
        return PlainTextResponse(str(problem), 400)
    headers = {"content-disposition": f'attachment; filename="onward-{what}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


def _packed(what: str, query: str) -> bytes:
    """Return the tables that are asked for as a ZIP file, with how to make them again."""
    setup, session = read_link(query), f"download {uuid4()}"
    if what == "differences":
        found = hall().wait_for(lambda: hall().ask(session, setup))
        tables = {
            "differences": found.differences.reset_index(names="outcome"),
            "observed": found.observed,
            "examples": found.examples,
        }
        content = zipped({f"{name}.csv": csv(frame) for name, frame in tables.items()})
    else:
        content = hall().wait_for(lambda: hall().ask_for_tables(session, setup, what))
    commands = "".join(f"{letter.upper()}: sim run {' '.join(words(setup, letter))}\n" for letter in SIDES)
    return zipped({"README.txt": f"{commands}Columns: see columns.csv and results/README.md of onward-sim.\n"}, content)
