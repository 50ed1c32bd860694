"""A student without a browser: speaks to the served app as its page does, over a websocket."""

import json
import struct
import time
import urllib.request
from uuid import uuid4

from websockets.sync.client import connect

_MOST = 32_000_000  # bytes of a message from the server


class Student:
    """One page: opens the app, turns levers, and knows which pair of runs the page shows."""

    def __init__(self, url: str, search: str = ""):
        self.url, self.levers, self.stage, self.pair, self.alerts = url, "", "", "", []
        self.scenario = "border_never_opened"  # as a page begins
        self.texts: dict[str, dict] = {}
        with urllib.request.urlopen(f"{url}?{search}", timeout=60) as answer:
            cookie = answer.headers["set-cookie"].partition(";")[0]
        self.session = uuid4().hex
        address = f"{url.replace('http', 'ws', 1)}jupyter/api/kernels/{uuid4()}/channels?session_id={self.session}"
        self.socket = connect(address, additional_headers={"Cookie": cookie}, max_size=_MOST, open_timeout=60)
        control = uuid4().hex
        self.send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        run = {"method": "run", "args": {"path": f"/?{search}", "appName": None, "themes": {}, "dark": False}}
        self.send("comm_msg", {"comm_id": control, "data": run})

    def send(self, kind: str, content: dict) -> None:
        """Send a message of Jupyter's protocol."""
        header = {"msg_id": uuid4().hex, "msg_type": kind, "session": self.session, "username": "", "version": "5.2"}
        message = {"header": header, "content": content, "channel": "shell", "parent_header": {}, "metadata": {}}
        message["buffers"] = []
        self.socket.send(json.dumps(message))

    def turn(self, name: str, text: str) -> None:
        """Turn a lever."""
        self.tell({"event": "event_turn", "data": {"name": name, "text": text}})

    def tell(self, content: dict) -> None:
        """Send any content to the component of the levers, as only a forger would."""
        self.send("comm_msg", {"comm_id": self.levers, "data": {"method": "custom", "content": content}})

    def listen(self, until, patience: float) -> bool:
        """Take in what the server sends until something is so; False where it never came to be."""
        end = time.monotonic() + patience
        while not until(self):
            try:
                self._take(_read(self.socket.recv(timeout=max(0.01, end - time.monotonic()))))
            except TimeoutError:
                return False
        return True

    def _take(self, message: dict) -> None:
        content, kind = message.get("content", {}), message["header"]["msg_type"]
        state = content.get("data", {}).get("state", {}) if kind in ("comm_open", "comm_msg") else {}
        place = content.get("comm_id", "")
        if kind == "comm_open" and "spec" in state:
            self.levers = place
        if kind == "comm_open" and "pair" in state and "spec" not in state:
            self.stage = place
        if place == self.stage and "pair" in state:
            self.pair = state["pair"]
        text = json.dumps(state)
        if '"role": "alert"' in text or place in self.texts:
            self.texts.setdefault(place, {}).update(state)

    def said(self) -> str:
        """Return what stands in the lines that a screen reader reads out as alerts."""
        return json.dumps(self.texts, ensure_ascii=False)

    def forget(self) -> None:
        """Forget what those lines said."""
        for state in self.texts.values():
            state.clear()

    def fetch(self) -> int:
        """Fetch what the player plays, as the page does; return how many bytes came."""
        with urllib.request.urlopen(f"{self.url}onward/pair/{self.pair}", timeout=60) as answer:
            return len(answer.read())

    def leave(self) -> None:
        """Close the page."""
        self.socket.close()


def _read(message: str | bytes) -> dict:
    if isinstance(message, str):
        return json.loads(message)
    n = struct.unpack("!i", message[:4])[0]
    offsets = [*struct.unpack("!" + "I" * n, message[4 : 4 * (n + 1)]), None]
    return json.loads(message[offsets[0] : offsets[1]].decode())
