using OrleansBroker.Broker.Options;
using OrleansBroker.Fuzz.Tests.Generation;

namespace OrleansBroker.Fuzz.Tests.Connections;

/// <summary>Limits that a short sequence of packets can reach, and the usual ones.</summary>
internal static class FuzzLimits
{
    public const int MaxPacketSize = 2048;

    private const int Usual = 1_000;

    public static LimitsOptions Choose(FuzzRandom random) => new()
    {
        MaxPacketSize = MaxPacketSize,
        MaxClientIdBytes = random.Pick<int>([23, Usual]),
        ReceiveMaximum = random.Pick<int>([1, 2, 5, Usual]),
        MaxPendingPublishes = random.Pick<int>([1, 3, Usual, Usual]),
        MaxPendingBytes = random.Pick<long>([MaxPacketSize, 4 * 1024 * 1024]),
        MaxGatewayPendingBytes = random.Pick<long>([16, MaxPacketSize, 256 * 1024 * 1024]),
        MaxTopicAliases = random.Pick<int>([0, 4, 4, 4]),
        MaxUserProperties = random.Pick<int>([2, Usual, Usual]),
        MaxFiltersPerSubscribe = random.Pick<int>([2, Usual, Usual, Usual]),
        MaxQoS = random.Pick<int>([0, 1, 2, 2, 2, 2]),
        MaxRetainedMessages = random.Pick<int>([0, Usual, Usual]),
        MaxTopicLevels = random.Pick<int>([2, 128, 128]),
        MaxOutputBytes = random.Pick<int>([64, 4096, 1024 * 1024]),
        MaxSessionExpiry = TimeSpan.FromSeconds(random.Pick<uint>([0, 60, uint.MaxValue])),
        MaxKeepAlive = TimeSpan.FromSeconds(random.Pick<int>([30, ushort.MaxValue])),
    };
}
