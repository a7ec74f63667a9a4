using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>
/// A client is closed when, and only when, no whole packet came from it for 1.5 × its keep-alive. What a client receives is not
/// life, but the PUBACKs that it sends for it are. All cases of a version run at the same time, so that waiting costs little.
/// </summary>
public sealed class ConnectKeepAliveTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.2-22")]
    [Spec("MQTT5-3.2.2-22")]
    [Spec("MQTT5-3.12.4-1")]
    [Spec("MQTT311-3.1.2-24")]
    [Spec("MQTT311-3.12.4-1")]
    public async Task KeepAlive_EveryBehaviour_ClosesExactlyTheSilent(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var feeder = await KeepAliveFeeder.StartAsync(broker, version, topic);

        var cases = Enum.GetValues<KeepAliveBehaviour>()
            .SelectMany(behaviour => new[] { 0, 1, 2 }.Select(keepAlive => new KeepAliveCase(behaviour, version, keepAlive, topic)))
            .ToList();
        var results = await Task.WhenAll(cases.Select(each => each.RunAsync(broker)));

        var failures = results.Where(result => result.Failure is not null).Select(result => result.ToString()).ToList();
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        foreach (var result in results.Where(result => result.Delay is not null))
            Console.WriteLine($"keep-alive: {result}");
    }

    [Fact]
    [Spec("MQTT5-3.1.2-21")]
    public async Task ServerKeepAlive_Sent_HoldsInsteadOfTheClients()
    {
        // Not every broker overrides: 65,535 s may be taken as it is, then CONNACK must not name another one.
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { KeepAlive = 65_535 };
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (client)
        {
            if (connAck.Properties.Integer(PropertyId.ServerKeepAlive) is { } server)
                Assert.InRange(server, 1u, 65_534u);
            await client.PingAsync();
        }
    }
}
