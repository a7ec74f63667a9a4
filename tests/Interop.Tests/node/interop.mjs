// node interop.mjs HOST PORT VERSION SCENARIO TRANSPORT: exit code 0 if npm's mqtt client and the broker understand each other.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect, eventually, protocolVersion, scenarioName, unique } from './client.mjs';

const persistent = { clean: false, properties: protocolVersion === 5 ? { sessionExpiryInterval: 300 } : undefined };

const scenarios = {
  async qos() {
    const client = await connect();
    for (const granted of [0, 1, 2]) {
      const topic = unique('node/qos/');
      await client.subscribeAsync(topic, { qos: granted });
      for (const qos of [0, 1, 2]) {
        await client.publishAsync(topic, `${qos}`, { qos });
        const { payload, packet } = await client.next();
        assert.equal(payload.toString(), `${qos}`);
        assert.equal(packet.qos, Math.min(qos, granted));
      }
      await client.unsubscribeAsync(topic);
    }
    await client.endAsync();
  },

  async retained() {
    const [topic, client] = [unique('node/retained/'), await connect()];
    await client.publishAsync(topic, 'first', { qos: 1, retain: true });
    await client.publishAsync(topic, 'second', { qos: 1, retain: true });
    await client.subscribeAsync(topic, { qos: 1 });
    const { payload, packet } = await client.next();
    assert.equal(payload.toString(), 'second');
    assert.equal(packet.retain, true);
    await client.publishAsync(topic, '', { qos: 1, retain: true });
    assert.equal((await client.next()).payload.length, 0);
    const late = await connect();
    await late.subscribeAsync(topic, { qos: 1 });
    await late.publishAsync(topic, 'live', { qos: 1 });
    assert.equal((await late.next()).payload.toString(), 'live');
    await late.endAsync();
    await client.endAsync();
  },

  async will() {
    const [topic, subscriber] = [unique('node/will/'), await connect()];
    await subscriber.subscribeAsync(topic, { qos: 1 });
    const clean = await connect({ will: { topic, payload: Buffer.from('clean'), qos: 1, retain: false } });
    await clean.endAsync();
    const lost = await connect({ will: { topic, payload: Buffer.from('lost'), qos: 1, retain: false } });
    lost.on('error', () => {});
    lost.stream.destroy();
    assert.equal((await subscriber.next()).payload.toString(), 'lost');
    await subscriber.endAsync();
  },

  async 'will-delay'() {
    const [topic, subscriber] = [unique('node/delay/'), await connect()];
    await subscriber.subscribeAsync(topic, { qos: 1 });
    const will = { topic, payload: Buffer.from('late'), qos: 1, retain: false, properties: { willDelayInterval: 1 } };
    const lost = await connect({ ...persistent, will });
    const start = process.hrtime.bigint();
    lost.stream.destroy();
    assert.equal((await subscriber.next()).payload.toString(), 'late');
    assert.ok(process.hrtime.bigint() - start >= 1_000_000_000n, 'the will came before its delay');
    await subscriber.endAsync();
  },

  async shared() {
    const topic = unique('node/shared/');
    const members = [await connect(), await connect()];
    for (const member of members) await member.subscribeAsync(`$share/g/${topic}`, { qos: 1 });
    const publisher = await connect();
    let received = 0;
    const done = new Promise((resolve) => {
      for (const member of members) member.on('message', () => { if (++received === 20) resolve(); });
    });
    for (let i = 0; i < 20; i++) await publisher.publishAsync(topic, `${i}`, { qos: 1 });
    await done;
    await eventually(200);
    assert.equal(received, 20);
    assert.ok(members.every((member) => !member.isQuiet()), 'a member got nothing');
    for (const client of [...members, publisher]) await client.endAsync();
  },

  async persistent() {
    const [topic, clientId] = [unique('node/persistent/'), unique('n')];
    const first = await connect({ ...persistent, clientId });
    await first.subscribeAsync(topic, { qos: 2 });
    await first.endAsync();
    const publisher = await connect();
    for (let i = 0; i < 50; i++) await publisher.publishAsync(topic, `${i}`, { qos: 1 });
    const second = await connect({ ...persistent, clientId });
    for (let i = 0; i < 50; i++) assert.equal((await second.next()).payload.toString(), `${i}`);
    await second.endAsync();
    await publisher.endAsync();
  },

  async large() {
    const [topic, client, payload] = [unique('node/large/'), await connect(), randomBytes(1024 * 1024)];
    await client.subscribeAsync(topic, { qos: 2 });
    for (const qos of [0, 1, 2]) {
      await client.publishAsync(topic, payload, { qos });
      assert.ok(payload.equals((await client.next()).payload));
    }
    await client.endAsync();
  },

  async 'request-response'() {
    const [topic, answers] = [unique('node/request/'), unique('node/answer/')];
    const [responder, requester] = [await connect(), await connect()];
    responder.on('message', (_, payload, packet) => {
      const { responseTopic, correlationData } = packet.properties;
      responder.publish(responseTopic, `answer to ${payload}`, { qos: 1, properties: { correlationData } });
    });
    await responder.subscribeAsync(topic, { qos: 1 });
    await requester.subscribeAsync(answers, { qos: 1 });
    const correlationData = randomBytes(8);
    await requester.publishAsync(topic, 'question', { qos: 1, properties: { responseTopic: answers, correlationData } });
    const { payload, packet } = await requester.next();
    assert.equal(payload.toString(), 'answer to question');
    assert.ok(correlationData.equals(packet.properties.correlationData));
    await responder.endAsync();
    await requester.endAsync();
  },

  async properties() {
    const [topic, client] = [unique('node/properties/'), await connect()];
    await client.subscribeAsync(topic, { qos: 1, properties: { subscriptionIdentifier: 7 } });
    const properties = { payloadFormatIndicator: true, contentType: 'text/plain', userProperties: { a: ['1', '2'], b: '3' } };
    await client.publishAsync(topic, 'x', { qos: 1, properties });
    const received = (await client.next()).packet.properties;
    assert.equal(received.payloadFormatIndicator, true);
    assert.equal(received.contentType, 'text/plain');
    assert.deepEqual({ ...received.userProperties }, { a: ['1', '2'], b: '3' });
    assert.equal(received.subscriptionIdentifier, 7);
    await client.endAsync();
  },

  async 'receive-maximum'() {
    const [topic, publisher] = [unique('node/window/'), await connect()];
    const client = await connect({ properties: { receiveMaximum: 2 } });
    await client.subscribeAsync(topic, { qos: 2 });
    await Promise.all(Array.from({ length: 40 }, (_, i) => publisher.publishAsync(topic, `${i}`, { qos: 1 + (i % 2) })));
    const received = [];
    for (let i = 0; i < 40; i++) received.push(Number((await client.next()).payload));
    assert.deepEqual(received.sort((a, b) => a - b), Array.from({ length: 40 }, (_, i) => i));
    await client.endAsync();
    await publisher.endAsync();
  },

  async 'message-expiry'() {
    const [topic, gone, clientId] = [unique('node/expiry/'), unique('node/gone/'), unique('n')];
    const publisher = await connect();
    await publisher.subscribeAsync(gone);
    const first = await connect({ ...persistent, clientId, will: { topic: gone, payload: Buffer.from('gone'), qos: 0, retain: false } });
    first.on('error', () => {});
    await first.subscribeAsync(topic, { qos: 1 });
    first.stream.destroy();
    await publisher.next(); // its will: what is sent from here on is not sent to the connection that it has left
    await publisher.publishAsync(topic, 'short', { qos: 1, properties: { messageExpiryInterval: 1 } });
    await publisher.publishAsync(topic, 'long', { qos: 1, properties: { messageExpiryInterval: 100 } });
    await eventually(2_500);
    const second = await connect({ ...persistent, clientId });
    const { payload, packet } = await second.next();
    assert.equal(payload.toString(), 'long');
    assert.ok(packet.properties.messageExpiryInterval < 100);
    await second.endAsync();
    await publisher.endAsync();
  },
};

await scenarios[scenarioName]();
process.exit(0);
