// Opens npm's mqtt client and waits for what it receives; every wait has a bound.
import mqtt from 'mqtt';

const timeoutMs = 15_000;
const protocols = { 3: 'MQIsdp', 4: 'MQTT', 5: 'MQTT' };
const [, , host, port, version, scenario, transport] = process.argv;
const url = transport === 'websocket' ? `ws://${host}:${port}/mqtt` : `mqtt://${host}:${port}`;
const run = `${process.pid}${Date.now() % 100_000}`;
let count = 0;

export const protocolVersion = Number(version);
export const scenarioName = scenario;

export function unique(prefix) {
  return `${prefix}${run}${count++}`;
}

export function bounded(promise, what) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: nothing within ${timeoutMs} ms`)), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export async function connect(options = {}) {
  const client = mqtt.connect(url, {
    protocolVersion,
    protocolId: protocols[protocolVersion],
    reconnectPeriod: 0,
    clientId: unique('n'),
    ...options,
  });
  // Before CONNACK, so that what a session kept is not missed.
  const received = [];
  const waiting = [];
  client.on('message', (topic, payload, packet) => {
    const message = { topic, payload, packet };
    if (waiting.length > 0) waiting.shift()(message);
    else received.push(message);
  });
  client.next = () => bounded(
    received.length > 0 ? Promise.resolve(received.shift()) : new Promise((resolve) => waiting.push(resolve)),
    'message');
  client.isQuiet = () => received.length === 0;
  await bounded(new Promise((resolve, reject) => {
    client.once('connect', resolve);
    client.once('error', reject);
  }), 'connect');
  return client;
}

export async function eventually(milliseconds) {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
