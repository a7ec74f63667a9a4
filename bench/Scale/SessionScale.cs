using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Scale;

/// <summary>Connected sessions with one subscription each, through the calls that a gateway makes; then messages between 50 pairs of them.</summary>
internal static class SessionScale
{
    private const int Workers = 64;
    private static readonly TimeSpan TrafficTime = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(BenchSilo silo, int count)
    {
        silo.Connections.Open(count);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => ConnectAsync(silo, worker, Math.Min(count, 1_000))));
        var warm = Math.Min(count, 1_000);
        var before = Footprint.Take();
        var began = Footprint.CpuNow();
        using var pauses = new PauseListener();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => ConnectAsync(silo, warm + worker, count)));
        var used = Footprint.CpuNow() - began;
        Console.WriteLine($"{count} sessions: {used.TotalMicroseconds / (count - warm):F1} µs of processor time each for CONNECT and SUBSCRIBE; GC pauses meanwhile {pauses.Take()}");
        var after = Footprint.Take();
        pauses.Take();
        var made = count - warm;
        Console.WriteLine($"{(double)(after.HeapBytes - before.HeapBytes) / made:F1} bytes of heap each, {(double)(after.ResidentBytes - before.ResidentBytes) / made:F1} of resident memory");

        var traffic = new PairTraffic(silo);
        await traffic.RunAsync(TrafficTime);
        Console.WriteLine($"traffic: {traffic.Result}; GC pauses {pauses.Take()}");
        await Task.WhenAll(traffic.RunAsync(TrafficTime), Task.Run(static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false)));
        Console.WriteLine($"traffic with a background collection: {traffic.Result}; GC pauses {pauses.Take()}");
    }

    private static async Task ConnectAsync(BenchSilo silo, int first, int end)
    {
        for (var i = first; i < end; i += Workers)
        {
            var connection = silo.Connections[i];
            var parameters = new ConnectParameters
            {
                ClientId = connection.ClientId,
                Version = ProtocolVersion.Mqtt5,
                CleanStart = true,
                SessionExpiryIntervalSeconds = 0,
                KeepAliveSeconds = 60,
                ReceiveMaximum = 100,
            };
            var reason = await silo.Control.ConnectAsync(parameters, connection, CancellationToken.None);
            var filter = PairTraffic.TopicOf(connection.ClientId);
            var request = new SubscriptionRequest(filter, QoS.AtLeastOnce, NoLocal: false, RetainAsPublished: false, RetainHandling.SendAtSubscribe) { Filter = TopicFilter.Parse(filter) };
            await silo.Control.SubscribeAsync(connection.ClientId, connection.ConnectionId, new SubscribePacket { PacketIdentifier = 1, Requests = [request] }, new ReasonCode[1]);
            if (reason != ReasonCode.Success || !connection.IsSubscribed)
                throw new InvalidOperationException($"session {i} was not accepted: {reason}");
        }
    }
}
