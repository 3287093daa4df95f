"""One side of a BitTorrent v2 transfer over 127.0.0.1.

torrent.py seed <file> <torrent> <port>: makes the torrent, says so, serves until it is ended
torrent.py get <folder> <torrent> <port>: fetches the file into the folder and ends
"""

import os
import sys
import time

import libtorrent as lt

role, path, torrent, port = sys.argv[1:]
alone = {"enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False}
listen = f"127.0.0.1:{port if role == 'seed' else 0}"
tcp = {"enable_outgoing_utp": False, "enable_incoming_utp": False, "listen_interfaces": listen}
session = lt.session({**alone, **tcp})

if role == "seed":
    files = lt.file_storage()
    lt.add_files(files, path)
    made = lt.create_torrent(files, 0, lt.create_torrent.v2_only)
    lt.set_piece_hashes(made, os.path.dirname(path))
    with open(torrent, "wb") as out:
        out.write(lt.bencode(made.generate()))
    path = os.path.dirname(path)

handle = session.add_torrent({"ti": lt.torrent_info(torrent), "save_path": path})
if role == "get":
    handle.connect_peer(("127.0.0.1", int(port)))
told = False
while role == "seed" or not handle.status().is_seeding:
    if role == "seed" and not told and handle.status().is_seeding:
        print("ready", flush=True)
        told = True
    time.sleep(0.02)
