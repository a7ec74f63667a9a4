"""Drops all its connections at once and brings them back at once, again and again: storm.py PORT PID CONNECTIONS FIN|RST...
Half of the sessions outlive their connection (they must be present, with their subscription), half are clean (they subscribe anew), all at QoS 1.
Prints a line for each storm; the exit status is 0 when every connection was accepted in time with the session that it was to have, when a message reached all of
them after the last storm, and when memory came back: the managed heap to what it was before the first storm, resident memory to what it was after it."""
import os
import select
import socket
import struct
import sys
import time

TIMEOUT = 30  # for all of them to be up
QUIET = 3  # after which memory is read
TOLERANCE = 1.15  # each is read after a full collection


def text(value):
    encoded = value.encode()
    return struct.pack(">H", len(encoded)) + encoded


def packet(first, body):
    assert len(body) < 128
    return bytes([first, len(body)]) + body


class Client:
    def __init__(self, number):
        self.durable = number % 2 == 0
        self.present = False
        properties = struct.pack(">BBI", 5, 0x11, 3600 if self.durable else 0)
        self.connect = packet(0x10, text("MQTT") + bytes([5, 0 if self.durable else 2, 0, 0]) + properties + text(f"storm-{number}"))
        self.subscribe = packet(0x82, b"\0\1\0" + text("storm/all") + b"\1")

    def dial(self, loop, port, source):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        # A storm has addresses of its own: the ports of those that ended a moment ago are not free.
        self.socket.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        self.socket.bind((source, 0))
        self.began = time.perf_counter()
        self.socket.connect_ex(("127.0.0.1", port))
        self.state, self.input = "dialled", b""
        loop.register(self.socket.fileno(), select.EPOLLOUT)

    def drop(self, reset):
        if reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def ready(self, loop):
        """True when it is up, or has the message that is awaited."""
        if self.state == "dialled":
            error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error:
                raise OSError(error, os.strerror(error))
            self.socket.send(self.connect)
            self.state = "connecting"
            loop.modify(self.socket.fileno(), select.EPOLLIN)
            return False
        more = self.socket.recv(4096)
        if not more:
            raise OSError("closed by the broker")
        self.input += more
        while len(self.input) >= 2 and len(self.input) >= 2 + self.input[1]:
            frame, self.input = self.input[: 2 + self.input[1]], self.input[2 + self.input[1] :]
            if self.take(frame):
                return True
        return False

    def take(self, frame):
        kind = frame[0] >> 4
        if kind == 2:
            if frame[3] or frame[2] != self.present:
                raise OSError(f"CONNACK {frame[2:4].hex()}, session {'expected' if self.present else 'not expected'}")
            self.latency = time.perf_counter() - self.began
            if self.present:
                self.state = "up"
                return True
            self.socket.send(self.subscribe)
        elif kind == 9:
            if frame[-1] != 1:
                raise OSError(f"SUBACK {frame.hex()}")
            self.present = self.durable
            self.state = "up"
            return True
        elif kind == 3:
            self.socket.send(b"\x40\2" + frame[13:15])
            return True
        return False


def run(loop, clients, what):
    waiting = {client.socket.fileno(): client for client in clients}
    end, failures = time.perf_counter() + TIMEOUT, []
    while waiting and time.perf_counter() < end:
        for descriptor, _ in loop.poll(1):
            client = waiting.get(descriptor)
            try:
                if client and client.ready(loop):
                    del waiting[descriptor]
            except OSError as failure:
                failures.append(str(failure))
                del waiting[descriptor]
                loop.unregister(descriptor)
    if waiting or failures:
        print(f"{what}: {len(waiting)} timed out, {len(failures)} failed {sorted(set(failures))[:5]}")
    return not waiting and not failures


def cpu(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def collect(pid):
    """Has the runtime collect its whole heap, as its diagnostic port does for who asks for heap events."""
    folder = os.environ.get("TMPDIR", "/tmp")
    name = next(name for name in os.listdir(folder) if name.startswith(f"dotnet-diagnostic-{pid}-") and name.endswith("-socket"))
    provider = "Microsoft-Windows-DotNETRuntime\0"
    # CollectTracing: buffer in MB, nettrace; one provider with keywords GC and ManagedHeapCollect, informational, without arguments.
    body = struct.pack("<IIIQII", 16, 1, 1, 0x800001, 4, len(provider)) + provider.encode("utf-16-le") + struct.pack("<I", 0)
    with socket.socket(socket.AF_UNIX) as port:
        port.connect(os.path.join(folder, name))
        port.sendall(struct.pack("<14sHBBH", b"DOTNET_IPC_V1\0", 20 + len(body), 2, 2, 0) + body)
        port.settimeout(1)
        try:
            while port.recv(65536):
                pass
        except TimeoutError:
            pass


def heap(port):
    """What the broker says of its managed heap: the second value is of after the subscription."""
    values = b""
    with socket.create_connection(("127.0.0.1", port), 10) as reader:
        reader.sendall(packet(0x10, text("MQTT") + b"\4\2\0\0" + text("storm-reader")) + packet(0x82, b"\0\1" + text("$SYS/broker/heap/current") + b"\0"))
        while values.count(b"heap/current") < 2 or not values[values.rindex(b"heap/current") + 12 :].isdigit():
            values += reader.recv(4096)
    return int(values[values.rindex(b"heap/current") + 12 :])


def memory(port, pid):
    """MiB of managed heap and of resident memory, after collections that leave nothing to collect and time for the runtime to give memory back."""
    for _ in range(2):
        collect(pid)
        time.sleep(QUIET)
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return heap(port) / 2**20, resident / 2**20


def report(what, clients, seconds, used, heap, resident):
    latencies = sorted(client.latency * 1000 for client in clients)
    at = [latencies[min(len(latencies) - 1, int(len(latencies) * part))] for part in (0.5, 0.99, 1)]
    print(f"{what}: {seconds:.2f} s until all are up, CONNECT to CONNACK p50 {at[0]:.0f} ms p99 {at[1]:.0f} ms max {at[2]:.0f} ms, "
          f"broker {used / len(clients) * 1e6:.0f} µs CPU each, heap {heap:.1f} MiB, resident {resident:.1f} MiB", flush=True)


def main():
    port, pid, count, kinds = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    loop = select.epoll()
    clients = [Client(number) for number in range(count)]
    for begin in range(0, count, 100):
        for client in clients[begin : begin + 100]:
            client.dial(loop, port, "127.0.0.2")
        if not run(loop, clients[begin : begin + 100], "first connections"):
            return 1
    # The first storm finds code that was not compiled and buffers that were not there: it counts for the heap, and is what later ones are compared with.
    heap_before, resident = memory(port, pid)
    print(f"{count} connections: heap {heap_before:.1f} MiB, resident {resident:.1f} MiB", flush=True)
    residents = []
    for number, kind in enumerate(kinds):
        began, used = time.perf_counter(), cpu(pid)
        for client in clients:
            client.drop(kind == "RST")
        for client in clients:
            client.dial(loop, port, f"127.0.0.{3 + number}")
        if not run(loop, clients, kind):
            return 1
        seconds, used = time.perf_counter() - began, cpu(pid) - used
        heap_after, resident = memory(port, pid)
        residents.append(resident)
        report(f"storm {number + 1}, {kind}", clients, seconds, used, heap_after, resident)

    publisher = socket.create_connection(("127.0.0.1", port))
    publisher.sendall(packet(0x10, text("MQTT") + b"\5\2\0\0\0" + text("storm-publisher")) + packet(0x32, text("storm/all") + b"\0\1\0" + b"x"))
    reached = run(loop, clients, "the message")
    grown = heap_after / heap_before, residents[-1] / residents[0]
    print(f"a message {'reached all' if reached else 'did not reach all'}; heap {grown[0]:.3f} of what it was before, resident {grown[1]:.3f} of what it was after the first storm")
    return 0 if reached and max(grown) <= TOLERANCE else 1


sys.exit(main())
