"""The body of a request, of whatever type: read by large pieces, and whole or refused."""

import io
from typing import IO, Any

from werkzeug.exceptions import ClientDisconnected

from service.errors import BrokenBodyError

_PIECE = 1 << 16


def whole_body(stream: IO[bytes], length: int | None) -> io.BufferedReader:
    r"""A body read by large pieces, which raises `BrokenBodyError` if it ends too soon.

    Parameters
    ----------
    stream : file
        As the server gives it; it may hand over a byte at a time to who asks for lines.
    length : int or None
        What the sender announced.

    Examples
    --------
    >>> whole_body(io.BytesIO(b"a\nb"), 3).readlines()
    [b'a\n', b'b']
    """
    return io.BufferedReader(_Body(stream, length), _PIECE)


class _Body(io.RawIOBase):
    def __init__(self, stream: IO[bytes], length: int | None) -> None:
        self.stream, self.left = stream, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            piece = self.stream.read(len(buffer))
        except (OSError, ClientDisconnected) as error:
            raise BrokenBodyError(f"the body broke off: {error}") from None
        if self.left is not None:
            self.left -= len(piece)
            if not piece and self.left > 0:
                raise BrokenBodyError(f"the body broke off {self.left} bytes before its end")
        buffer[: len(piece)] = piece
        return len(piece)
