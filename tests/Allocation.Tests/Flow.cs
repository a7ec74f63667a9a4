using System.Text;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Allocation.Tests;

/// <summary>One publisher and its subscribers at one topic, and what their messages allocate.</summary>
internal sealed class Flow : IDisposable
{
    public const int PayloadBytes = 100;

    public const int Messages = 10_000;

    private const uint DurableSeconds = 3_600;

    private readonly Loop _loop = new();
    private readonly LoopClient _publisher;
    private readonly List<LoopClient> _subscribers = [];
    private readonly QoS _qos;
    private readonly int _window;
    private readonly byte[] _batch;
    private long _published;

    /// <param name="window">What the publisher sends before it waits for all answers.</param>
    public Flow(GatewayServices gateway, string topic, QoS qos, int subscribers, int window, bool durable)
    {
        _qos = qos;
        _window = window;
        _batch = Batch(topic, qos, window);
        _publisher = Connect(gateway, $"{topic}-p", durable);
        for (var i = 0; i < subscribers; i++)
        {
            var subscriber = Connect(gateway, $"{topic}-{i}", durable);
            Subscribe(subscriber, topic, qos);
            _subscribers.Add(subscriber);
        }
    }

    /// <summary>All messages, each received by every subscriber and acknowledged by all.</summary>
    public void Run()
    {
        for (var sent = 0; sent < Messages; sent += _window)
        {
            Loop.Turn(_publisher, _batch);
            _published += _window;
            _loop.RunUntil(this, static flow => flow.IsDone());
        }
    }

    public void Dispose() => _loop.Dispose();

    private static byte[] Batch(string topic, QoS qos, int window)
    {
        var name = Encoding.UTF8.GetBytes(topic);
        var payload = new byte[PayloadBytes];
        var length = PacketEncoder.PublishLength(ProtocolVersion.Mqtt5, qos, name.Length, 0, false, [], payload.Length);
        var batch = new byte[window * length];
        for (var i = 0; i < window; i++)
        {
            PacketEncoder.WritePublish(
                batch.AsSpan(i * length, length), ProtocolVersion.Mqtt5, qos, false, false, name, (ushort)(i + 1), [], false, 0, [], payload);
        }

        return batch;
    }

    private bool IsDone()
    {
        if (_qos != QoS.AtMostOnce && _publisher.Done < _published)
            return false;
        foreach (var subscriber in _subscribers)
        {
            if (subscriber.Messages < _published)
                return false;
        }

        return true;
    }

    private LoopClient Connect(GatewayServices gateway, string clientId, bool durable)
    {
        var client = _loop.Add(gateway);
        client.Send(new ConnectPacket
        {
            Version = ProtocolVersion.Mqtt5,
            ClientId = clientId,
            CleanStart = true,
            HasSessionExpiry = durable,
            SessionExpiryIntervalSeconds = durable ? DurableSeconds : 0,
        });
        _loop.RunUntil(client, static client => client.Controls == 1);
        return client;
    }

    private void Subscribe(LoopClient client, string filter, QoS qos)
    {
        client.Send(new SubscribePacket { PacketIdentifier = 1, Requests = [new SubscriptionRequest(filter, qos) { Filter = TopicFilter.Parse(filter) }] });
        _loop.RunUntil(client, static client => client.Controls == 2);
    }
}
