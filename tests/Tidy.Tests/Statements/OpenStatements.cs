namespace OrleansBroker.Tidy.Tests.Statements;

/// <summary>Statements that bind the server and are not proved yet. A line goes when its proof comes; at the end there is none.</summary>
internal static class OpenStatements
{
    public static readonly string[] WithoutCode = [];

    public static readonly string[] WithoutTest =
    [
        "MQTT5-3.3.1-4",
        "MQTT5-3.3.2-1",
        "MQTT5-3.3.2-2",
        "MQTT5-3.3.2-10",
        "MQTT5-3.3.2-13",
        "MQTT5-3.3.2-14",
        "MQTT5-3.3.2-19",
        "MQTT5-3.3.4-1",
        "MQTT5-3.3.4-6",
        "MQTT5-3.4.2-1",
        "MQTT5-3.4.2-3",
        "MQTT5-3.5.2-1",
        "MQTT5-3.5.2-3",
        "MQTT5-3.6.1-1",
        "MQTT5-3.6.2-1",
        "MQTT5-3.6.2-2",
        "MQTT5-3.6.2-3",
        "MQTT5-3.7.2-1",
        "MQTT5-3.7.2-2",
        "MQTT5-3.7.2-3",
        "MQTT5-4.1.0-1",
        "MQTT5-4.1.0-2",
        "MQTT5-4.3.2-1",
        "MQTT5-4.3.2-2",
        "MQTT5-4.3.2-3",
        "MQTT5-4.3.2-5",
        "MQTT5-4.3.3-2",
        "MQTT5-4.3.3-3",
        "MQTT5-4.3.3-13",
        "MQTT5-4.4.0-2",
        "MQTT311-3.3.1-4",
        "MQTT311-3.3.1-12",
        "MQTT311-3.3.2-1",
        "MQTT311-3.3.2-2",
        "MQTT311-3.3.2-3",
        "MQTT311-3.3.4-1",
        "MQTT311-3.6.1-1",
        "MQTT311-4.1.0-1",
        "MQTT311-4.1.0-2",
        "MQTT311-4.3.1-1",
        "MQTT311-4.3.2-1",
        "MQTT311-4.3.2-2",
        "MQTT311-4.5.0-1",
    ];
}
