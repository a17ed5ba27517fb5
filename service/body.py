"""The body of a request, of whatever type: unpacked, read by large pieces, and whole or refused.

What a sender can do wrong on purpose is bounded here: a body may not come too slowly, may not
unpack to a mountain, and may not break off unnoticed.
"""

import io
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from flask import Request
from werkzeug.exceptions import ClientDisconnected

from service import messages
from service.errors import BodyTooLargeError, BodyTypeError, BrokenBodyError, SlowBodyError

_PIECE = 1 << 16

#: slowest average after the first wait, in bytes a second: a phone on a bad line has more
RATE = 200
#: a gzip body may unpack to so many times its size: text does to 5 or 10, lines that are much
#: alike to 50, zeros to 1000
RATIO = 200
#: what may be unpacked before the ratio is looked at
RATIO_FROM = 1 << 20
#: what the server reads of a body that nobody wants, in bytes; a connection with more ends
DRAINED = 1 << 16


def body_of(request: Request, wait_s: float) -> io.BufferedReader:
    """The request's body, unpacked if it is gzip.

    Parameters
    ----------
    request : Request
    wait_s : float
        Longest wait for its next piece, in seconds.

    Raises
    ------
    BodyTypeError
        If it is packed in another way.
    """
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise BodyTypeError(
            messages.BODY_ENCODING, headers={"Accept-Encoding": "gzip"}, found=encoding
        )
    socket = request.environ.get("gunicorn.socket")
    body = whole_body(request.stream, request.content_length, socket, wait_s)
    return body if encoding == "identity" else io.BufferedReader(_Unpacked(body), _PIECE)


def may_be_left(request: Request) -> bool:
    """Whether a refused request may leave so much unread that no other can follow it.

    The client must be told then: one that takes the connection for open loses its next request.
    """
    length = request.content_length
    return "Transfer-Encoding" in request.headers if length is None else length >= DRAINED


def read_whole(body: IO[bytes], limit: int) -> bytes:
    r"""All of a body; raises `BodyTooLargeError` as soon as it is longer than `limit` bytes.

    Examples
    --------
    >>> read_whole(io.BytesIO(b"abc"), 3)
    b'abc'
    """
    pieces, size = [], 0
    while piece := body.read(min(_PIECE, limit + 1 - size)):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise BodyTooLargeError(messages.BODY_TOO_LARGE, limit=limit)
    return b"".join(pieces)


def whole_body(
    stream: IO[bytes], length: int | None, socket: Any = None, wait_s: float = 30.0
) -> io.BufferedReader:
    r"""A body read by large pieces, which raises `BrokenBodyError` if it ends too soon.

    Parameters
    ----------
    stream : file
        As the server gives it; it may hand over a byte at a time to who asks for lines.
    length : int or None
        What the sender announced.
    socket : socket, optional
        Where the stream comes from, to bound the wait for it.
    wait_s : float
        That bound, in seconds.

    Examples
    --------
    >>> whole_body(io.BytesIO(b"a\nb"), 3).readlines()
    [b'a\n', b'b']
    """
    return io.BufferedReader(_Body(stream, length, socket, wait_s), _PIECE)


class _Body(io.RawIOBase):
    def __init__(self, stream: IO[bytes], length: int | None, socket: Any, wait_s: float) -> None:
        self.stream, self.left, self.socket, self.wait_s = stream, length, socket, wait_s
        self.waited_s, self.size = 0.0, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        started = time.monotonic()
        try:
            with _bounded(self.socket, self.wait_s):
                piece = self.stream.read(len(buffer))
        except TimeoutError:
            raise self._too_slow() from None
        except (OSError, ClientDisconnected) as error:
            raise BrokenBodyError(messages.BROKE_OFF) from error
        # only the time spent waiting for the sender counts, not the work on what it sent
        self.waited_s += time.monotonic() - started
        self.size += len(piece)
        if piece and self.size < RATE * (self.waited_s - self.wait_s):
            raise self._too_slow()
        if self.left is not None:
            self.left -= len(piece)
            if not piece and self.left > 0:
                raise BrokenBodyError(messages.BROKE_OFF_EARLY, left=self.left)
        buffer[: len(piece)] = piece
        return len(piece)

    def _too_slow(self) -> SlowBodyError:
        headers = {"Connection": "close"}
        return SlowBodyError(messages.TOO_SLOW, headers=headers, wait_s=self.wait_s, rate=RATE)


class _Unpacked(io.RawIOBase):
    """A gzip body as it was before packing; several members one after another are one body."""

    def __init__(self, packed: IO[bytes]) -> None:
        self.packed, self.unpacker = packed, zlib.decompressobj(wbits=31)
        self.waiting, self.size_in, self.size_out = b"", 0, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if self.unpacker.eof:
                if not (self.waiting or self._more()):
                    return 0
                self.unpacker = zlib.decompressobj(wbits=31)
            if not self.waiting:
                self._more()
            try:
                piece = self.unpacker.decompress(self.waiting, len(buffer))
            except zlib.error as error:
                raise BrokenBodyError(messages.BROKEN_GZIP) from error
            ended = not self.waiting and not self.unpacker.eof and not piece
            self.waiting = self.unpacker.unused_data or self.unpacker.unconsumed_tail
            if piece:
                self._weigh(len(piece))
                buffer[: len(piece)] = piece
                return len(piece)
            if ended:
                raise BrokenBodyError(messages.BROKEN_GZIP)

    def _more(self) -> bool:
        self.waiting = self.packed.read(_PIECE)
        self.size_in += len(self.waiting)
        return bool(self.waiting)

    def _weigh(self, n: int) -> None:
        self.size_out += n
        if self.size_out > max(RATIO_FROM, RATIO * self.size_in):
            raise BodyTooLargeError(messages.BOMB, ratio=RATIO)


@contextmanager
def _bounded(socket: Any, wait_s: float) -> Iterator[None]:
    """Let reads from `socket` wait `wait_s` at most; the server set no bound and gets it back."""
    if socket is None:
        yield
        return
    before = socket.gettimeout()
    socket.settimeout(wait_s)
    try:
        yield
    finally:
        socket.settimeout(before)
