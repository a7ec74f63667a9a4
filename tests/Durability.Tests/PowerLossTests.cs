using System.Globalization;
using System.Text.RegularExpressions;
using OrleansBroker.TestKit;

namespace OrleansBroker.Durability.Tests;

/// <summary>What a power failure leaves is what was synced: PUBACK leaves after the sync of its commit has ended, as the kernel sees it.</summary>
public sealed partial class PowerLossTests
{
    private const int Messages = 20;

    [Fact]
    public async Task PubAck_OfAMessageForADurableSession_LeavesAfterTheSyncThatFollowedItsPublish()
    {
        var folder = Directory.CreateTempSubdirectory("orleans-broker-power-").FullName;
        try
        {
            await using var broker = await BrokerProcess.StartAsync();
            await using (var away = await RawClient.ConnectAsync(broker.Tcp, ConnectRequest.Persistent(MqttVersion.V311, "away")))
            {
                await away.SubscribeAsync("t", 1);
                await away.DisconnectAsync();
            }

            var trace = Path.Combine(folder, "trace");
            await using var publisher = await RawClient.ConnectAsync(broker.Tcp, MqttVersion.V311);
            await using var strace = ExternalTool.Start(
                folder, "strace", "-f", "-xx", "-s", "64", "-o", trace, "-e", "trace=fsync,fdatasync,write,writev,sendto,sendmsg,recvfrom,recvmsg,read,readv",
                "-p", broker.ProcessId.ToString(CultureInfo.InvariantCulture));
            await WaitUntilAttachedAsync(strace);
            for (var id = 1; id <= Messages; id++)
            {
                await publisher.SendAsync(Packet.Publish(MqttVersion.V311, "t", [(byte)id], 1, 0x4200 + id));
                await publisher.ExpectAckAsync(PacketType.PubAck, 0x4200 + id);
            }

            await strace.SignalAsync("INT");
            await strace.WaitAsync();
            AssertSyncedBeforeEachPubAck(await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Between the arrival of a PUBLISH and the call that sends its PUBACK a sync has begun and ended.</summary>
    private static void AssertSyncedBeforeEachPubAck(string[] lines)
    {
        var begun = new Dictionary<string, int>(); // thread → where its sync began
        var (lastSyncBegan, received) = (-1, 0);
        var acknowledged = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            var thread = lines[i].Split(' ')[0];
            if (SyncBegins().IsMatch(lines[i])) begun[thread] = i;
            if (SyncEnds().IsMatch(lines[i]) && begun.TryGetValue(thread, out var beganAt)) lastSyncBegan = Math.Max(lastSyncBegan, beganAt);
            // PUBLISH of one byte to "t" at QoS 1 has 6 bytes after the fixed header.
            if (lines[i].Contains($@"\x32\x06\x00\x01\x74\x42\x{acknowledged + 1:x2}", StringComparison.Ordinal)) received = i;
            if (!lines[i].Contains($@"\x40\x02\x42\x{acknowledged + 1:x2}", StringComparison.Ordinal)) continue;
            Assert.True(lastSyncBegan > received && received > 0, $"PUBACK {acknowledged + 1} left before a sync that began after its PUBLISH: {lines[i]}");
            acknowledged++;
            received = 0;
        }

        Assert.Equal(Messages, acknowledged);
    }

    [GeneratedRegex(@"^\d+\s+(fsync|fdatasync)\(")]
    private static partial Regex SyncBegins();

    [GeneratedRegex(@"((fsync|fdatasync)\([^)]*\)|<\.\.\. (fsync|fdatasync) resumed>.*)\s+= 0")]
    private static partial Regex SyncEnds();

    private static async Task WaitUntilAttachedAsync(ExternalTool strace)
    {
        while (!strace.Errors.Contains("attached", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
