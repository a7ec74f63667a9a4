using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class InboundWindowTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TryTakeSettled_RandomOrder_AgreesWithAList()
    {
        var random = new Random(7);
        var window = new InboundWindow();
        var model = new List<(long Number, ushort Identifier, bool IsSettled)>();
        for (var step = 0; step < 50_000; step++)
        {
            if (random.Next(2) == 0 && model.Count < 2_000)
            {
                var identifier = (ushort)random.Next(1, 65_536);
                model.Add((window.Add(identifier, _time), identifier, false));
            }
            else if (model.Count > 0)
            {
                var index = random.Next(model.Count);
                model[index] = model[index] with { IsSettled = true };
                window.Settle(model[index].Number, ReasonCode.Success);
            }

            while (window.TryTakeSettled(_time, out var identifier, out _))
            {
                Assert.True(model[0].IsSettled);
                Assert.Equal(model[0].Identifier, identifier);
                model.RemoveAt(0);
            }

            Assert.Equal(model.Count, window.Count);
            Assert.False(model.Count > 0 && model[0].IsSettled);
        }
    }

    [Fact]
    public void Settle_UnknownNumber_IsIgnored()
    {
        var window = new InboundWindow();
        var number = window.Add(1, _time);
        window.Settle(number + 1, ReasonCode.Success);
        window.Settle(-1, ReasonCode.Success);
        Assert.False(window.TryTakeSettled(_time, out _, out _));
        window.Settle(number, ReasonCode.QuotaExceeded);
        Assert.True(window.TryTakeSettled(_time, out _, out var reason));
        Assert.Equal(ReasonCode.QuotaExceeded, reason);
        window.Settle(number, ReasonCode.Success);
        Assert.Equal(0, window.Count);
    }

    [Fact]
    public void TryTakeSettled_LastOfALargeBurst_GivesTheMemoryBackAndGoesOn()
    {
        var window = new InboundWindow();
        for (var round = 0; round < 2; round++)
        {
            var numbers = Enumerable.Range(1, 1_000).Select(identifier => window.Add((ushort)identifier, _time)).ToArray();
            foreach (var number in numbers)
                window.Settle(number, ReasonCode.Success);
            for (var identifier = 1; identifier <= 1_000; identifier++)
            {
                Assert.True(window.TryTakeSettled(_time, out var taken, out _));
                Assert.Equal(identifier, taken);
            }
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        window.Settle(window.Add(1, _time), ReasonCode.Success);
        Assert.True(window.TryTakeSettled(_time, out _, out _));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Release_ExactlyOnce_AnswersItsBytesOnce()
    {
        var window = new InboundWindow();
        window.AddExactlyOnce(1, 10);
        window.AddExactlyOnce(2, 20);
        window.AddExactlyOnce(3, 30);
        Assert.Equal(-1, window.Release(9));
        Assert.Equal(10, window.Release(1));
        Assert.Equal(-1, window.Release(1));
        Assert.True(window.Holds(1));
        window.Complete(1);
        Assert.False(window.Holds(1));
        Assert.Equal((2, 50L), window.EndExactlyOnce());
        Assert.Equal(0, window.Count);
    }

    /// <summary>The first message and each 64th after it; one that comes while another one's PUBACK is missing is left out.</summary>
    [Fact]
    public void TakeSample_OneIn64_TellsHowLongItsPubAckTook()
    {
        var window = new InboundWindow();
        var samples = new List<(long Number, TimeSpan Took)>();
        for (var n = 0; n < 300; n++)
        {
            var number = window.Add(1, _time);
            _time.Advance(TimeSpan.FromMilliseconds(n));
            window.Settle(number, ReasonCode.Success);
            while (window.TryTakeSettled(_time, out _, out _))
            {
            }

            if (window.TakeSample() is { } took) samples.Add((number, took));
        }

        Assert.Equal([0, 64, 128, 192, 256], samples.Select(static sample => sample.Number));
        Assert.All(samples, static sample => Assert.Equal(TimeSpan.FromMilliseconds(sample.Number), sample.Took));
    }
}
