"""A folder that is shared: its name, what is published of it, and who serves it."""

import os
import secrets
import socket
import ssl
import tempfile
import unicodedata

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding, NoEncryption, PrivateFormat, PublicFormat)

from hash_tree import Content, hash_file
from login import Index
from sealed import from_base64url, to_base64url
from session import Session
from upload import ServedFile, UploadPort


class Share:
    """The files of a folder by their names, and the port at which they are served."""

    def __init__(self, folder: str, user: str, index: Index) -> None:
        self.folder, self.files = folder, {}
        self.name = kept_name(os.path.join(folder, f".share-{user}"))
        self.key = ec.generate_private_key(ec.SECP256R1())
        with socket.socket(index.family, socket.SOCK_DGRAM) as probe:
            probe.connect(index.address)
            host = probe.getsockname()[0]
        self.port = UploadPort(host, index.family, self._file_of)

    def publish(self, session: Session) -> None:
        """Certifies the key for a new session, and tells the index what differs."""
        spki = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self._show(from_base64url(session.ask("cert", to_base64url(spki))[0][1]))
        self.port.session, self.files = session, dict(self._scan())
        listed = self._listed()
        for name in listed.keys() - self.files.keys():
            session.ask("unp", name)
        for name, file in self.files.items():
            if listed.get(name) != file.content:
                session.ask("pub", name, str(file.content.size), file.content.id)

    def drop_withdrawn(self) -> None:
        """Serves nothing that another session has withdrawn."""
        listed = self._listed()
        self.files = {name: file for name, file in self.files.items() if name in listed}

    def _listed(self) -> dict[str, Content]:
        rows = self.port.session.pages(lambda after: ("lpf", "", after, "share"))
        return {name: Content(file_id, int(size or 0)) for name, size, file_id, *_ in rows}

    def _file_of(self, content: Content) -> ServedFile | None:
        return next((file for file in self.files.values() if file.content == content), None)

    def _scan(self):
        for folder, folders, names in os.walk(self.folder):
            folders[:] = [it for it in folders if not it.startswith(".")]
            for path in (os.path.join(folder, it) for it in names if not it.startswith(".")):
                name = os.path.relpath(path, self.folder).replace(os.sep, "/")
                with open(path, "rb") as file:
                    served = ServedFile(path, *hash_file(file, os.path.getsize(path)))
                yield unicodedata.normalize("NFC", name), served

    def _show(self, certificate: bytes) -> None:
        """Python takes keys and certificates from files only."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with tempfile.NamedTemporaryFile() as file:
            file.write(key + ssl.DER_cert_to_PEM_cert(certificate).encode())
            file.flush()
            self.port.context.load_cert_chain(file.name)


def kept_name(path: str) -> str:
    """The name of a share, made once and kept in a file."""
    if not os.path.exists(path):
        with open(path, "x", encoding="ascii") as file:
            file.write(secrets.token_hex(8))
    with open(path, encoding="ascii") as file:
        return file.read()
