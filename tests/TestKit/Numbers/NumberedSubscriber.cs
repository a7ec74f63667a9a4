namespace OrleansBroker.TestKit.Numbers;

/// <summary>
/// Receives numbers in a durable session through every end of the broker, and notes for each topic what came first in which order, and at QoS 2 whatever came
/// twice. What it knows of QoS 2 identifiers outlives its connections, as a device's flash memory does.
/// </summary>
/// <param name="broker">Asked before each connection: it may be another node.</param>
/// <param name="online">How long it stays connected; it is away as long then. Null: always connected.</param>
/// <param name="takesOver">It is never away: a new connection takes the session over from the old one, which is still open.</param>
public sealed class NumberedSubscriber(Func<Endpoint> broker, string name, string filter, TimeSpan? online, bool takesOver = false)
{
    private readonly ReceivedNumbers _received = new();
    private readonly HashSet<int> _unreleased = [];
    private readonly ConnectRequest _request = ConnectRequest.Persistent(MqttVersion.V50, name, 3600);
    private bool _isSubscribed;

    public NumberedSubscriber(Endpoint broker, string name, string filter, TimeSpan? online, bool takesOver = false)
        : this(() => broker, name, filter, online, takesOver)
    {
    }

    public string Name => name;

    /// <inheritdoc cref="ReceivedNumbers.Doubled"/>
    public IReadOnlyList<string> Doubled => _received.Doubled;

    /// <inheritdoc cref="ReceivedNumbers.Disordered"/>
    public IReadOnlyList<string> Disordered => _received.Disordered;

    /// <inheritdoc cref="ReceivedNumbers.Count"/>
    public int Count => _received.Count;

    /// <inheritdoc cref="ReceivedNumbers.Repeated"/>
    public int Repeated => _received.Repeated;

    public IReadOnlyList<int> Of(string topic) => _received.Of(topic);

    public async Task SubscribeAsync()
    {
        await using var client = await RawClient.ConnectAsync(broker(), _request);
        await client.SubscribeAsync(filter, 2);
        _isSubscribed = true;
        await client.DisconnectAsync();
    }

    /// <summary>Until it is stopped, and then until <paramref name="isComplete"/>.</summary>
    public async Task RunAsync(Func<NumberedSubscriber, bool> isComplete, CancellationToken stop)
    {
        RawClient? older = null;
        while (!stop.IsCancellationRequested || !isComplete(this))
        {
            RawClient? client = null;
            try
            {
                (client, var connAck) = await RawClient.ConnectWithAckAsync(broker(), _request);
                if (older is not null) await older.DisposeAsync();
                if (_isSubscribed && !connAck.SessionPresent) throw new InvalidOperationException($"the session of {name} is lost");
                await ReceiveAsync(client, isComplete, stop);
            }
            catch (Exception end) when (Outage.Is(end))
            {
                await Outage.PauseAsync();
            }

            older = client;
            if (takesOver) continue;
            if (older is not null) await older.DisposeAsync();
            if (online is { } away) await Task.Delay(away, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (older is not null) await older.DisposeAsync();
    }

    private async Task ReceiveAsync(RawClient client, Func<NumberedSubscriber, bool> isComplete, CancellationToken stop)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!(stop.IsCancellationRequested && isComplete(this)))
        {
            if (online is { } limit && !stop.IsCancellationRequested && TimeProvider.System.GetElapsedTime(since) > limit) return;
            if (!await client.IsAnythingThereAsync(TimeSpan.FromMilliseconds(100)))
            {
                if (client.Ended.IsCompleted) throw new IOException("the broker is gone");
                continue;
            }

            await TakeAsync(client, await client.NextAsync());
        }
    }

    private async Task TakeAsync(RawClient client, Frame frame)
    {
        if (frame.Type == PacketType.PubRel)
        {
            var id = frame.ToAck(MqttVersion.V50).PacketIdentifier;
            _unreleased.Remove(id);
            await client.SendAsync(Packet.Acknowledge(PacketType.PubComp, id));
            return;
        }

        var publish = frame.ToPublish(MqttVersion.V50);
        // [MQTT5-4.3.3-10]: the same message until PUBREL has come.
        if (publish.QoS < 2 || _unreleased.Add(publish.PacketIdentifier)) _received.Note(publish);
        if (publish.QoS == 1) await client.SendAsync(Packet.Acknowledge(PacketType.PubAck, publish.PacketIdentifier));
        if (publish.QoS == 2) await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, publish.PacketIdentifier));
    }
}
