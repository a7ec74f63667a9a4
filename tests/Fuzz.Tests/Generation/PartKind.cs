namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>The types of MQTT5 section 1.5, and what stands in packets beside them.</summary>
internal enum PartKind : byte
{
    Byte,
    TwoBytes,
    FourBytes,
    VariableByteInteger,
    Text,
    Binary,
    Raw,
    Properties,
}
