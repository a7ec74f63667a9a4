using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>The versions a theory runs over.</summary>
public static class Versions
{
    public static TheoryData<MqttVersion> All => [MqttVersion.V31, MqttVersion.V311, MqttVersion.V50];

    /// <summary>Publisher × subscriber × QoS 0 to 2.</summary>
    public static TheoryData<MqttVersion, MqttVersion, int> PairsAndQoS
    {
        get
        {
            var data = new TheoryData<MqttVersion, MqttVersion, int>();
            foreach (var publisher in Enum.GetValues<MqttVersion>())
                foreach (var subscriber in Enum.GetValues<MqttVersion>())
                    for (var qos = 0; qos <= 2; qos++)
                        data.Add(publisher, subscriber, qos);
            return data;
        }
    }
}
