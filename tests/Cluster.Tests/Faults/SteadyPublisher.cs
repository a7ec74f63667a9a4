using System.Globalization;
using System.Text;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>Publishes 1, 2, 3, … to a topic of its own, at a steady rate and a few at once.</summary>
internal sealed class SteadyPublisher(string name, string topic, int qos, uint expiry) : SteadyClient(name, expiry)
{
    private const int Window = 20;
    private const int PerSecond = 40;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, int> _open = []; // number of each identifier in use
    private readonly HashSet<int> _acknowledged = [];
    private readonly HashSet<int> _refused = [];
    private long _since;
    private int _allowed;

    public string Topic => topic;

    public int QoS => qos;

    /// <summary>The number that was sent last.</summary>
    public int Last { get; private set; }

    /// <summary>What the broker has taken: PUBACK, or PUBREC.</summary>
    public int[] Acknowledged
    {
        get
        {
            lock (_lock) return [.. _acknowledged];
        }
    }

    /// <summary>What it has refused, with 0x97.</summary>
    public int[] Refused
    {
        get
        {
            lock (_lock) return [.. _refused];
        }
    }

    protected override bool IsComplete => base.IsComplete && _open.Count == 0;

    protected override async Task OnTickAsync(bool isStopped)
    {
        if (_since == 0) _since = TimeProvider.System.GetTimestamp();
        var allowed = (int)(TimeProvider.System.GetElapsedTime(_since).TotalSeconds * PerSecond);
        // What could not be sent in time is not made up for.
        var burst = Math.Min(allowed - _allowed, Window - _open.Count);
        _allowed = allowed;
        for (; burst > 0 && !isStopped; burst--)
        {
            var id = qos == 0 ? 0 : Client.NextPacketIdentifier() % ushort.MaxValue;
            Last++;
            if (qos > 0) _open.Add(id, Last);
            await Client.SendAsync(Packet.Publish(MqttVersion.V50, topic, Encoding.ASCII.GetBytes(Last.ToString(CultureInfo.InvariantCulture)), qos, id));
        }
    }

    protected override async Task TakeAsync(Frame frame)
    {
        if (frame.Type is not (PacketType.PubAck or PacketType.PubRec or PacketType.PubComp))
        {
            await base.TakeAsync(frame);
            return;
        }

        var ack = frame.ToAck(MqttVersion.V50);
        if (!_open.TryGetValue(ack.PacketIdentifier, out var number)) throw new UnexpectedFrameException($"{ack.Type} for {ack.PacketIdentifier}, which is not in use");
        if (ack.ReasonCode is not (Reason.Success or Reason.NoMatchingSubscribers or Reason.QuotaExceeded)) throw new UnexpectedFrameException($"{ack.Type} says 0x{ack.ReasonCode:X2}");
        var isRefused = ack.ReasonCode == Reason.QuotaExceeded;
        lock (_lock) (isRefused ? _refused : _acknowledged).Add(number);
        if (ack.Type == PacketType.PubRec && !isRefused) await Client.SendAsync(Packet.Acknowledge(PacketType.PubRel, ack.PacketIdentifier));
        else _open.Remove(ack.PacketIdentifier);
    }
}
