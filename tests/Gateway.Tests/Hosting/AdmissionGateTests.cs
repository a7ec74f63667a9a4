using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Hosting;
using OrleansBroker.Grains.Leases;

namespace OrleansBroker.Gateway.Tests.Hosting;

/// <summary>Late with its own timer, the process takes no more connections (invariant H6).</summary>
public sealed class AdmissionGateTests
{
    private readonly LateTime _time = new();

    [Fact]
    public async Task Timer_IsLate_ClosesUntilItComes()
    {
        using var gate = await StartAsync(new TimingOptions(), new Lease());
        Assert.False(gate.IsClosed);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(gate.IsClosed);

        _time.Late += TimeSpan.FromMilliseconds(200);
        Assert.False(gate.IsClosed);
        _time.Late += TimeSpan.FromMilliseconds(51);
        Assert.True(gate.IsClosed);
        var waiting = gate.OpenAsync().AsTask();
        Assert.False(waiting.IsCompleted);

        _time.Advance(AdmissionGate.Rest);
        await waiting.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        Assert.False(gate.IsClosed);
        Assert.True(gate.OpenAsync().AsTask().IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Timer_IsLateButNobodyProbesOrTheOptionSaysNever_StaysOpen(bool isInCluster)
    {
        using var gate = await StartAsync(new TimingOptions { AdmissionLateness = isInCluster ? TimeSpan.Zero : TimeSpan.FromMilliseconds(200) }, isInCluster ? new Lease() : null);
        _time.Late += TimeSpan.FromHours(1);
        Assert.False(gate.IsClosed);
    }

    private async Task<AdmissionGate> StartAsync(TimingOptions timing, INodeLease? lease)
    {
        var gate = new AdmissionGate(_time, timing, lease);
        await gate.StartAsync(TestContext.Current.CancellationToken);
        return gate;
    }

    /// <summary>Goes on while no timer fires.</summary>
    private sealed class LateTime : FakeTimeProvider
    {
        public TimeSpan Late { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Late.TotalSeconds * TimestampFrequency);
    }

    private sealed class Lease : INodeLease
    {
        public bool IsValid => true;

        public TimeSpan InvalidFor => TimeSpan.Zero;
    }
}
