"""A network in between: what goes through arrives half a round trip later, and round trips are counted.

One round trip is a wait of the client: it has sent something (or connected) and hears from the server after that.
However much is sent in one go, and however much comes back, counts once. TCP's own handshake is one as well; a
server that speaks first costs another. Nobody waits for an answer to a goodbye, so it is not counted.
"""
import heapq
import selectors
import socket
import threading
import time


class Link:
    """One connection: the two sockets, and which way data went last."""

    def __init__(self, client, begins):
        self.client, self.server, self.begins = client, None, begins
        self.asked = True  # connecting is asking
        self.closed = False


class Relay:
    def __init__(self, host, port, round_trip):
        self.upstream, self.half = (host, port), round_trip / 2
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.due, self.order = [], 0
        self.stopping = False
        self.reset()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.wake_end, wake = socket.socketpair()
        self.selector.register(wake, selectors.EVENT_READ)
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def reset(self):
        self.round_trips = self.connections = self.sent = self.received = 0

    def close(self):
        self.stopping = True
        self.wake_end.send(b"x")
        self.thread.join()
        self.listener.close()

    def at(self, when, action):
        self.order += 1  # ties keep the order of arrival
        heapq.heappush(self.due, (when, self.order, action))

    def work(self):
        while not self.stopping:
            wait = max(0, self.due[0][0] - time.monotonic()) if self.due else None
            events = self.selector.select(wait)
            now = time.monotonic()
            for key, _ in events:
                if key.fileobj is self.listener:
                    self.accept(now)
                elif key.data:
                    self.read(key.data[0], key.data[1], now)
            while self.due and self.due[0][0] <= time.monotonic():
                heapq.heappop(self.due)[2]()

    def accept(self, now):
        client, _ = self.listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The client believes to be connected at once; its handshake is made up for here.
        link = Link(client, now + 2 * self.half)
        self.connections += 1
        self.round_trips += 1
        self.at(link.begins + self.half, lambda: self.connect(link))

    def connect(self, link):
        link.server = socket.create_connection(self.upstream)
        link.server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(link.client, selectors.EVENT_READ, (link, True))
        self.selector.register(link.server, selectors.EVENT_READ, (link, False))
        # What the client said during the handshake that it did not see has been on its way for half of it.
        link.client.setblocking(False)
        try:
            data = link.client.recv(1 << 18)
        except BlockingIOError:
            data = None
        link.client.setblocking(True)
        if data is not None:
            self.deliver(link, True, data)

    def read(self, link, from_client, now):
        if link.closed:
            return
        source = link.client if from_client else link.server
        try:
            data = source.recv(1 << 18)
        except OSError:
            data = b""
        if not data:
            self.selector.unregister(source)
        self.at(max(now, link.begins) + self.half, lambda: self.deliver(link, from_client, data))

    def deliver(self, link, from_client, data):
        if link.closed:
            return
        if from_client:
            link.asked = True
            self.sent += len(data)
        elif data:
            self.received += len(data)
            if link.asked:
                self.round_trips += 1
            link.asked = False
        try:
            if data:
                (link.server if from_client else link.client).sendall(data)
                return
        except OSError:
            pass
        self.end(link)

    def end(self, link):
        link.closed = True
        for s in (link.client, link.server):
            try:
                self.selector.unregister(s)
            except KeyError:
                pass
            s.close()
