using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>A client at one node: one connection at a time, driven as its gateway would drive it.</summary>
internal sealed class TestClient(BrokerNode node, string clientId)
{
    public const uint Durable = 3_600;

    /// <summary>What must happen happens within this.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private ushort _lastId;

    public string ClientId => clientId;

    public FakeConnection Connection { get; private set; } = null!;

    /// <summary>Ways to change the connection before CONNECT.</summary>
    public Action<FakeConnection>? Prepare { get; set; }

    public ProtocolVersion Version { get; init; } = ProtocolVersion.Mqtt5;

    public string? UserName { get; init; }

    public async Task<ReasonCode> TryConnectAsync(
        uint expiry = 0, bool cleanStart = false, ushort keepAlive = 0, WillMessage? will = null, ushort receiveMaximum = 100)
    {
        Accept();
        return await TryConnectAcceptedAsync(expiry, cleanStart, keepAlive, will, receiveMaximum);
    }

    /// <summary>The network connection without its CONNECT.</summary>
    public void Accept()
    {
        Connection = node.Registry.Add();
        Prepare?.Invoke(Connection);
    }

    /// <summary>CONNECT on the connection that <see cref="Accept"/> made.</summary>
    public async Task<ReasonCode> TryConnectAcceptedAsync(
        uint expiry = 0, bool cleanStart = false, ushort keepAlive = 0, WillMessage? will = null, ushort receiveMaximum = 100)
    {
        var parameters = new ConnectParameters
        {
            ClientId = clientId,
            Version = Version,
            CleanStart = cleanStart,
            SessionExpiryIntervalSeconds = expiry,
            KeepAliveSeconds = keepAlive,
            ReceiveMaximum = receiveMaximum,
            UserName = UserName,
            Will = will,
        };
        return await node.Control.ConnectAsync(parameters, Connection, CancellationToken.None).AsTask().WaitAsync(Patience);
    }

    /// <summary>Connects and takes CONNACK.</summary>
    /// <returns>Session Present.</returns>
    public async Task<bool> ConnectAsync(uint expiry = 0, bool cleanStart = false, ushort keepAlive = 0, WillMessage? will = null, ushort receiveMaximum = 100)
    {
        Assert.Equal(ReasonCode.Success, await TryConnectAsync(expiry, cleanStart, keepAlive, will, receiveMaximum));
        return (await NextAsync<Sent.Attached>()).SessionPresent;
    }

    /// <summary>Sends SUBSCRIBE without waiting for the answer.</summary>
    public Task SendSubscribeAsync(
        string filter, QoS qos = QoS.AtLeastOnce, RetainHandling handling = RetainHandling.SendAtSubscribe, uint identifier = 0, bool noLocal = false) =>
        SendSubscribeAsync([filter], qos, handling, identifier, noLocal);

    public async Task SendSubscribeAsync(
        string[] filters, QoS qos = QoS.AtLeastOnce, RetainHandling handling = RetainHandling.SendAtSubscribe, uint identifier = 0, bool noLocal = false)
    {
        var packet = new SubscribePacket
        {
            PacketIdentifier = ++_lastId,
            SubscriptionIdentifier = identifier,
            Requests = [.. filters.Select(filter => Requests.Subscription(filter, qos, handling, noLocal))],
        };
        await node.Control.SubscribeAsync(clientId, Connection.ConnectionId, packet, new ReasonCode[filters.Length]).AsTask().WaitAsync(Patience);
    }

    /// <summary>Subscribes and takes SUBACK, which must be what comes next.</summary>
    public async Task SubscribeAsync(
        string filter, QoS qos = QoS.AtLeastOnce, RetainHandling handling = RetainHandling.SendAtSubscribe, uint identifier = 0, bool noLocal = false)
    {
        await SendSubscribeAsync(filter, qos, handling, identifier, noLocal);
        Assert.Equal(((byte)qos).ToString("x2"), (await NextAsync<Sent.SubAck>()).Codes);
    }

    public async Task<string> UnsubscribeAsync(params string[] filters)
    {
        await SendUnsubscribeAsync(filters);
        return (await NextAsync<Sent.UnsubAck>()).Codes;
    }

    public async Task SendUnsubscribeAsync(params string[] filters)
    {
        var packet = new UnsubscribePacket { PacketIdentifier = ++_lastId, Requests = [.. filters.Select(Requests.Unsubscription)] };
        await node.Control.UnsubscribeAsync(clientId, Connection.ConnectionId, packet).AsTask().WaitAsync(Patience);
    }

    /// <summary>DISCONNECT, or the loss of the connection.</summary>
    public async Task DisconnectAsync(bool publishWill = false, uint? expiry = null)
    {
        Connection.Leave();
        await node.Control.DisconnectAsync(clientId, Connection.ConnectionId, new ConnectionEnd(ReasonCode.Success, publishWill, expiry)).AsTask().WaitAsync(Patience);
    }

    /// <summary>QoS 0 or 1; completes with what the publisher is told, at QoS 0 at once.</summary>
    public Task<ReasonCode> PublishAsync(string topic, string payload, QoS qos = QoS.AtLeastOnce, bool retain = false, long expiresAt = Publication.NeverExpires)
    {
        var publisher = new TestPublisher();
        byte[] lender = [.. Encoding.UTF8.GetBytes(topic + payload), .. "older"u8];
        var publication = new Publication(lender, lender.Length - "older"u8.Length, Encoding.UTF8.GetByteCount(topic), 0, qos, retain, clientId)
        {
            ExpiresAtMilliseconds = expiresAt,
            IsLent = true,
        };
        node.Router.Publish(publication.PublishedBy(publisher));
        publication.EndLoan();
        lender.AsSpan().Fill((byte)'?');
        return qos == QoS.AtMostOnce ? Task.FromResult(ReasonCode.Success) : publisher.Settled.WaitAsync(Patience);
    }

    /// <summary>PUBLISH at QoS 2, by way of the session; what comes back comes as output.</summary>
    public void PublishExactlyOnce(string topic, string payload, ushort id) =>
        Assert.True(Connection.Session!.PublishExactlyOnce(Connection, new Publication(
            Encoding.UTF8.GetBytes(topic + payload), Encoding.UTF8.GetByteCount(topic), 0, QoS.ExactlyOnce, retain: false, clientId)
        { PacketIdentifier = id }));

    /// <summary>The next output, of whatever kind.</summary>
    public async Task<Sent> NextAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        return await Connection.Output.ReadAsync(limit.Token);
    }

    /// <summary>The next output, which must be of this kind.</summary>
    public async Task<TSent> NextAsync<TSent>()
        where TSent : Sent => Assert.IsType<TSent>(await NextAsync());

    /// <summary>The next message's payload.</summary>
    public async Task<string> NextPayloadAsync() => (await NextAsync<Sent.Message>()).Payload;

    /// <summary>Nothing has come since; only behind something that would have come later.</summary>
    public void HasNothing() => Assert.False(Connection.Output.TryPeek(out var sent), $"{sent}");
}
