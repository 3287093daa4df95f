"""A client of protocol 2, written from docs/protocol.md and its test vectors alone.

    client.py key HOST PORT USER -- COMMAND...              the index's signing key
    client.py sch HOST PORT USER SEARCH -- COMMAND...       one JSON object for each name found
    client.py roam HOST PORT USER SEARCH -- COMMAND...      the same, each page from another port
    client.py get HOST PORT USER WHAT FILE -- COMMAND...    fetches a name or a content into FILE
    client.py share HOST PORT USER FOLDER SHARE -- COMMAND...
                                           serves FOLDER as SHARE, 16 hexadecimal digits that stay
                                           the same for this user and folder, until the input ends

The password is in BITTRICKLE_PASSWORD, the signing key of the index in BITTRICKLE_SIGNING_KEY if it
is known. COMMAND computes OPAQUE: see opaque.mjs. This client keeps no pins, and is for tests only.
"""

import contextlib, json, os, sys, threading, time

from download import Download, Row
from hash_tree import Content
from index import NO_PORT, Index, Login, Over, Refused, Session
from sealed import from_base64url
from upload import Share

ONLY_ASKS, HEARTBEAT_SECONDS = "-", 2


class Client:
    """A user at an index, who is there until the end of the program."""

    def __init__(self, host: str, port: str, user: str, command: list[str]) -> None:
        self.index, self.user, self.command = Index(host, int(port)), user, command
        self.signing_key, self.shared = os.environ.get("BITTRICKLE_SIGNING_KEY"), None

    def log_in(self) -> None:
        """Begins a session, for what is shared if there is that."""
        login = Login(self.command, self.user, os.environ["BITTRICKLE_PASSWORD"], self.signing_key)
        served = (self.shared.name, self.shared.port) if self.shared else (ONLY_ASKS, NO_PORT)
        self.session = Session(self.index, login, *served)
        self.signing_key = self.session.signing_key
        if self.shared:
            self.shared.publish(self.session)

    def stay(self) -> None:
        """Keeps the session active, and logs in anew when it is over."""
        while True:
            time.sleep(HEARTBEAT_SECONDS)
            with contextlib.suppress(Refused):
                try:
                    self.session.heartbeat()
                except Over:
                    self.log_in()

    def key(self) -> None:
        print(self.signing_key)

    def roam(self, text: str) -> None:
        self.sch(text, self.index.move)

    def sch(self, text: str, move=lambda: None) -> None:
        """Searches; `move` is called before each page."""
        for name, *details in self.session.pages(lambda after: move() or ("sch", text, after)):
            size, id_, *_ = (*details, "", "")
            print(json.dumps(dict(name=name, size=int(size) if size else None, id=id_ or None)))

    def get(self, what: str, path: str) -> None:
        """Fetches a name or a content, if it is clear which content is meant."""
        contents = {Content(row.id, int(row.size)) for row in self._sources(what)}
        if len(contents) != 1:
            raise Refused("which content? " + " ".join(map(str, contents)))
        content, = contents
        download = Download(content, path, from_base64url(self.session.ask("ca")[0][1]))
        download.run(lambda: self._sources(str(content)))
        download.keep()
        print(json.dumps(download.came_from))

    def _sources(self, what: str) -> list[Row]:
        rows = [Row(*fields[:10]) for fields in self.session.ask("get", what)[1:]]
        return [row for row in rows if row.ticket]

    def share(self, *_: str) -> None:
        """Tells what is served, and serves it until the input ends."""
        print(json.dumps(sorted(self.shared.names)), flush=True)
        sys.stdin.read()


def main(arguments: list[str]) -> None:
    split = arguments.index("--")
    (verb, host, port, user, *rest), command = arguments[:split], arguments[split + 1:]
    client = Client(host, port, user, command)
    client.shared = Share(*rest, client.index.family) if verb == "share" else None
    client.log_in()
    threading.Thread(target=client.stay, daemon=True).start()
    getattr(client, verb)(*rest)
    client.session.ask("bye")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (OSError, Refused) as refusal:
        sys.exit(str(refusal))
