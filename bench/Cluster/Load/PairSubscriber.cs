using System.Globalization;
using OrleansBroker.Cluster.Nodes;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Numbers;

namespace OrleansBroker.Cluster.Load;

/// <summary>Notes when which number came first, and what came again or late. After a drop it comes back behind another gateway.</summary>
internal sealed class PairSubscriber(Pair pair, RunningNodes nodes, int index)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>And the session that had each last: the first is 1.</summary>
    private readonly Dictionary<int, int> _numbers = [];

    private readonly HashSet<int> _unreleased = [];
    private readonly List<(int After, int Before)> _gaps = [];
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sessions;
    private int _greatest;
    private bool _isAfterGap;

    /// <summary>First arrivals, in their order.</summary>
    public List<(int Number, long At)> Arrivals { get; } = [];

    /// <summary>In one session: one that follows a session which ended with its connection may get what was still on its way to that.</summary>
    public int Doubled { get; private set; }

    public int Disordered { get; private set; }

    public Task Subscribed => _subscribed.Task;

    private ConnectRequest Request => pair.Kind.IsDurable
        ? ConnectRequest.Persistent(MqttVersion.V50, $"pair-subscriber-{index}", 3600)
        : new ConnectRequest(MqttVersion.V50, $"pair-subscriber-{index}");

    /// <summary>What was published while a session that ends with its connection was no more is not owed.</summary>
    public bool HasOrIsNotOwed(int number) => _numbers.ContainsKey(number) || _gaps.Exists(gap => number > gap.After && number < gap.Before);

    /// <summary>Until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        for (var connections = 0; !stop.IsCancellationRequested;)
        {
            var gateway = nodes.GatewayOf(index + connections);
            var isConnected = false;
            try
            {
                var (client, connAck) = await RawClient.ConnectWithAckAsync(gateway.Tcp!, Request);
                await using (client)
                {
                    isConnected = true;
                    if (connections > 0 && pair.Kind.IsDurable && !connAck.SessionPresent) throw new InvalidOperationException($"the session of {Request.ClientId} is lost");
                    if (!connAck.SessionPresent) await SubscribeAsync(client);
                    await ReceiveAsync(client, stop);
                }
            }
            catch (Exception end) when (Outage.Is(end) || end is TimeoutException)
            {
                if (isConnected) nodes.NoteDropped(gateway);
                if (isConnected && !pair.Kind.IsDurable) BeginGap();
                await Outage.PauseAsync();
            }

            if (isConnected) connections++;
        }
    }

    private async Task SubscribeAsync(RawClient client)
    {
        _unreleased.Clear();
        _sessions++;
        await client.SubscribeAsync(pair.Topic, 2);
        _subscribed.TrySetResult();
    }

    private void BeginGap()
    {
        if (!_isAfterGap) _gaps.Add((_greatest, int.MaxValue));
        _isAfterGap = true;
    }

    private async Task ReceiveAsync(RawClient client, CancellationToken stop)
    {
        var wait = new Wait(client);
        while (!stop.IsCancellationRequested)
        {
            await wait.ForFrameAsync(Poll);
            while (client.TryNext() is { } frame) await TakeAsync(client, frame);
        }
    }

    private async Task TakeAsync(RawClient client, Frame frame)
    {
        if (frame.Type == PacketType.Disconnect) throw new IOException($"DISCONNECT 0x{frame.ToDisconnect().ReasonCode:X2}");
        if (frame.Type == PacketType.PubRel)
        {
            var id = frame.ToAck(MqttVersion.V50).PacketIdentifier;
            _unreleased.Remove(id);
            await client.SendAsync(Packet.Acknowledge(PacketType.PubComp, id));
            return;
        }

        var publish = frame.ToPublish(MqttVersion.V50);
        // [MQTT5-4.3.3-10]: the same message until PUBREL has come.
        if (publish.QoS < 2 || _unreleased.Add(publish.PacketIdentifier)) Note(int.Parse(publish.Text, CultureInfo.InvariantCulture), frame.Received);
        await client.SendAsync(Packet.Acknowledge(publish.QoS == 1 ? PacketType.PubAck : PacketType.PubRec, publish.PacketIdentifier));
    }

    private void Note(int number, long at)
    {
        if (_numbers.TryGetValue(number, out var session))
        {
            if (session == _sessions) Doubled++;
            _numbers[number] = _sessions;
            return;
        }

        _numbers.Add(number, _sessions);
        if (number < _greatest) Disordered++;
        _greatest = Math.Max(_greatest, number);
        Arrivals.Add((number, at));
        if (!_isAfterGap) return;
        _gaps[^1] = (_gaps[^1].After, number);
        _isAfterGap = false;
    }
}
