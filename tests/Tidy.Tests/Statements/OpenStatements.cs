namespace OrleansBroker.Tidy.Tests.Statements;

/// <summary>Statements that bind the server and are not proved yet. A line goes when its proof comes; at the end there is none.</summary>
internal static class OpenStatements
{
    public static readonly string[] WithoutCode = [];

    public static readonly string[] WithoutTest =
    [
        "MQTT5-3.8.1-1",
        "MQTT5-3.8.3-1",
        "MQTT5-3.8.3-2",
        "MQTT5-3.8.3-5",
        "MQTT5-3.8.4-1",
        "MQTT5-3.8.4-7",
        "MQTT5-3.9.2-2",
        "MQTT5-3.9.3-2",
        "MQTT5-3.10.1-1",
        "MQTT5-3.10.3-1",
        "MQTT5-3.10.3-2",
        "MQTT5-3.10.4-6",
        "MQTT5-3.11.2-2",
        "MQTT5-3.14.0-1",
        "MQTT5-3.14.1-1",
        "MQTT5-3.14.2-1",
        "MQTT5-3.14.2-2",
        "MQTT5-3.14.2-4",
        "MQTT5-3.14.4-1",
        "MQTT5-4.2.0-1",
        "MQTT5-4.7.3-2",
        "MQTT5-4.7.3-3",
        "MQTT5-4.13.2-1",
        "MQTT311-3.8.1-1",
        "MQTT311-3.8.3-1",
        "MQTT311-3.8.3-2",
        "MQTT311-3.8.3-3",
        "MQTT311-3.8.3-4",
        "MQTT311-3.8.4-1",
        "MQTT311-3.8.4-2",
        "MQTT311-3.9.3-2",
        "MQTT311-3.10.1-1",
        "MQTT311-3.10.3-1",
        "MQTT311-3.10.3-2",
        "MQTT311-3.10.4-4",
        "MQTT311-3.10.4-6",
        "MQTT311-3.14.1-1",
        "MQTT311-4.7.3-2",
        "MQTT311-4.7.3-3",
        "MQTT311-4.7.3-4",
        "MQTT311-4.8.0-2",
        "MQTT311-7.1.1-1",
    ];
}
