"""python3 interop.py HOST PORT VERSION SCENARIO TRANSPORT: exit code 0 if paho and the broker understand each other."""

import os
import queue
import socket
import sys
import threading
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

TIMEOUT = 15
TRANSPORTS = {"tcp": "tcp", "websocket": "websockets"}
HOST, PORT, VERSION, SCENARIO, TRANSPORT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], TRANSPORTS[sys.argv[5]]
RUN = f"{os.getpid()}{int(time.time() * 1000) % 100_000}"
_count = 0


def unique(prefix):
    global _count
    _count += 1
    return f"{prefix}{RUN}{_count}"


def properties(packet_type, **values):
    made = Properties(packet_type)
    for name, value in values.items():
        setattr(made, name, value)
    return made


class Client:
    """One paho client with a thread of its own; every wait has a bound."""

    def __init__(self, client_id=None, persistent=False, will=None, **connect_properties):
        self.messages = queue.Queue()
        self._acknowledged = queue.Queue()
        connected = threading.Event()
        v5 = VERSION == mqtt.MQTTv5
        client_id = client_id or unique("p")
        clean = {} if v5 else {"clean_session": not persistent}
        self.client = mqtt.Client(client_id, protocol=VERSION, transport=TRANSPORT, **clean)
        self.client.on_message = lambda _client, _data, message: self.messages.put(message)
        self.client.on_subscribe = lambda _client, _data, mid, *_rest: self._acknowledged.put(mid)
        self.client.on_connect = lambda *_arguments: connected.set()
        if will is not None:
            self.client.will_set(**will)
        start = {}
        if v5:
            if persistent:
                connect_properties["SessionExpiryInterval"] = 300
            start = {"clean_start": not persistent, "properties": properties(PacketTypes.CONNECT, **connect_properties)}
        self.client.connect(HOST, PORT, **start)
        self.client.loop_start()
        assert connected.wait(TIMEOUT), "no CONNACK"

    def subscribe(self, topic, qos=0, **more):
        options = {"options": SubscribeOptions(qos=qos), **more} if VERSION == mqtt.MQTTv5 else {"qos": qos}
        _result, mid = self.client.subscribe(topic, **options)
        assert self._acknowledged.get(timeout=TIMEOUT) == mid

    def publish(self, topic, payload, qos=0, retain=False, **values):
        more = {"properties": properties(PacketTypes.PUBLISH, **values)} if values else {}
        self.client.publish(topic, payload, qos, retain, **more).wait_for_publish(TIMEOUT)

    def next(self):
        return self.messages.get(timeout=TIMEOUT)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()

    def lose(self):
        self.client.loop_stop()
        # paho wraps the socket of a WebSocket, and the wrapper has no shutdown.
        connection = self.client.socket()
        getattr(connection, "_socket", connection).shutdown(socket.SHUT_RDWR)


def qos():
    client = Client()
    for granted in (0, 1, 2):
        topic = unique("python/qos/")
        client.subscribe(topic, granted)
        for sent in (0, 1, 2):
            client.publish(topic, str(sent), sent)
            message = client.next()
            assert message.payload == str(sent).encode()
            assert message.qos == min(sent, granted)
    client.close()


def retained():
    topic, client = unique("python/retained/"), Client()
    client.publish(topic, "first", 1, retain=True)
    client.publish(topic, "second", 1, retain=True)
    client.subscribe(topic, 1)
    message = client.next()
    assert message.payload == b"second" and message.retain
    client.publish(topic, "", 1, retain=True)
    assert client.next().payload == b""
    late = Client()
    late.subscribe(topic, 1)
    late.publish(topic, "live", 1)
    assert late.next().payload == b"live"
    late.close()
    client.close()


def will():
    topic, subscriber = unique("python/will/"), Client()
    subscriber.subscribe(topic, 1)
    Client(will={"topic": topic, "payload": "clean", "qos": 1}).close()
    Client(will={"topic": topic, "payload": "lost", "qos": 1}).lose()
    assert subscriber.next().payload == b"lost"
    subscriber.close()


def will_delay():
    topic, subscriber = unique("python/delay/"), Client()
    subscriber.subscribe(topic, 1)
    delay = properties(PacketTypes.WILLMESSAGE, WillDelayInterval=1)
    lost = Client(persistent=True, will={"topic": topic, "payload": "late", "qos": 1, "properties": delay})
    start = time.monotonic()
    lost.lose()
    assert subscriber.next().payload == b"late"
    assert time.monotonic() - start >= 1, "the will came before its delay"
    subscriber.close()


def shared():
    topic, publisher = unique("python/shared/"), Client()
    members = [Client(), Client()]
    for member in members:
        member.subscribe(f"$share/g/{topic}", 1)
    for i in range(20):
        publisher.publish(topic, str(i), 1)
    deadline = time.monotonic() + TIMEOUT
    while sum(member.messages.qsize() for member in members) < 20 and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)
    counts = [member.messages.qsize() for member in members]
    assert sum(counts) == 20 and min(counts) > 0, counts
    for client in (*members, publisher):
        client.close()


def persistent():
    topic, client_id = unique("python/persistent/"), unique("p")
    first = Client(client_id, persistent=True)
    first.subscribe(topic, 1)
    first.close()
    publisher = Client()
    for i in range(50):
        publisher.publish(topic, str(i), 1)
    second = Client(client_id, persistent=True)
    assert [int(second.next().payload) for _ in range(50)] == list(range(50))
    second.close()
    publisher.close()


def large():
    topic, client, payload = unique("python/large/"), Client(), os.urandom(1024 * 1024)
    client.subscribe(topic, 2)
    for sent in (0, 1, 2):
        client.publish(topic, payload, sent)
        assert client.next().payload == payload
    client.close()


def request_response():
    topic, answers = unique("python/request/"), unique("python/answer/")
    responder, requester = Client(), Client()
    responder.subscribe(topic, 1)
    requester.subscribe(answers, 1)
    requester.publish(topic, "question", 1, ResponseTopic=answers, CorrelationData=b"\x00\x01\xff")
    question = responder.next()
    responder.publish(
        question.properties.ResponseTopic, "answer", 1, CorrelationData=question.properties.CorrelationData)
    answer = requester.next()
    assert answer.payload == b"answer" and answer.properties.CorrelationData == b"\x00\x01\xff"
    responder.close()
    requester.close()


def user_properties():
    topic, client = unique("python/properties/"), Client()
    client.subscribe(topic, 1, properties=properties(PacketTypes.SUBSCRIBE, SubscriptionIdentifier=7))
    client.publish(
        topic, "x", 1, PayloadFormatIndicator=1, ContentType="text/plain", UserProperty=[("a", "1"), ("a", "2"), ("b", "3")])
    received = client.next().properties
    assert received.PayloadFormatIndicator == 1
    assert received.ContentType == "text/plain"
    assert received.UserProperty == [("a", "1"), ("a", "2"), ("b", "3")]
    assert received.SubscriptionIdentifier == [7]
    client.close()


def receive_maximum():
    topic, publisher, client = unique("python/window/"), Client(), Client(ReceiveMaximum=2)
    client.subscribe(topic, 2)
    for i in range(40):
        publisher.publish(topic, str(i), 1 + i % 2)
    assert sorted(int(client.next().payload) for _ in range(40)) == list(range(40))
    client.close()
    publisher.close()


def message_expiry():
    topic, gone, client_id = unique("python/expiry/"), unique("python/gone/"), unique("p")
    publisher = Client()
    publisher.subscribe(gone)
    first = Client(client_id, persistent=True, will={"topic": gone, "payload": "gone"})
    first.subscribe(topic, 1)
    first.lose()
    publisher.next()  # its will: what is sent from here on is not sent to the connection that it has left
    publisher.publish(topic, "short", 1, MessageExpiryInterval=1)
    publisher.publish(topic, "long", 1, MessageExpiryInterval=100)
    time.sleep(2.5)
    second = Client(client_id, persistent=True)
    message = second.next()
    assert message.payload == b"long" and message.properties.MessageExpiryInterval < 100
    second.close()
    publisher.close()


{
    "qos": qos,
    "retained": retained,
    "will": will,
    "will-delay": will_delay,
    "shared": shared,
    "persistent": persistent,
    "large": large,
    "request-response": request_response,
    "properties": user_properties,
    "receive-maximum": receive_maximum,
    "message-expiry": message_expiry,
}[SCENARIO]()
