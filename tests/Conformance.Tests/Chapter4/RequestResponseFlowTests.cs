using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>Request and response of 5.0: several requesters on one response topic, told apart by their correlation data.</summary>
[Spec("MQTT5-3.3.2-15")]
[Spec("MQTT5-3.3.2-16")]
public sealed class RequestResponseFlowTests(BrokerFixture broker)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Requests_OfSeveralClients_GetTheirOwnResponses(int qos)
    {
        const int Count = 4;
        var topic = Unique.Topic();
        await using var responder = await broker.ConnectSubscribedAsync(MqttVersion.V50, $"$share/g/{topic}/request", qos);
        var requesters = new List<RawClient>();
        for (var i = 0; i < Count; i++)
            requesters.Add(await broker.ConnectSubscribedAsync(MqttVersion.V50, $"{topic}/response/{i}", qos));
        for (var i = 0; i < Count; i++)
        {
            await requesters[i].PublishAsync(
                $"{topic}/request",
                $"{i}",
                qos,
                retain: false,
                Property.Utf8(PropertyId.ResponseTopic, $"{topic}/response/{i}"),
                Property.Binary(PropertyId.CorrelationData, Correlation(i)));
        }

        for (var i = 0; i < Count; i++)
        {
            var request = await responder.ReceiveAsync();
            await responder.PublishAsync(
                request.Properties.Text(PropertyId.ResponseTopic)!,
                $"answer to {request.Text}",
                qos,
                retain: false,
                Property.Binary(PropertyId.CorrelationData, request.Properties.Bytes(PropertyId.CorrelationData)!));
        }

        for (var i = 0; i < Count; i++)
        {
            var response = await requesters[i].ReceiveAsync();
            Assert.Equal($"answer to {i}", response.Text);
            Assert.Equal(Correlation(i), response.Properties.Bytes(PropertyId.CorrelationData));
            Assert.False(response.Properties.Has(PropertyId.ResponseTopic));
            await requesters[i].ExpectNothingAsync();
            await requesters[i].DisposeAsync();
        }
    }

    [Fact]
    public async Task Request_ToAnAbsentResponder_IsAnsweredToAnAbsentRequester()
    {
        var topic = Unique.Topic();
        var responder = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        var requester = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await broker.SubscribeAndLeaveAsync(responder, $"{topic}/request", 1);
        await using (var client = await broker.ConnectSubscribedAsync(requester, $"{topic}/response", 1))
        {
            await client.PublishAsync(
                $"{topic}/request",
                "?",
                1,
                retain: false,
                Property.Utf8(PropertyId.ResponseTopic, $"{topic}/response"),
                Property.Binary(PropertyId.CorrelationData, Correlation(0)));
            await client.DisconnectAsync();
        }

        await using (var client = await broker.ConnectAsync(responder))
        {
            var request = await client.ReceiveAsync();
            await client.PublishAsync(
                request.Properties.Text(PropertyId.ResponseTopic)!,
                "!",
                1,
                retain: false,
                Property.Binary(PropertyId.CorrelationData, request.Properties.Bytes(PropertyId.CorrelationData)!));
        }

        await using var back = await broker.ConnectAsync(requester);
        var response = await back.ReceiveAsync();
        Assert.Equal("!", response.Text);
        Assert.Equal(Correlation(0), response.Properties.Bytes(PropertyId.CorrelationData));
    }

    private static byte[] Correlation(int number) => [0, (byte)number, 255];
}
