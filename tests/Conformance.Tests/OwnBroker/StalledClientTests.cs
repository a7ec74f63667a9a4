using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>Clients that do not read: what waits for them is bounded, and nobody else waits.</summary>
public sealed class StalledClientTests
{
    private const int Chunk = 64 * 1024;
    private const long Mebi = 1024 * 1024;
    private const long MaxGrowth = 128 * Mebi;

    /// <summary>What the embedded store may have in memory beside it: three write buffers of 64 MiB, 32 MiB of blocks.</summary>
    private const long MaxGrowthOfStore = ((3 * 64) + 32) * Mebi;

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public async Task Subscriber_NotReading_BoundsWhatWaitsForIt(int qos, bool isDurable)
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxQueuedBytes=8MiB");
        await using var stalled = await ConnectStalledAsync(broker, Packet.Subscribe(MqttVersion.V311, 1, [("flood/t", qos)]), isDurable);
        await using var bystander = await broker.ConnectAsync(MqttVersion.V50);
        await bystander.SubscribeAsync("quiet/t", 1);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync("flood/t", new byte[Chunk], 1, retain: false);
        var before = broker.ResidentBytes();

        // 512 MiB through a subscriber that takes none.
        for (var i = 0; i < 8_192; i++)
        {
            await publisher.PublishAsync("flood/t", new byte[Chunk], 1, retain: false);
            if (i % 512 != 0)
                continue;
            await bystander.PublishAsync("quiet/t", $"{i}", qos: 1);
            Assert.Equal($"{i}", (await bystander.ReceiveAsync()).Text);
        }

        Assert.InRange(broker.ResidentBytes() - before, long.MinValue, MaxGrowth + (isDurable ? MaxGrowthOfStore : 0));
        await bystander.ExpectNothingAsync();
    }

    [Fact]
    public async Task Publisher_NotReadingItsAcknowledgements_BoundsWhatWaitsForIt()
    {
        const int Count = 2_000_000;
        await using var broker = await OwnBroker.StartAsync();
        await using var stalled = await ConnectStalledAsync(broker, []);
        await using var bystander = await broker.ConnectAsync(MqttVersion.V50);
        await bystander.SubscribeAsync("quiet/t", 1);
        var before = broker.ResidentBytes();

        // The broker stops reading at last, closes, or takes all: each is bounded, waiting for ever is what this test does not do.
        var packets = Enumerable.Range(1, 1_000).SelectMany(i => Packet.Publish(MqttVersion.V311, "flood/t", [1], 1, i)).ToArray();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
        try
        {
            for (var i = 0; i < Count; i += 1_000)
                await stalled.WriteAsync(packets, patience.Token).AsTask().WaitAsync(patience.Token);
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // It stopped reading, or closed a client whose acknowledgements passed the hard bound.
        }

        await bystander.PublishAsync("quiet/t", "meanwhile", qos: 1);
        Assert.Equal("meanwhile", (await bystander.ReceiveAsync()).Text);
        Assert.InRange(broker.ResidentBytes() - before, long.MinValue, MaxGrowth);
    }

    private static async Task<Stream> ConnectStalledAsync(OwnBroker broker, byte[] next, bool isDurable = false)
    {
        var (_, stream) = await ClientStream.OpenAsync(broker.Endpoint, MqttVersion.V311, receiveBufferBytes: 16 * 1024);
        await stream.WriteAsync(new ConnectRequest(MqttVersion.V311, Unique.ClientId()) { CleanStart = !isDurable }.ToBytes());
        await stream.WriteAsync(next);
        // CONNACK has 4 bytes, SUBACK of one filter 5; nothing is read after them.
        var answers = new byte[next.Length > 0 ? 9 : 4];
        await stream.ReadExactlyAsync(answers).AsTask().WaitAsync(RawClient.DefaultTimeout, TimeProvider.System);
        Assert.Equal(0x20, answers[0]);
        return stream;
    }
}
