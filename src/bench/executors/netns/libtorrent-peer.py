"""One libtorrent peer with its own defaults; peers come from the tracker only.

Told on standard input, one JSON object: {"torrent": base64, "file": path, "isSeeder": bool, "host": address}.
Tells on standard output, one JSON object a line: {"up": bytes, "down": bytes, "share": 0 to 1, "isDone": bool}.
Ends when standard input is closed.
"""
import base64
import json
import os
import sys
import threading

import libtorrent as lt

INTERVAL_MS = 250
PEER_PORT = 6881


def tell(**what):
    print(json.dumps(what), flush=True)


def end_with_parent():
    while sys.stdin.readline():
        pass
    os._exit(0)


tell(version=lt.version)
task = json.loads(sys.stdin.readline())
threading.Thread(target=end_with_parent, daemon=True).start()

session = lt.session(
    {
        "listen_interfaces": f"{task['host']}:{PEER_PORT}",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_outgoing_utp": False,
        "enable_incoming_utp": False,
        "alert_mask": lt.alert.category_t.status_notification | lt.alert.category_t.error_notification,
    }
)
info = lt.torrent_info(lt.bdecode(base64.b64decode(task["torrent"])))
info.rename_file(0, os.path.basename(task["file"]))
params = lt.add_torrent_params()
params.ti = info
params.save_path = os.path.dirname(task["file"])
params.flags |= lt.torrent_flags.disable_pex
params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
if task["isSeeder"]:
    params.flags |= lt.torrent_flags.seed_mode
torrent = session.add_torrent(params)

is_done = False
while True:
    session.wait_for_alert(INTERVAL_MS)
    for alert in session.pop_alerts():
        if isinstance(alert, lt.torrent_finished_alert):
            is_done = True
        if isinstance(alert, (lt.torrent_error_alert, lt.file_error_alert, lt.listen_failed_alert)):
            sys.exit(alert.message())
    status = torrent.status()
    tell(
        up=status.total_payload_upload,
        down=status.total_payload_download,
        share=status.progress,
        isDone=is_done or task["isSeeder"],
    )
