"""A client of protocol 2, written from docs/protocol.md and its test vectors alone.

    client.py key HOST PORT USER -- COMMAND...              the index's signing key
    client.py sch HOST PORT USER SEARCH -- COMMAND...       one JSON object for each name found
    client.py roam HOST PORT USER SEARCH -- COMMAND...      the same, each page from another port
    client.py get HOST PORT USER WHAT FILE -- COMMAND...    fetches a name or a content into FILE
    client.py share HOST PORT USER FOLDER -- COMMAND...     serves FOLDER until its input ends

The password is in BITTRICKLE_PASSWORD, the signing key of the index in BITTRICKLE_SIGNING_KEY if it
is known. COMMAND computes OPAQUE: see opaque.mjs. This client keeps no pins, and is for tests only.
"""

import json
import os
import sys
import threading

from download import Download, Row
from hash_tree import Content
from login import Attempt, Index, Refused
from sealed import from_base64url
from session import Over, Session
from share import Share

ONLY_ASKS, NO_PORT, HEARTBEAT_SECONDS = "-", 65535, 2


class Client:
    """A user at an index, who is there until the end of the program."""

    def __init__(self, host: str, port: str, user: str, command: list[str]) -> None:
        self.index, self.user, self.command = Index(host, int(port)), user, command
        self.signing_key = os.environ.get("BITTRICKLE_SIGNING_KEY")

    def log_in(self, share: Share | None = None) -> Session:
        password = os.environ["BITTRICKLE_PASSWORD"]
        attempt = Attempt(self.command, self.user, password, self.signing_key)
        name, port = (share.name, share.port.number) if share else (ONLY_ASKS, NO_PORT)
        session = Session(self.index, attempt, name, port)
        self.signing_key = session.signing_key
        threading.Thread(target=self._stay, args=[session, share], daemon=True).start()
        return session

    def _stay(self, session: Session, share: Share | None) -> None:
        while not session.ended.wait(HEARTBEAT_SECONDS):
            try:
                if session.heartbeat() and share:
                    share.drop_withdrawn()
            except Over:
                if share:
                    share.publish(self.log_in(share))
                return
            except Refused as refusal:
                print(refusal, file=sys.stderr)

    def search(self, text: str, is_roaming: bool = False) -> None:
        session = self.log_in()

        def request(after: str):
            if is_roaming:
                self.index.move()
            return "sch", text, after

        for row in session.pages(request):
            name, size, file_id, *_ = (*row, "", "")
            size = int(size) if size else None
            print(json.dumps({"name": name, "size": size, "id": file_id or None}))
        session.leave()

    def get(self, what: str, path: str) -> None:
        session = self.log_in()

        def rows(what: str) -> list[Row]:
            rows = [Row(*fields[:10]) for fields in session.ask("get", what)[1:]]
            return [row for row in rows if row.ticket]

        contents = {Content(row.id, int(row.size)) for row in rows(what)}
        if len(contents) != 1:
            raise Refused("\n".join(["which content?", *map(str, contents)]))
        content, = contents
        download = Download(content, path, from_base64url(session.ask("ca")[0][1]))
        download.run(lambda: rows(str(content)))
        download.keep()
        print(json.dumps({"content": str(content), "from": download.came_from}))
        session.leave()

    def share(self, folder: str) -> None:
        share = Share(folder, self.user, self.index)
        share.publish(self.log_in(share))
        print(json.dumps({"share": share.name, "files": sorted(share.files)}), flush=True)
        sys.stdin.read()
        share.port.session.leave()


def main(arguments: list[str]) -> None:
    split = arguments.index("--")
    (verb, host, port, user, *rest), command = arguments[:split], arguments[split + 1:]
    client = Client(host, port, user, command)
    if verb == "key":
        client.log_in()
        print(client.signing_key)
    elif verb == "roam":
        client.search(*rest, is_roaming=True)
    else:
        {"sch": client.search, "get": client.get, "share": client.share}[verb](*rest)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (OSError, Refused) as refusal:
        sys.exit(str(refusal))
