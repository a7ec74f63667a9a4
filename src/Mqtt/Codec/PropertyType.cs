namespace OrleansBroker.Mqtt.Codec;

/// <summary>How a property's value is encoded (MQTT5 section 1.5).</summary>
internal enum PropertyType : byte
{
    /// <summary>No such property.</summary>
    Unknown = 0,

    /// <summary>A byte that is 0 or 1.</summary>
    Boolean,
    TwoBytes,
    FourBytes,
    VariableByteInteger,
    Utf8,
    Binary,
    Utf8Pair,
}
