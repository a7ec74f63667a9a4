using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>
/// One client after the other that comes, subscribes to one shard and to all, publishes to itself, unsubscribes and leaves. What the broker cannot do at the moment it refuses with the
/// reason codes that the design has for it; then the next one comes.
/// </summary>
internal sealed class Newcomers(string name, Endpoint gateway)
{
    private readonly List<string> _refusals = [];

    public int Served { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            var request = new ConnectRequest(MqttVersion.V50, $"{name}-{number}") { CleanStart = number % 3 == 0, Properties = [Property.SessionExpiryInterval(number % 2 == 0 ? 0u : 3600u)] };
            if (await ServeAsync(request, number) is { } refusal) _refusals.Add(refusal);
            else Served++;
        }
    }

    /// <summary>Until another one is served from the beginning to the end.</summary>
    public async Task ServeOneAsync()
    {
        var before = Served;
        while (Served <= before + 1) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{name}: {Served} served, {_refusals.Count} refused{string.Concat(_refusals.Distinct().Select(static refusal => " " + refusal))}");

    /// <returns>The refusal, or null.</returns>
    private async Task<string?> ServeAsync(ConnectRequest request, int number)
    {
        await using var client = await RawClient.OpenAsync(gateway, MqttVersion.V50);
        await client.SendAsync(request.ToBytes());
        var connAck = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50);
        if (connAck.ReasonCode == Reason.ServerUnavailable) return "CONNACK 0x88";
        Assert.Equal(Reason.Success, connAck.ReasonCode);
        string[] filters = [$"{name}/{number}/#", $"+/everywhere{number}/{name}"];
        var subAck = await client.SubscribeWithAckAsync([(filters[0], 1), (filters[1], 2)]);
        if (subAck.ReasonCodes.Contains(Reason.ImplementationSpecificError)) return "SUBACK 0x83";
        Assert.Equal<byte>([1, 2], subAck.ReasonCodes);
        await client.PublishAsync($"{name}/{number}/t", "one", 1);
        Assert.Equal("one", (await client.ReceiveAsync()).Text);
        await client.PublishAsync($"any/everywhere{number}/{name}", "all", 2);
        Assert.Equal("all", await NextAsync(client));
        Assert.All((await client.UnsubscribeAsync(filters)).ReasonCodes, static reason => Assert.Equal(Reason.Success, reason));
        await client.DisconnectAsync();
        return null;
    }

    /// <summary>What is at QoS 1 may come once more, when a core died that had not said that it is done.</summary>
    private static async Task<string> NextAsync(RawClient client)
    {
        while (true)
        {
            if ((await client.ReceiveAsync()).Text is not "one" and var text) return text;
        }
    }
}
