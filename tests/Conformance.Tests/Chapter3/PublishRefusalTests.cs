using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.3: flags and topics that do not fit together.</summary>
public sealed class PublishRefusalTests(BrokerFixture broker)
{
    /// <summary>Nothing in 3.1 forbids it.</summary>
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    [Spec("MQTT5-3.3.1-2")]
    [Spec("MQTT311-3.3.1-2")]
    public async Task Dup_AtQoS0_Closes(MqttVersion version)
    {
        await broker.ExpectRefusalAsync(version, Packet.Publish(version, "a", [1], dup: true), BadInput.Malformed);
        await broker.ExpectRefusalAsync(version, Packet.Publish(version, "a", [1], retain: true, dup: true), BadInput.Malformed);
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndQoS), MemberType = typeof(Matrix))]
    [Spec("MQTT5-4.7.3-1")]
    [Spec("MQTT311-4.7.3-1")]
    public Task Topic_EmptyWithoutAlias_Closes(MqttVersion version, int qos) =>
        broker.ExpectRefusalAsync(version, Packet.Publish(version, "", [1], qos, packetIdentifier: 1), BadInput.BadTopic);
}
