using OrleansBroker.Broker.Sessions;

namespace OrleansBroker.Broker.Tests.Sessions;

public sealed class InflightWindowTests(ITestOutputHelper output)
{
    private const int All = 65_535;

    [Fact]
    public void Add_FirstMessages_CountsIdentifiersFromOne()
    {
        var window = new InflightWindow();
        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(_ => (int)Add(ref window, 0)));
        Assert.Equal(3, window.Count);
    }

    [Fact]
    public void Add_RandomAddsRemovesAndRestores_AgreesWithANaiveModel()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            output.WriteLine($"seed {seed}");
            var random = new Random(seed);
            var window = new InflightWindow();
            var model = new List<(ushort Identifier, long Sequence)>();
            var share = random.Next(1, 100);
            for (var step = 0; step < 3000; step++) Step(ref window, model, random, share, step + 1);
        }
    }

    [Fact]
    public void Add_EveryIdentifierInUse_EachIsTakenOnceAndTheFreedOneComesNext()
    {
        var window = new InflightWindow();
        var identifiers = Enumerable.Range(1, All).Select(sequence => Add(ref window, sequence)).ToHashSet();
        Assert.Equal((All, All), (identifiers.Count, window.Count));
        Assert.DoesNotContain((ushort)0, identifiers);

        window.Remove(12_345);
        Assert.Equal(12_345, Add(ref window, All + 1));
        Assert.Equal(12_345, window.InOrder()[^1]);
        Assert.Equal(All, window.Count);
    }

    [Fact]
    public void Add_AfterTheLastIdentifier_GoesOnAtOne()
    {
        var window = new InflightWindow();
        for (var i = 1; i <= All; i++) window.Remove(Add(ref window, i));
        Assert.Equal(1, Add(ref window, 1));
    }

    [Fact]
    public void TryRestore_IdentifierTaken_IsRefusedAndTheNextAddAvoidsIt()
    {
        var window = new InflightWindow();
        Assert.True(window.TryRestore(40_000, Message(7)));
        Assert.False(window.TryRestore(40_000, Message(8)));
        Assert.True(window.TryRestore(32, Message(9)));
        Assert.Equal(7, window.TryGet(40_000).Message.Sequence);
        Assert.Equal(40_001, Add(ref window, 10));
        Assert.Equal([40_000, 32, 40_001], window.InOrder().Select(static identifier => (int)identifier));
    }

    [Fact]
    public void Remove_UnknownIdentifier_ChangesNothing()
    {
        var window = new InflightWindow();
        window.Remove(1);
        Add(ref window, 1);
        window.Remove(9);
        Assert.Equal(1, window.Count);
        Assert.False(InflightWindow.IsFound(ref window.TryGet(9)));
    }

    [Fact]
    public void Add_BurstAfterBurst_AllocatesNothing()
    {
        const int Bursts = 100;
        var window = new InflightWindow();
        for (var i = 0; i < 3; i++) Burst(ref window, 200);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Bursts; i++) Burst(ref window, 200);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Remove_LastOfABurst_LeavesNothingForTheNextWindow()
    {
        // The pool may give one window's slots to the other.
        InflightWindow[] windows = [new(), new()];
        for (var i = 0; i < 10; i++)
        {
            foreach (ref var window in windows.AsSpan())
            {
                Burst(ref window, 300, 5_000);
                for (var identifier = 1; identifier <= All; identifier++) Assert.False(InflightWindow.IsFound(ref window.TryGet((ushort)identifier)));
                ref var slot = ref window.Add(out var added);
                Assert.Equal((added, InflightState.Sent, 0L, false), (slot.PacketIdentifier, slot.State, slot.Message.Sequence, slot.IsOutstanding));
                window.Remove(added);
            }
        }
    }

    private static void Burst(ref InflightWindow window, int count, long sequence = 1)
    {
        for (var i = 0; i < count; i++)
        {
            ref var slot = ref window.Add(out _);
            slot.Message.Sequence = sequence;
            slot.IsOutstanding = true;
        }

        for (var identifier = 1; identifier <= All && window.Count > 0; identifier++) window.Remove((ushort)identifier);
    }

    private static void Step(ref InflightWindow window, List<(ushort Identifier, long Sequence)> model, Random random, int share, long sequence)
    {
        if (random.Next(100) < share && model.Count < 500)
        {
            var identifier = Add(ref window, sequence);
            Assert.NotEqual(0, identifier);
            Assert.DoesNotContain(model, item => item.Identifier == identifier);
            model.Add((identifier, sequence));
        }
        else if (model.Count > 0 && random.Next(20) > 0)
        {
            var index = random.Next(model.Count);
            Assert.Equal(model[index].Sequence, window.TryGet(model[index].Identifier).Message.Sequence);
            window.Remove(model[index].Identifier);
            model.RemoveAt(index);
        }
        else
        {
            var identifier = (ushort)random.Next(1, All + 1);
            var isFree = !model.Exists(item => item.Identifier == identifier);
            Assert.Equal(isFree, window.TryRestore(identifier, Message(sequence)));
            if (isFree) model.Add((identifier, sequence));
        }

        Assert.Equal(model.Count, window.Count);
        if (sequence % 50 == 0) Assert.Equal(model.Select(static item => item.Identifier), window.InOrder());
    }

    private static InflightMessage Message(long sequence) =>
        new() { Message = new OutboundMessage { Sequence = sequence }, State = InflightState.Sent };

    private static ushort Add(ref InflightWindow window, long sequence)
    {
        window.Add(out var identifier).Message.Sequence = sequence;
        return identifier;
    }
}
