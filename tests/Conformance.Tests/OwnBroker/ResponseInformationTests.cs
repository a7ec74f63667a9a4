using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>Request/response: the topics that the owner wants answers on.</summary>
public sealed class ResponseInformationTests
{
    [Theory]
    [InlineData("Broker:ResponseInformation=answers/%c", 1, "answers/")]
    [InlineData("Broker:ResponseInformation=answers/%c", 0, null)]
    [InlineData("Broker:ResponseInformation=answers/%c", null, null)]
    [InlineData("Broker:ResponseInformation=", 1, null)]
    [Spec("MQTT5-3.1.2-28")]
    public async Task ResponseInformation_Configured_IsToldToWhoAsks(string setting, int? asks, string? expected)
    {
        await using var broker = await OwnBroker.StartAsync(setting);
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = asks is { } value ? [Property.Byte(PropertyId.RequestResponseInformation, value)] : [],
        };
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (client)
            Assert.Equal(expected is null ? null : expected + request.ClientId, connAck.Properties.Text(PropertyId.ResponseInformation));
    }
}
