"""An ASGI layer round the whole app: names the version in a header, and applies the knobs that concern every request."""

import asyncio

from . import knobs

VERSION_HEADER = (b"x-app-version", knobs.VERSION.encode())
ERROR_BODY = b'{"detail":"the ERROR_PERCENT knob"}'


class Behaviour:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if any(name == b"x-forwarded-for" for name, _ in scope["headers"]):
            knobs.saw_proxied_request()

        async def send_with_version(message):
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), VERSION_HEADER]
            await send(message)

        if scope["path"] == "/api/health":
            return await self.app(scope, receive, send_with_version)
        if knobs.SLOW_SECONDS:
            await asyncio.sleep(knobs.SLOW_SECONDS)
        if knobs.must_err():
            return await answer_with_error(send_with_version)
        await self.app(scope, receive, send_with_version)


async def answer_with_error(send):
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(ERROR_BODY)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": ERROR_BODY})
