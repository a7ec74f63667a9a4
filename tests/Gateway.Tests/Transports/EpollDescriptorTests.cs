using System.Threading.Channels;
using OrleansBroker.Gateway.Tests.Connections;

namespace OrleansBroker.Gateway.Tests.Transports;

[Collection(MeasuringTests.Alone)]
public sealed class EpollDescriptorTests
{
    [Fact]
    public async Task Stop_AfterManyConnections_LeavesNoDescriptorOpen()
    {
        await ServeAsync(); // what the runtime opens once
        var before = Count();
        for (var round = 0; round < 5; round++)
            await ServeAsync();
        // The runtime's own may differ by a few; sockets left open would be hundreds, a loop's two for each round ten and more.
        Assert.InRange(Count(), 0, before + 5);
    }

    /// <summary>Half of the clients leave before the stop, the others are told.</summary>
    private static async Task ServeAsync()
    {
        var rig = await TransportRig.StartAsync(usesEpoll: true);
        var connected = Channel.CreateUnbounded<bool>();
        var staying = Enumerable.Range(0, 50).Select(_ => StayAsync(rig, connected)).ToArray();
        for (var i = 0; i < 50; i++)
        {
            using var leaving = await TcpTransportContract.ConnectAsync(rig);
            await connected.Reader.ReadAsync(TestContext.Current.CancellationToken);
        }

        await rig.StopAsync().WaitAsync(TcpTransportContract.Deadline, TestContext.Current.CancellationToken);
        await Task.WhenAll(staying);
        await rig.DisposeAsync();
    }

    private static async Task StayAsync(TransportRig rig, Channel<bool> connected)
    {
        using var socket = await TcpTransportContract.ConnectAsync(rig);
        connected.Writer.TryWrite(true);
        await TcpTransportContract.ReadToEndAsync(socket);
    }

    private static int Count() => Directory.GetFiles("/proc/self/fd").Length;
}
