using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>A client on one connection that must outlive every fault elsewhere: it sends PINGREQ all the time, and has a will that nobody must ever see.</summary>
/// <param name="expiry">Seconds its session outlives its connection.</param>
internal class SteadyClient(string name, uint expiry)
{
    public const string WillTopic = "wills/of/steady-clients";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan PingInterval = TimeSpan.FromMilliseconds(250);

    private long _pinged;
    private bool _isPingOpen;

    public string Name => name;

    /// <summary>What ended the connection too early; null when nothing did.</summary>
    public string? Dropped { get; private set; }

    /// <summary>The longest time from PINGREQ to PINGRESP.</summary>
    public TimeSpan LongestPing { get; private set; }

    public int Pings { get; private set; }

    /// <summary>Whether the last PINGREQ is not answered.</summary>
    public bool IsPingOpen => _isPingOpen;

    protected RawClient Client { get; private set; } = null!;

    public virtual async Task ConnectAsync(Endpoint gateway) => Client = await RawClient.ConnectAsync(gateway, new ConnectRequest(MqttVersion.V50, name)
    {
        KeepAlive = 60,
        Properties = [Property.SessionExpiryInterval(expiry)],
        Will = new WillRequest(WillTopic, System.Text.Encoding.ASCII.GetBytes(name)) { QoS = 1 },
    });

    /// <summary>Until <paramref name="stop"/> and whatever is left to do after it, at most until <paramref name="giveUp"/>; then DISCONNECT.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken giveUp)
    {
        try
        {
            while (!stop.IsCancellationRequested || (!IsComplete && !giveUp.IsCancellationRequested))
            {
                await OnTickAsync(stop.IsCancellationRequested);
                await PingAsync();
                if (await Client.IsAnythingThereAsync(Tick)) await TakeAllAsync();
                else if (Client.Ended.IsCompleted) throw new IOException("closed");
            }

            await Client.SendAsync(Packet.Disconnect(MqttVersion.V50));
            await Client.Ended.WaitAsync(RawClient.DefaultTimeout, TimeProvider.System, CancellationToken.None);
        }
        catch (Exception end) when (end is IOException or System.Net.Sockets.SocketException or UnexpectedFrameException or TimeoutException)
        {
            Dropped = $"{name}: {end.Message}";
        }

        await Client.DisposeAsync();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{name}: {Pings} pings, longest {LongestPing.TotalMilliseconds:0} ms");

    /// <summary>Whether nothing is left to do.</summary>
    protected virtual bool IsComplete => !_isPingOpen;

    protected virtual Task OnTickAsync(bool isStopped) => Task.CompletedTask;

    protected virtual Task TakeAsync(Frame frame) => throw new UnexpectedFrameException(frame.Type == PacketType.Disconnect ? $"DISCONNECT 0x{frame.ToDisconnect().ReasonCode:X2}" : $"came {frame}");

    private async Task PingAsync()
    {
        if (_isPingOpen || (Pings > 0 && TimeProvider.System.GetElapsedTime(_pinged) < PingInterval)) return;
        _isPingOpen = true;
        _pinged = TimeProvider.System.GetTimestamp();
        await Client.SendAsync(Packet.PingReq);
    }

    private async Task TakeAllAsync()
    {
        while (Client.TryNext() is { } frame)
        {
            if (frame.Type != PacketType.PingResp)
            {
                await TakeAsync(frame);
                continue;
            }

            Pings++;
            _isPingOpen = false;
            if (TimeProvider.System.GetElapsedTime(_pinged) is var time && time > LongestPing) LongestPing = time;
        }
    }
}
