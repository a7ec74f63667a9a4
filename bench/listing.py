"""The client's side of listing.sh: connections of durable sessions, backlogs, walks of GET /api/v1/sessions.

listing.py hold PORT SESSIONS CONNECTED      connects as so many of the sessions, says "held", and keeps them until it ends
listing.py backlog PORT SESSIONS             leaves messages for every hundredth session, and 100,000 for one
listing.py churn PORT RATE                   so many clients a second connect and leave, until it ends
listing.py pages HTTP PID SESSIONS           pages of each kind: times, and the broker's CPU for 1,000 sessions
listing.py whole HTTP SESSIONS               one walk: no session is missing or there twice; exit status 1 otherwise
listing.py endless HTTP                      lists without pause until it ends
"""
import asyncio
import http.client
import itertools
import os
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")
LARGE = 100_000


def connect(client_id, clean):
    name = client_id.encode()
    body = b"\x00\x04MQTT\x04" + bytes([2 if clean else 0]) + b"\x00\x00" + len(name).to_bytes(2, "big") + name
    return b"\x10" + bytes([len(body)]) + body


def publish(topic, identifier):
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + identifier.to_bytes(2, "big") + b"x" * 100
    return b"\x32" + bytes([len(body) % 128 | 128, len(body) // 128] if len(body) > 127 else [len(body)]) + body


async def open_session(port, client_id, clean):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(connect(client_id, clean))
    answer = await reader.readexactly(4)
    if answer[3]:
        raise SystemExit(f"{client_id} is refused: {answer.hex()}")
    return reader, writer


async def hold(port, sessions, connected):
    held, gate = [], asyncio.Semaphore(64)

    async def one(number):
        async with gate:
            held.append(await open_session(port, f"session/{number}", clean=False))

    step = sessions / connected
    await asyncio.gather(*(one(1 + int(i * step)) for i in range(connected)))
    print("held", flush=True)
    await asyncio.Event().wait()


async def backlog(port, sessions):
    reader, writer = await open_session(port, "listing-publisher", clean=True)
    topics = itertools.chain(
        (f"sessions/{number}" for number in range(2, sessions + 1, 100) for _ in range(10)),
        itertools.repeat(f"sessions/{max(2, sessions // 2 + 1)}", LARGE))
    waiting = 0
    for identifier, topic in zip(itertools.cycle(range(1, 65_536)), topics):
        writer.write(publish(topic, identifier))
        waiting += 1
        if waiting == 500:
            await writer.drain()
            while waiting:
                await reader.readexactly(4)
                waiting -= 1
    for _ in range(waiting):
        await reader.readexactly(4)
    writer.close()


async def churn(port, rate):
    """Clients of new names among the others."""

    async def one(number):
        _, writer = await open_session(port, f"session/{number % 1000}-comes-{number}", clean=True)
        await asyncio.sleep(0.5)
        writer.write(b"\xe0\x00")
        await writer.drain()
        writer.close()

    started, tasks = time.monotonic(), set()
    for number in itertools.count():
        task = asyncio.create_task(one(number))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        await asyncio.sleep(max(0, started + (number + 1) / rate - time.monotonic()))


class Lister:
    def __init__(self, address):
        self.connection = http.client.HTTPConnection(address)
        self.times = []

    def walk(self, query):
        """The bodies of a walk's pages."""
        cursor = ""
        while cursor is not None:
            began = time.perf_counter()
            self.connection.request("GET", f"/api/v1/sessions?{query}{cursor}")
            answer = self.connection.getresponse()
            body = answer.read()
            self.times.append(time.perf_counter() - began)
            if answer.status != 200:
                raise SystemExit(f"{answer.status}: {body[:300]}")
            if b'"partial"' in body[-400:]:
                raise SystemExit(f"partial: {body[-400:]}")
            at = body.rindex(b'"cursor":') + len(b'"cursor":')
            cursor = None if body[at:at + 4] == b"null" else "&cursor=" + body[at + 1:body.index(b'"', at + 1)].decode()
            yield body


def cpu_of(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def pages(address, pid, sessions):
    kinds = [
        ("plain, 100 a page", "limit=100"),
        ("plain, 1,000 a page", "limit=1000"),
        ("connected", "connected=true&limit=1000"),
        ("not connected", "connected=false&limit=1000"),
        ("a prefix of a hundredth", "clientIdPrefix=session/42&limit=100"),
        ("few among all (lastSeenBefore)", "lastSeenBefore=2000-01-01T00:00:00Z&limit=100"),
        ("backlog (queuedMin=1), with counts", "queuedMin=1&fields=queuedMessages,queuedBytes&limit=100"),
        ("all with counts", "fields=queuedMessages,queuedBytes,subscriptions&limit=1000"),
    ]
    print("| list | pages | items | p50 ms | p99 ms | max ms | whole walk s | broker's CPU ms for 1,000 sessions looked at |\n|---|---|---|---|---|---|---|---|")
    for name, query in kinds:
        lister = Lister(address)
        items, cpu = 0, cpu_of(pid)
        for body in lister.walk(query):
            items += body.count(b'{"clientId":')
        used, times = cpu_of(pid) - cpu, sorted(lister.times)
        looked = items if "connected=true" in query or "Prefix" in query else sessions
        at = lambda share: 1000 * times[min(len(times) - 1, int(len(times) * share))]
        print(f"| {name} | {len(times)} | {items} | {at(0.5):.2f} | {at(0.99):.2f} | {1000 * times[-1]:.2f} | {sum(times):.2f} | {1e6 * used / max(1, looked):.2f} |", flush=True)


def whole(address, sessions):
    ids = []
    lister = Lister(address)
    for body in lister.walk("fields=clientId&clientIdPrefix=session/&limit=1000"):
        ids += [part[:part.index(b'"')] for part in body.split(b'"clientId":"')[1:]]
    there = {f"session/{number}".encode() for number in range(1, sessions + 1)}
    doubled, missing = len(ids) - len(set(ids)), len(there - set(ids))
    print(f"walk while clients come and go: {len(ids)} listed, {len(set(ids) - there)} of them come and gone, {missing} missing, {doubled} doubled, {sum(lister.times):.2f} s", flush=True)
    raise SystemExit(1 if doubled or missing else 0)


def endless(address):
    lister = Lister(address)
    while True:
        for _ in lister.walk("limit=1000"):
            pass


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "hold":
        asyncio.run(hold(*map(int, rest)))
    elif what == "backlog":
        asyncio.run(backlog(*map(int, rest)))
    elif what == "churn":
        asyncio.run(churn(*map(int, rest)))
    elif what == "pages":
        pages(rest[0], int(rest[1]), int(rest[2]))
    elif what == "whole":
        whole(rest[0], int(rest[1]))
    elif what == "endless":
        endless(rest[0])
    else:
        raise SystemExit(__doc__)
