using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>Every reason to refuse a subscription, in one SUBACK.</summary>
public sealed class SubAckCodeTests
{
    private const byte Failure3 = 0x80;

    [Fact]
    [Spec("MQTT5-3.8.4-7")]
    [Spec("MQTT5-3.9.3-2")]
    [Spec("MQTT311-3.9.3-2")]
    public async Task Subscribe_GrantedForbiddenIllegalAndTooMany_EachHasItsCode()
    {
        using var folder = new TemporaryFolder();
        var rules = Path.Combine(folder.Path, "rules");
        await File.WriteAllTextAsync(rules, "allow all all open/#\ndefault deny\n", TestContext.Current.CancellationToken);
        await using var broker = await OwnBroker.StartAsync($"Broker:Authorization:File={rules}", "Broker:Limits:MaxSubscriptionsPerSession=3");
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            await using var client = await broker.ConnectAsync(version);
            var subAck = await client.SubscribeWithAckAsync(
                [("open/0", 0), ("secret", 1), ("open/1", 1), ("open/a#", 2), ("open/2", 2), ("open/too many", 0), ("open/0", 1)]);
            byte[] expected = version == MqttVersion.V50
                ? [0, Reason.NotAuthorized, 1, Reason.TopicFilterInvalid, 2, Reason.QuotaExceeded, 1]
                : [0, Failure3, 1, Failure3, 2, Failure3, 1];
            Assert.Equal(expected, subAck.ReasonCodes);
            await client.PublishAsync("open/too many", "refused", qos: 1);
            await client.PublishAsync("open/2", "granted", qos: 2);
            var message = await client.ReceiveAsync();
            Assert.Equal(("granted", 2), (message.Text, message.QoS));
            await client.ExpectNothingAsync();
        }
    }
}
