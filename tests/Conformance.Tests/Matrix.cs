using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>Versions × QoS, for rules that hold in every version.</summary>
public static class Matrix
{
    public static MatrixTheoryData<MqttVersion, int> VersionsAndQoS => new(Enum.GetValues<MqttVersion>(), [0, 1, 2]);

    /// <summary>Where there are packet identifiers and acknowledgements.</summary>
    public static MatrixTheoryData<MqttVersion, int> VersionsAndAcknowledgedQoS => new(Enum.GetValues<MqttVersion>(), [1, 2]);
}
