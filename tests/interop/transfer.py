"""Records between two peers, inside of TLS 1.3."""

import socket, ssl

ALPN, SILENCE_SECONDS, HANDSHAKE_SECONDS = "bittrickle/2", 10, 5


def tls(is_server: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols([ALPN])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


class Channel:
    """A connection between two peers."""

    def __init__(self, context: ssl.SSLContext, plain: socket.socket, **side) -> None:
        plain.settimeout(HANDSHAKE_SECONDS)
        self.connection = context.wrap_socket(plain, **side)
        self.stream = self.connection.makefile("rb")
        if self.connection.selected_alpn_protocol() != ALPN:
            raise OSError("the peer speaks another protocol")

    def send(self, *records: str | bytes) -> None:
        self.connection.settimeout(SILENCE_SECONDS)
        for record in records:
            data = record.encode() if isinstance(record, str) else record
            self.connection.sendall(len(data).to_bytes(4, "big") + data)

    def receive(self, limit: int) -> bytes:
        length = int.from_bytes(self._read(4), "big")
        if length > limit:
            raise OSError("a record is too long")
        return self._read(length)

    def _read(self, length: int) -> bytes:
        data = self.stream.read(length)
        if len(data) < length:
            raise OSError("the peer has closed")
        return data
