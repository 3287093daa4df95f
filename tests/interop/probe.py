"""Asks all sources of a content the same, to compare what they answer.

    probe.py HOST PORT USER CONTENT -- COMMAND...

Reads a list of connections as JSON, each a list of requests in which TICKET stands for a good one.
Writes what each user's source answered: on each connection, for each request, the reply and the
SHA-256 of each record, and "closed" where that was the end.
"""

import hashlib
import json
import sys

from client import Client
from download import MOST_REPLY_BYTES, Row, Source
from hash_tree import PIECE
from sealed import from_base64url
from transfer import tls


def answer(source: Source) -> list[str]:
    """The reply to a request, and what came with it."""
    reply = source.receive(MOST_REPLY_BYTES).decode()
    if reply.startswith("429 "):
        return answer(source)
    records = range(int(reply[4:]) if reply.startswith("200 ") else 0)
    return [reply, *(hashlib.sha256(source.receive(PIECE)).hexdigest() for _ in records)]


def probe(row: Row, context, requests: list[str]) -> list[list[str]]:
    """What a source answers to the requests of one connection."""
    source, answers = Source(row, context), []
    with source.connection, source.stream:
        try:
            for request in requests:
                source.send(request.replace("TICKET", row.ticket))
                answers.append(answer(source))
            source.connection.settimeout(0.2)
            source.receive(MOST_REPLY_BYTES)
        except TimeoutError:
            return answers
        except OSError:
            return [*answers, ["closed"]]
    raise AssertionError("more came than was asked for")


def main(arguments: list[str]) -> None:
    split = arguments.index("--")
    (host, port, user, content), command = arguments[:split], arguments[split + 1:]
    client = Client(host, port, user, command)
    client.log_in()
    context = tls(is_server=False)
    context.load_verify_locations(cadata=from_base64url(client.session.ask("ca")[0][1]))
    connections = json.loads(sys.stdin.read())
    rows = [Row(*fields) for fields in client.session.ask("get", content)[1:]]
    print(json.dumps({row.user: [probe(row, context, it) for it in connections] for row in rows}))


if __name__ == "__main__":
    main(sys.argv[1:])
