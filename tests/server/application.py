"""A small ASGI application that shows what the server does, and its server process.

Each path of a WebSocket is one behaviour; see `BEHAVIOURS`. The first message of most says who
answers: {"pid": ...}.
"""

import asyncio
import json
import os
import sys
import threading
from pathlib import Path

from chatsite import frames
from chatsite.server_process import prepare, serve

open_wires: set = set()


async def application(scope, receive, send):
    if scope["type"] == "http":
        await http(scope, receive, send)
    else:
        await BEHAVIOURS[scope["path"]](scope, receive, send)


async def drain():
    if "DRAIN_HANGS" in os.environ:
        await asyncio.Event().wait()
    if "DRAIN_FAILS" in os.environ:
        raise RuntimeError("the drain of the application failed")
    for wire in list(open_wires):
        tell(wire, last="words")
        wire.close(4412)
    while open_wires:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def tell(wire, **facts):
    wire.send(frames.frame(frames.TEXT, json.dumps(facts).encode()))


async def wire_of(scope, receive, send):
    """Accept, and return the wire with its end watched. Until then it is paused."""
    wire = scope["extensions"]["chat.wire"]
    wire.pause()
    assert await receive() == {"type": "websocket.connect"}
    offered = scope["subprotocols"]
    await send({"type": "websocket.accept", "subprotocol": offered[0] if offered else None})
    open_wires.add(wire)
    wire.on_close = lambda code: open_wires.discard(wire)
    tell(wire, pid=os.getpid())
    wire.resume()
    return wire


async def echo(scope, receive, send):
    """Text comes back inline; a binary message is answered by words; the application returns."""
    wire = await wire_of(scope, receive, send)
    wire.on_text = lambda payload: wire.send(frames.frame(frames.TEXT, payload))
    wire.on_binary = lambda: tell(wire, binary=True)


async def asgi_echo(scope, receive, send):
    """The ASGI way, with nothing of ours."""
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", **{k: event[k] for k in event if k != "type"}})
    if "CLOSES" in os.environ:
        Path(os.environ["CLOSES"]).write_text(str(event["code"]))


async def idle(scope, receive, send):
    """Accept, and never take a message from the queue."""
    await receive()
    await send({"type": "websocket.accept"})
    await asyncio.Event().wait()


async def pausing(scope, receive, send):
    """Messages are counted; `pause` stops reading until a file appears."""
    wire = await wire_of(scope, receive, send)
    seen = 0

    def on_text(payload):
        nonlocal seen
        seen += 1
        if payload == b"pause":
            wire.pause()
            asyncio.get_running_loop().call_later(0.3, go_on)

    def go_on():
        tell(wire, seen=seen)
        wire.resume()

    wire.on_text = on_text
    wire.on_binary = lambda: tell(wire, seen=seen)


async def filling(scope, receive, send):
    """A number as text: so many frames of 64 KiB are sent; then what is unsent is told in a file
    named by the environment, and in words once all has gone."""
    wire = await wire_of(scope, receive, send)
    frame = frames.frame(frames.TEXT, b"x" * 65536)

    def on_text(payload):
        for _ in range(int(payload)):
            wire.send(frame)
        Path(os.environ["UNSENT"]).write_text(str(wire.unsent))
        wire.when_drained(lambda: tell(wire, drained=True, unsent=wire.unsent))

    wire.on_text = on_text


async def asgi_filling(scope, receive, send):
    """Send 64 KiB at a time by ASGI, and keep in a file how many left."""
    await receive()
    await send({"type": "websocket.accept"})
    for n in range(1000):
        await send({"type": "websocket.send", "text": "x" * 65536})
        Path(os.environ["UNSENT"]).write_text(str(n + 1))


async def closing(scope, receive, send):
    """A code as text: closed with it. `abort`: dropped. `raise`: a bug."""
    wire = await wire_of(scope, receive, send)

    def on_text(payload):
        if payload == b"abort":
            wire.abort()
        elif payload == b"raise":
            raise RuntimeError("a bug of the application")
        else:
            tell(wire, before="the end")
            wire.close(int(payload))
            wire.send(frames.frame(frames.TEXT, b"after the end"))

    wire.on_text = on_text


async def refusing(scope, receive, send):
    await receive()
    await send({"type": "websocket.close"})


async def broken(scope, receive, send):
    raise RuntimeError("broken before it answered")


async def broken_later(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    raise RuntimeError("broken after it accepted")


async def returning(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})


async def silent(scope, receive, send):
    """Return without an answer."""


async def patient(scope, receive, send):
    """Take its time to answer, and tell what it hears."""
    await receive()
    print("patient: waiting", flush=True)
    event = await receive()
    print("patient:", event["type"], event["code"], flush=True)


async def scope_of(scope, receive, send):
    wire = await wire_of(scope, receive, send)
    tell(wire, client=scope["client"], scheme=scope["scheme"], path=scope["path"])


BEHAVIOURS = {
    "/echo": echo,
    "/asgi-echo": asgi_echo,
    "/idle": idle,
    "/pausing": pausing,
    "/filling": filling,
    "/asgi-filling": asgi_filling,
    "/closing": closing,
    "/refusing": refusing,
    "/broken": broken,
    "/broken-later": broken_later,
    "/returning": returning,
    "/silent": silent,
    "/patient": patient,
    "/scope": scope_of,
}


async def http(scope, receive, send):
    await receive()
    status, body = 200, b""
    match scope["path"]:
        case "/slow":
            print("slow: began", flush=True)
            await asyncio.sleep(1)
            body = b"slow, but whole"
        case "/thread":
            print("thread: hangs", flush=True)
            await asyncio.to_thread(threading.Event().wait)
        case "/broken":
            raise RuntimeError("broken page")
        case "/broken-half":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
            raise RuntimeError("broken half way")
        case "/large":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for n in range(1000):
                await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
                Path(os.environ["UNSENT"]).write_text(str(n + 1))
        case _:
            facts = {key: scope[key] for key in ("client", "scheme", "root_path")}
            body = json.dumps({"pid": os.getpid(), **facts}).encode()
    if scope["path"] != "/large":
        await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    prepare()
    if "NEVER_READY" in os.environ:
        sys.exit(3)
    serve(application, drain, trusted_proxies=int(os.environ.get("TRUSTED_PROXY_COUNT", "0")))
