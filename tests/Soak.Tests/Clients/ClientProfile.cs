using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Clients;

/// <summary>What one client is like for a round.</summary>
/// <param name="ExpirySeconds">Session expiry that it asks for; 0: its session ends with the connection.</param>
/// <param name="IsSharedOnly">A 3.x member of one shared group: it cannot see why a message came, so it has no other subscription.</param>
internal sealed record ClientProfile(string ClientId, MqttVersion Version, uint ExpirySeconds, bool IsSharedOnly)
{
    private const uint LongExpiry = 3_600;

    public bool IsTransient => ExpirySeconds == 0;

    public static ClientProfile Choose(string clientId, Random random)
    {
        var version = random.Next(10) switch
        {
            < 1 => MqttVersion.V31,
            < 4 => MqttVersion.V311,
            _ => MqttVersion.V50,
        };
        var expiry = random.Next(20) switch
        {
            < 5 => 0u,
            < 8 when version == MqttVersion.V50 => (uint)random.Next(1, 4),
            _ => LongExpiry,
        };
        return new ClientProfile(clientId, version, expiry, version != MqttVersion.V50 && random.Next(8) == 0);
    }

    public override string ToString() => $"{Version}, expiry {ExpirySeconds}{(IsSharedOnly ? ", one shared subscription" : "")}";
}
