"""A connection to a node that can be cut and mended while somebody writes."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit

_CHUNK = 65_536


class Connection:
    """Passes bytes on to a node. cut_after: so many bytes more, then it is cut; None for never."""

    def __init__(self, node_url):
        parts = urlsplit(node_url)
        self._node = (parts.hostname, parts.port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.cut_after = None
        self.cuts = 0
        self._open = []
        threading.Thread(target=self._accept, daemon=True).start()

    def mend(self):
        self.cut_after = None

    def close(self):
        self._server.close()
        self._hang_up()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                if self._is_cut():
                    client.close()
                    continue
                node = socket.create_connection(self._node)
                self._open += [client, node]
                for source, target, counted in ((client, node, True), (node, client, False)):
                    threading.Thread(
                        target=self._pass_on, args=(source, target, counted), daemon=True
                    ).start()

    def _is_cut(self):
        return self.cut_after is not None and self.cut_after <= 0

    def _pass_on(self, source, target, counted):
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                if counted and self.cut_after is not None:
                    self.cut_after -= len(data)
                    if self._is_cut():
                        self.cuts += 1
                        self._hang_up()
                        return
                target.sendall(data)
        for one in (source, target):
            one.close()

    def _hang_up(self):
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open = []
