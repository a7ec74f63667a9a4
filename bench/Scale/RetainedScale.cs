using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Scale;

/// <summary>Retained topics through the router into the shards and their journals.</summary>
internal static class RetainedScale
{
    private const int PayloadBytes = 16;
    private const int DevicesOfASite = 1_000;
    private const int Window = 1_000;

    public static async Task RunAsync(BenchSilo silo, int count)
    {
        var before = Footprint.Take();
        long content = 0;
        var began = Footprint.CpuNow();
        for (var start = 0; start < count; start += Window)
        {
            var end = Math.Min(start + Window, count);
            using var batch = new PublishBatch(end - start);
            for (var i = start; i < end; i++)
                content += Publish(silo, batch, i);
            await batch.SettledAsync();
        }

        var used = Footprint.CpuNow() - began;
        var after = Footprint.Take();
        Console.WriteLine($"{count} retained topics, {(double)content / count:F1} bytes of topic and payload each");
        Console.WriteLine($"beyond them: {Beyond(after.HeapBytes - before.HeapBytes):F1} bytes of heap each, {Beyond(after.ResidentBytes - before.ResidentBytes):F1} of resident memory");
        Console.WriteLine($"{used.TotalMicroseconds / count:F2} µs of processor time each");

        double Beyond(long bytes) => (double)(bytes - content) / count;
    }

    private static int Publish(BenchSilo silo, PublishBatch batch, int number)
    {
        var topic = Encoding.UTF8.GetBytes($"site-{number / DevicesOfASite}/device-{number}/temperature");
        var body = new byte[topic.Length + PayloadBytes];
        topic.CopyTo(body, 0);
        silo.Router.Publish(new Publication(body, topic.Length, 0, QoS.AtLeastOnce, retain: true, "publisher").PublishedBy(batch));
        return body.Length;
    }
}
