using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>One client with one behaviour and one keep-alive in seconds.</summary>
internal sealed class KeepAliveCase(KeepAliveBehaviour behaviour, MqttVersion version, int keepAlive, string topic)
{
    // 1.5 × 2 s + 5 s: by then whoever must be closed is, so who is still open is kept open.
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(8.5);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    private readonly byte[] _endless = Packet.Publish(version, $"{topic}/other", new byte[100]);
    private int _endlessSent;

    private bool MustClose => keepAlive > 0 && behaviour
        is KeepAliveBehaviour.ReceivesOnly or KeepAliveBehaviour.SendsHalfAPacket or KeepAliveBehaviour.Silent;

    public async Task<KeepAliveResult> RunAsync(BrokerFixture broker)
    {
        try
        {
            return new KeepAliveResult(version, behaviour, keepAlive, await MeasureAsync(broker), Failure: null);
        }
        catch (Exception exception) when (exception is UnexpectedFrameException or IOException)
        {
            return new KeepAliveResult(version, behaviour, keepAlive, Delay: null, exception.Message);
        }
    }

    private async Task<TimeSpan?> MeasureAsync(BrokerFixture broker)
    {
        // Taken before and after the last whole packet of the silent, so that both bounds are certain.
        var beforeLast = TimeProvider.System.GetTimestamp();
        await using var client = await broker.ConnectAsync(new ConnectRequest(version, Unique.ClientId()) { KeepAlive = keepAlive });
        if (behaviour is KeepAliveBehaviour.ReceivesOnly or KeepAliveBehaviour.ReceivesAndAcknowledges)
        {
            beforeLast = TimeProvider.System.GetTimestamp();
            await client.SubscribeAsync($"{topic}/{(behaviour == KeepAliveBehaviour.ReceivesOnly ? "qos0" : "qos1")}", 1);
        }

        var afterLast = TimeProvider.System.GetTimestamp();
        while (!client.Ended.IsCompleted && TimeProvider.System.GetElapsedTime(afterLast) < Watch)
            await StepAsync(client);

        if (MustClose)
            return await CheckClosedAsync(client, beforeLast, afterLast);
        await CheckOpenAsync(client);
        return null;
    }

    private async Task StepAsync(RawClient client)
    {
        if (behaviour == KeepAliveBehaviour.PingsOnly)
            await client.PingAsync();
        if (behaviour == KeepAliveBehaviour.PublishesOnly)
            await client.PublishAsync($"{topic}/other", "x");
        if (behaviour == KeepAliveBehaviour.ReceivesAndAcknowledges)
            await client.ReceiveAsync();
        if (behaviour == KeepAliveBehaviour.SendsHalfAPacket)
            await SendNextByteAsync(client);
        if (behaviour != KeepAliveBehaviour.ReceivesAndAcknowledges)
            await Task.WhenAny(client.Ended, Task.Delay(TimeSpan.FromSeconds(0.25 * Math.Max(keepAlive, 1)), TimeProvider.System));
    }

    // 100 bytes are left when the topic is out, and the watch ends after at most 34 steps: the packet never ends.
    private async Task SendNextByteAsync(RawClient client)
    {
        var count = _endlessSent == 0 ? _endless.Length - 100 : 1;
        try
        {
            await client.SendAsync(_endless.AsMemory(_endlessSent, count));
            _endlessSent += count;
        }
        catch (IOException)
        {
            // Closed meanwhile, as it must be.
        }
    }

    private async Task CheckOpenAsync(RawClient client)
    {
        if (behaviour == KeepAliveBehaviour.SendsHalfAPacket)
            await client.SendAsync(_endless.AsMemory(_endlessSent));
        await client.SendAsync(Packet.PingReq);
        await client.ExpectAfterAsync(PacketType.PingResp, skipped: PacketType.Publish);
    }

    private async Task<TimeSpan> CheckClosedAsync(RawClient client, long beforeLast, long afterLast)
    {
        var disconnect = await client.ExpectClosedAsync(TimeSpan.FromSeconds(1), skipped: PacketType.Publish);
        var allowed = TimeSpan.FromSeconds(1.5 * keepAlive);
        var early = allowed - TimeProvider.System.GetElapsedTime(beforeLast, client.Closed);
        if (early > TimeSpan.Zero)
            throw new UnexpectedFrameException($"closed {early.TotalMilliseconds:F0} ms too early");
        var delay = TimeProvider.System.GetElapsedTime(afterLast, client.Closed) - allowed;
        if (delay > MaxDelay)
            throw new UnexpectedFrameException($"closed {delay.TotalMilliseconds:F0} ms after 1.5 x keep-alive");
        if (version == MqttVersion.V50 && disconnect?.ReasonCode != Reason.KeepAliveTimeout)
            throw new UnexpectedFrameException($"DISCONNECT 0x8D expected, but came {disconnect?.ReasonCode:X2}");
        return delay;
    }
}
