"""One subscriber of a topic that reads nothing after its SUBACK, or reads and acknowledges all: stalled.py PORT CLIENT_ID TOPIC QOS CLEAN stalled|reading.
Prints a line when it is subscribed, and stays until it is ended."""
import signal
import socket
import struct
import sys


def text(value):
    encoded = value.encode()
    return struct.pack(">H", len(encoded)) + encoded


def packet(first, body):
    assert len(body) < 128
    return bytes([first, len(body)]) + body


port, client_id, topic, qos, clean = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
client = socket.socket()
stalls = sys.argv[6] == "stalled"
if stalls:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
client.settimeout(10)
client.connect(("127.0.0.1", port))
client.sendall(packet(0x10, text("MQTT") + bytes([4, 2 * clean, 0, 0]) + text(client_id)))
client.sendall(packet(0x82, b"\0\1" + text(topic) + bytes([qos])))
answers = b""
while len(answers) < 9:
    more = client.recv(9 - len(answers))
    if not more:
        sys.exit("the broker closed the connection")
    answers += more
if answers[:1] + answers[3:5] + answers[8:] != bytes([0x20, 0, 0x90, qos]):
    sys.exit(f"unexpected answers: {answers.hex()}")
print("subscribed", flush=True)
if stalls:
    signal.pause()

client.settimeout(None)
waiting = b""
while more := client.recv(65536):
    waiting += more
    acknowledgements, start = b"", 0
    while len(waiting) - start >= 2 and len(waiting) - start >= 2 + waiting[start + 1]:
        identifier = start + 4 + waiting[start + 3]
        acknowledgements += b"\x40\2" + waiting[identifier : identifier + 2]
        start += 2 + waiting[start + 1]
    waiting = waiting[start:]
    if qos:
        client.sendall(acknowledgements)
