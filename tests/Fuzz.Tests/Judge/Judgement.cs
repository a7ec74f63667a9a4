namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>Collects the faults of one packet, and judges the values that occur in many.</summary>
internal sealed class Judgement
{
    /// <summary>3, 4, 5; 0 before CONNECT.</summary>
    public int Version { get; set; }

    public Faults MustFaults { get; private set; }

    public Faults MayFaults { get; private set; }

    public void Begin(int version)
    {
        Version = version;
        MustFaults = Faults.None;
        MayFaults = Faults.None;
    }

    /// <summary>The packet must be refused.</summary>
    public void Must(Faults faults) => MustFaults |= faults;

    /// <summary>The packet may be refused for this; the standard does not demand it.</summary>
    public void May(Faults faults) => MayFaults |= faults;

    /// <summary>Inside a packet, so in 5.0 only.</summary>
    public int VariableByteInteger(ref Cursor cursor)
    {
        var value = cursor.VariableByteInteger(out var isTooLong, out var isPadded);
        if (isTooLong || isPadded)
            Must(Faults.Malformed);
        return value;
    }

    public Slice Text(ref Cursor cursor)
    {
        var text = cursor.Counted();
        CheckText(text.Span);
        return text;
    }

    public void CheckText(ReadOnlySpan<byte> text)
    {
        if (!Utf8Rules.IsWellFormed(text) || Utf8Rules.HasNull(text))
            Must(Faults.Malformed);
    }

    public void CheckTopicName(ReadOnlySpan<byte> topic)
    {
        CheckText(topic);
        if (topic.Length == 0 || Utf8Rules.HasWildcard(topic) || Utf8Rules.Levels(topic) > Utf8Rules.MaximumLevels)
            Must(Faults.BadTopicName);
    }

    public int PacketIdentifier(ref Cursor cursor)
    {
        var identifier = cursor.Two();
        if (identifier == 0)
            Must(Faults.Unclassed); // [MQTT5-2.2.1-3] [MQTT311-2.3.1-1]
        return identifier;
    }

    public void ReasonCode(int code, ReadOnlySpan<byte> allowed)
    {
        if (allowed.IndexOf((byte)code) < 0)
            Must(Faults.Unclassed);
    }

    /// <summary>The packet's fields end here, and so must the packet.</summary>
    public void End(in Cursor cursor)
    {
        if (cursor.IsShort || cursor.Left > 0)
            Must(Faults.Malformed);
    }
}
