using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Gateway.Transports;

namespace OrleansBroker.Gateway.Tests.Transports;

public sealed class OutputLoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Flush_InAGrainsTurn_WritesOutsideOfIt()
    {
        var rig = ConnectionRig.Connected();
        rig.Transport.IsBlocked = true;
        rig.Send(Wire.PingReq);
        var sink = new Sink();
        var output = new OutputLoop(rig.Connection, sink);
        var grain = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;

        await Task.Factory.StartNew(output.Flush, TestContext.Current.CancellationToken, TaskCreationOptions.None, grain);

        Assert.Same(TaskScheduler.Default, await sink.Scheduler.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    private sealed class Sink : IOutputSink
    {
        private readonly TaskCompletionSource<TaskScheduler> _scheduler = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TaskScheduler> Scheduler => _scheduler.Task;

        public ValueTask SendAsync(ReadOnlyMemory<byte> output)
        {
            _scheduler.TrySetResult(TaskScheduler.Current);
            return ValueTask.CompletedTask;
        }

        public ValueTask EndAsync() => ValueTask.CompletedTask;
    }
}
