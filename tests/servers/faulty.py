"""A network that fails: a proxy in front of a server that passes everything on until a fault is told to happen.

    proxy = Faulty(host, port)
    proxy.fault("reset", text=b"COMMIT")          # when the client sends it, which the server does not get
    proxy.fault("reset", text=b"COMMIT", answer=True)  # the server gets it; its answer is lost
    proxy.fault("silence", after=300)             # when that many bytes have come from the client
    proxy.fault("reset", connect=True)            # when a client connects
    proxy.heal(); proxy.close()

Faults: "reset" (both sides see the connection cut), "close" (the server's side is closed for the client, as when a
server ends it; what the client still sends is dropped), "silence" (nothing is passed on any more, in either
direction; the sockets stay open), "delay" (seconds=..., then everything goes on). With everywhere=True new connections
are answered by silence as well, until heal(). Each fault happens once, on the first connection that meets it."""
import socket
import struct
import threading
import time


class Fault:
    def __init__(self, kind, text=None, after=None, connect=False, answer=False, everywhere=False, seconds=0.0):
        self.kind, self.text, self.after, self.connect = kind, text, after, connect
        self.answer, self.everywhere, self.seconds = answer, everywhere, seconds
        self.happened = threading.Event()


class Link:
    """One connection: two sockets, and a thread for each direction."""

    def __init__(self, proxy, client):
        self.proxy, self.client, self.server = proxy, client, None
        self.lock = threading.Lock()
        self.seen, self.sent = b"", 0
        self.silent = self.drop_answers = False
        self.ends = 0

    def start(self):
        if self.proxy.silent:
            self.silent = True
            return
        fault = self.proxy.take(lambda f: f.connect)
        if fault and not self.strike(fault):
            return
        try:
            self.server = socket.create_connection(self.proxy.upstream)
        except OSError:
            return self.cut()
        for s in (self.client, self.server):
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self.pump, args=(self.client, self.server, True), daemon=True).start()
        threading.Thread(target=self.pump, args=(self.server, self.client, False), daemon=True).start()

    def pump(self, source, target, from_client):
        while True:
            try:
                data = source.recv(1 << 16)
            except OSError:
                data = b""
            if not data:
                break
            if not (self.from_client(data) if from_client else self.from_server()):
                continue
            try:
                target.sendall(data)
            except OSError:
                break
        self.ended(target)

    def from_client(self, data):
        """Whether the data goes on."""
        if self.silent:
            return False
        self.seen, self.sent = (self.seen + data)[-(1 << 17):], self.sent + len(data)
        fault = self.proxy.take(lambda f: (f.text and f.text in self.seen) or (f.after and self.sent >= f.after))
        if fault and fault.answer:
            self.drop_answers = fault
            return True
        return self.strike(fault) if fault else not self.silent

    def from_server(self):
        if self.drop_answers:
            fault, self.drop_answers = self.drop_answers, None
            self.strike(fault)
            return False
        return not self.silent

    def strike(self, fault):
        """Whether data goes on afterwards."""
        if fault.everywhere:
            self.proxy.silence()
        if fault.kind == "reset":
            self.cut()
        elif fault.kind == "close":
            self.silent = True
            self.client.shutdown(socket.SHUT_WR)
            if self.server:
                self.server.close()
        elif fault.kind == "silence":
            self.silent = True
        else:
            time.sleep(fault.seconds)
        fault.happened.set()
        return fault.kind == "delay"

    def cut(self):
        self.silent = True
        for s in (self.client, self.server):
            if s:
                try:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    s.shutdown(socket.SHUT_RD)  # wakes the thread that reads; the close then sends the reset
                except OSError:
                    pass
                s.close()

    def ended(self, target):
        if self.silent:
            return
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        with self.lock:
            self.ends += 1
            both = self.ends == 2
        if both:
            self.client.close()
            self.server.close()


class Faulty:
    def __init__(self, host, port):
        self.upstream = (host, port)
        self.lock = threading.Lock()
        self.faults, self.links, self.silent = [], [], False
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            link = Link(self, client)
            with self.lock:
                self.links.append(link)
            threading.Thread(target=link.start, daemon=True).start()

    def fault(self, kind, **when):
        f = Fault(kind, **when)
        with self.lock:
            self.faults.append(f)
        return f

    def take(self, meets):
        with self.lock:
            for f in self.faults:
                if meets(f):
                    self.faults.remove(f)
                    return f
        return None

    def silence(self):
        """Nothing is passed on any more, on any connection."""
        with self.lock:
            self.silent = True
            for link in self.links:
                link.silent = True

    def heal(self):
        """New connections work; those that a fault has met stay as they are."""
        with self.lock:
            self.silent = False
            self.faults.clear()

    def connections(self):
        with self.lock:
            return len(self.links)

    def close(self):
        self.listener.close()
        with self.lock:
            links = list(self.links)
        for link in links:
            link.cut()
